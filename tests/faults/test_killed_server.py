"""The server is killed while officers write. What was acknowledged stays, once and in its place; what was not is sent again
and gets its place then (docs/walk-of-a-message.md)."""

import asyncio
import random
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from websockets.exceptions import ConnectionClosed

from client.b64 import b64u
from client.live import Live
from tests.conftest import STACK, found
from tests.host import Host

pytestmark = [pytest.mark.faults, pytest.mark.outside]
ROUNDS = 6
PER_ROUND = 25


@pytest.fixture(scope="module")
def mortal_host() -> Iterator[Host]:
    """A host of its own: the others' must not die."""
    served = Host(STACK, processes=1).prepare().start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def people(mortal_host: Host) -> dict:
    return found(mortal_host)


class Moments:
    """When the writer was greeted (`at_greeting` runs then) and when all posts were on their way."""

    def __init__(self, at_greeting: Callable[[], None] = lambda: None) -> None:
        self.greeted, self.sent = at_greeting, asyncio.Event()


async def send_until_it_dies(enlace, room_id: str, wires: list[str], acks: dict[int, set[int]], moments: Moments) -> None:
    """Sends every wire and notes the place each ack names, until all are acked or the socket breaks."""
    try:
        async with Live(enlace) as live:
            await live.next("hello")
            moments.greeted()
            for ref, wire in enumerate(wires):
                await live.send({"t": "post", "channel": room_id, "wire": wire, "ref": ref})
            moments.sent.set()
            for ref in range(len(wires)):
                place = (await live.next("ack", ref=ref))["n"]
                acks.setdefault(ref, set()).add(place)
    except (ConnectionClosed, OSError, TimeoutError):
        return


async def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(mortal_host: Host, people: dict) -> None:
    ana, bashir = people["ana"], people["bashir"]
    room = ana.enlace.create_channel("network", {bashir.kid: "w"}, "Guardia")
    expected: list[str] = []
    for turn in range(ROUNDS):
        asleep = turn == ROUNDS - 1
        texts = [f"{turn}-{i}" for i in range(PER_ROUND)]
        wires = [b64u(room.sealed_wire(1, ["text", text, None])) for text in texts]
        acks: dict[int, set[int]] = {}
        # The moment of death is the variable of this test; the last time it surely comes between post and ack.
        moments = Moments(partial(mortal_host.freeze, 0)) if asleep else Moments()
        sending = asyncio.create_task(send_until_it_dies(ana.enlace, room.id, wires, acks, moments))
        await (moments.sent.wait() if asleep else asyncio.sleep(random.uniform(0.02, 0.15)))
        mortal_host.stop(0, kill=True)
        await sending
        assert not (asleep and acks), "who sleeps acknowledges nothing"
        mortal_host.start(0)
        before = {ref: set(places) for ref, places in acks.items()}
        await send_until_it_dies(ana.enlace, room.id, wires, acks, Moments())
        assert sorted(acks) == list(range(PER_ROUND)), "after the restart everything is acknowledged"
        assert all(len(places) == 1 for places in acks.values()), "a repeat gets the first place again"
        assert all(acks[ref] == places for ref, places in before.items())
        expected += texts
        room.refresh()
    assert room.texts() == expected
    assert bashir.enlace.room(room.id).texts() == expected
