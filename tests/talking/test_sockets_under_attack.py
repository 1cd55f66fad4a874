"""The socket is a second way in: whatever HTTP refuses, it must refuse, and a right that ends must end there too."""

import asyncio

import pytest

from client.b64 import b64u
from client.live import Live
from sealed.open_events import sign_receipt

pytestmark = pytest.mark.outside


def shared(ana, bashir, role="w"):
    return ana.enlace.create_channel("network", {bashir.kid: role}, "Ruta norte")


def mark(person, room) -> str:
    return b64u(sign_receipt(person.enlace.identity, room.channel_id, room.state.head_n, room.state.head_t, 1))


def frames_of(room, person) -> list[dict]:
    """Every frame a client can send about a channel, as this person would rightly send it."""
    return [
        {"t": "post", "channel": room.id, "wire": b64u(room.sealed_wire(1, ["text", "x", None])), "ref": 1},
        {"t": "pull", "channel": room.id, "after": 0, "limit": 50, "ref": 2},
        {"t": "receipt", "channel": room.id, "receipt": mark(person, room), "ref": 3},
        {"t": "typing", "channel": room.id, "ref": 4},
    ]


async def test_every_frame_of_ana_replayed_by_fernando_does_nothing(ana, bashir, fernando):
    room = shared(ana, bashir)
    frames = frames_of(room, ana)
    async with Live(bashir.enlace) as his, Live(fernando.enlace) as foreign:
        hello = await foreign.next("hello")
        assert room.id not in hello["heads"]
        for frame in frames:
            await foreign.send(frame)
        refused = [await foreign.next(sort, ref=ref) for sort, ref in (("nack", 1), ("error", 2), ("nack", 3))]
        assert {frame["code"] for frame in refused} == {"not_found"}
        # The lawful twins: the same frames from Ana's own socket.
        async with Live(ana.enlace) as hers:
            for frame in frames:
                await hers.send(frame)
            assert (await hers.next("ack", ref=1))["n"] == 2
            assert len((await hers.next("events", **{"from": 0}))["wires"]) >= 2
            # Read while hers is open: "is typing" of a socket that has gone is rightly told to nobody.
            heard = [await his.next(sort, channel=room.id) for sort in ("events", "receipt", "typing")]
        assert heard[0]["from"] == 2
        assert heard[2]["officer"] == str(ana.enlace.officer["id"])
        with pytest.raises(TimeoutError):
            await foreign.next("events", seconds=0.5)
        assert not [f for f in (*his.frames, *foreign.frames) if f["t"] in ("typing", "receipt") and f.get("channel") == room.id]


async def test_bashirs_open_socket_falls_silent_at_his_removal(ana, bashir):
    room = shared(ana, bashir)
    async with Live(bashir.enlace) as his:
        await his.next("hello")
        room.post("todavía lo oye")
        assert (await his.next("events", channel=room.id))["from"] == 2
        late = bashir.enlace.room(room.id).sealed_wire(1, ["text", "tarde", None])
        room.remove(bashir.kid, sure=True)
        await his.next("left", channel=room.id)
        room.post("ya no lo oye")
        await his.send({"t": "post", "channel": room.id, "wire": b64u(late), "ref": 1})
        await his.send({"t": "pull", "channel": room.id, "after": 0, "limit": 10, "ref": 2})
        assert (await his.next("nack", ref=1))["code"] == "not_found"
        assert (await his.next("error", ref=2))["code"] == "not_found"
        assert not [f for f in his.frames if f["t"] == "events" and f.get("channel") == room.id]


async def test_who_is_added_hears_the_channel_at_once_on_the_socket_already_open(ana, bashir, carmen):
    room = shared(ana, bashir)
    async with Live(carmen.enlace) as hers:
        assert room.id not in (await hers.next("hello"))["heads"]
        room.add([carmen.kid])
        assert (await hers.next("joined"))["channel"] == room.id
        room.post("bienvenida")
        while (frame := await hers.next("events", channel=room.id))["from"] < 3:
            continue
        assert frame["from"] == 3


async def test_a_socket_without_a_session_is_told_to_sign_in(host, ana):
    async with Live(ana.enlace) as live:
        await live.next("hello")
    stranger = Live(ana.enlace)
    stranger.headers = {}
    async with stranger:
        assert (await stranger.next("error"))["code"] == "sign_in_again"
        await stranger.socket.wait_closed()
        assert stranger.socket.close_code == 4401


async def test_a_copy_sent_a_hundred_times_on_five_sockets_and_by_http_is_one_event(ana, bashir):
    room = shared(ana, bashir)
    wire = room.sealed_wire(1, ["text", "una sola vez", None])
    acks: set[tuple[int, str]] = set()

    async def pump(live: Live) -> None:
        for ref in range(20):
            await live.send({"t": "post", "channel": room.id, "wire": b64u(wire), "ref": ref})
        for ref in range(20):
            ack = await live.next("ack", ref=ref)
            acks.add((ack["n"], ack["at"]))

    sockets = [Live(ana.enlace) for _ in range(5)]
    try:
        for live in sockets:
            await live.__aenter__()
        by_http = asyncio.to_thread(
            ana.enlace.http.post, f"/api/channels/{room.id}/events", {"wires": [b64u(wire)], "grants": []}
        )
        answers = await asyncio.gather(*(pump(live) for live in sockets), by_http)
    finally:
        for live in sockets:
            await live.__aexit__()
    acks.add((answers[-1]["events"][0]["n"], answers[-1]["events"][0]["at"]))
    assert {n for n, _ in acks} == {2}
    assert len(acks) == 1
    assert bashir.enlace.room(room.id).texts() == ["una sola vez"]


async def test_two_writers_on_two_servers_make_one_order(host, ana, bashir):
    """On PostgreSQL they sit on different processes; on SQLite on the same one. Every reader replays the same T."""
    room = shared(ana, bashir)
    theirs = bashir.enlace.room(room.id)

    async def write(person, own, texts, base) -> list[int]:
        live = Live(person.enlace)
        live.url, live.origin = "ws" + base.removeprefix("http") + "/ws", base
        places = []
        async with live:
            for i, text in enumerate(texts):
                wire = b64u(own.sealed_wire(1, ["text", text, None]))
                await live.send({"t": "post", "channel": room.id, "wire": wire, "ref": i})
            for i in range(len(texts)):
                places.append((await live.next("ack", ref=i))["n"])
        return places

    first, second = await asyncio.gather(
        write(ana, room, [f"A{i}" for i in range(30)], host.urls[0]),
        write(bashir, theirs, [f"B{i}" for i in range(30)], host.urls[-1]),
    )
    assert sorted(first + second) == list(range(2, 62))
    assert first == sorted(first)
    assert second == sorted(second)
    assert room.refresh().texts() == theirs.refresh().texts()
    assert room.state.head_t == theirs.state.head_t
