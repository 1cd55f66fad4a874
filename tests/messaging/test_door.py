"""Who a socket is and what it hears, as messaging tells realtime (the pipes themselves are tested in tests/realtime)."""

import threading
from typing import Any

import pytest
from django.conf import settings

from liaison.models import LoginSession
from liaison.names import b64u, unb64u
from messaging.models import Event
from messaging.socket import SIGN_IN_AGAIN, door
from realtime.door import Session
from tests.messaging.network import Network, Person, Room

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY: frozenset[str] = frozenset()


def handshake(person: Person, key: str | None = None) -> dict[str, Any]:
    cookie = f"{settings.SESSION_COOKIE_NAME}={key or person.http.session.session_key}"
    return {"type": "websocket", "path": "/ws", "headers": [(b"cookie", cookie.encode())]}


def opened(person: Person) -> Session:
    session = door.open(handshake(person))
    assert isinstance(session, Session)
    return session


def test_ana_hears_her_channels_her_board_and_those_she_writes_with(room: Room, ana: Person, bashir: Person) -> None:
    session = opened(ana)
    assert session.officer == str(ana.officer.pk)
    assert session.heads == {room.name: 2}
    assert session.topics == {"board:HN", f"presence:{bashir.officer.pk}"}


def test_nobody_opens_a_socket_without_both_factors(room: Room, ana: Person) -> None:
    opened(ana)
    assert door.open({"headers": []}) == SIGN_IN_AGAIN
    assert door.open(handshake(ana, "0" * 32)) == SIGN_IN_AGAIN
    LoginSession.objects.update(verified=False)
    assert door.open(handshake(ana)) == SIGN_IN_AGAIN


def test_a_socket_outlives_neither_sign_out_nor_membership(room: Room, ana: Person, bashir: Person) -> None:
    sessions = [opened(ana), opened(bashir)]
    assert [s.heads for s in door.recheck(sessions, NOBODY)] == [{room.name: 2}] * 2
    room.change(ana, [["remove", bashir.kid, None]], members=[ana])
    still, out = door.recheck(sessions, NOBODY)
    assert (still.heads, out.heads) == ({room.name: 3}, {})
    assert f"presence:{bashir.officer.pk}" not in still.topics
    LoginSession.objects.filter(officer=ana.officer).delete()
    type(bashir.officer).objects.filter(pk=bashir.officer.pk).update(is_active=False)
    assert door.recheck(sessions, NOBODY) == [SIGN_IN_AGAIN, SIGN_IN_AGAIN]


def test_five_hundred_sockets_are_rechecked_in_a_fixed_number_of_queries(
    network: Network, room: Room, ana: Person, bashir: Person, fernando: Person, django_assert_max_num_queries: Any
) -> None:
    people = [ana, bashir, fernando] + [network.officer("HN", f"Oficial {i}") for i in range(20)]
    sessions = [opened(p) for p in people]
    with django_assert_max_num_queries(4):
        assert len(door.recheck(sessions * 20, NOBODY)) == 460


def test_a_pull_brings_what_is_missing_and_says_where_the_head_is(room: Room, ana: Person) -> None:
    for i in range(5):
        room.say(ana, str(i))
    frame = door.pull(room.name, 3, 2)
    assert (frame["t"], frame["channel"], frame["from"], frame["head"]) == ("events", room.name, 3, 7)
    assert [w["n"] for w in frame["wires"]] == [3, 4]
    assert all(isinstance(w["at"], str) and unb64u(w["wire"]) for w in frame["wires"])
    assert door.pull(room.name, 7, 10)["wires"] == []


def test_a_large_backlog_comes_in_frames_a_socket_can_carry(room: Room, ana: Person) -> None:
    for _ in range(12):
        room.say(ana, "x" * 50_000)
    taken, at = [], 2
    while frame := door.pull(room.name, at, 500)["wires"]:
        assert sum(len(w["wire"]) for w in frame) < 700 * 1024
        taken += [w["n"] for w in frame]
        at = taken[-1] + 1
    assert taken == list(range(2, 14))


class Answers:
    """What a socket was told, and when."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self._told = threading.Event()

    def __call__(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        self._told.set()

    def first(self) -> dict[str, Any]:
        assert self._told.wait(10)
        return self.frames[0]


def test_a_post_by_socket_is_acked_with_its_place_after_it_is_stored(room: Room, ana: Person) -> None:
    wire, told = room.seal(ana, ["text", "por el socket", None]), Answers()
    door.post(opened(ana), {"t": "post", "channel": room.name, "wire": b64u(wire), "ref": "r1"}, told)
    ack = told.first()
    assert (ack["t"], ack["ref"], ack["n"], ack["client_id"]) == ("ack", "r1", 2, b64u(ana.author.client_id))
    assert bytes(Event.objects.get(channel_id=room.name, n=2).wire) == wire


@pytest.mark.parametrize("wire", ["!!", "AAAA"])
def test_a_post_that_cannot_be_read_is_refused_with_its_ref(room: Room, ana: Person, wire: str) -> None:
    told = Answers()
    door.post(opened(ana), {"t": "post", "channel": room.name, "wire": wire, "ref": 7}, told)
    nack = told.first()
    assert (nack["t"], nack["ref"]) == ("nack", 7)
    assert nack["code"] in ("bad_request", "bad_wire")


def test_fernando_posts_nothing_to_a_channel_he_only_knows_the_name_of(room: Room, ana: Person, fernando: Person) -> None:
    stolen, told = room.seal(ana, ["text", "x", None]), Answers()
    door.post(opened(fernando), {"t": "post", "channel": room.name, "wire": b64u(stolen), "ref": 1}, told)
    assert told.first()["code"] == "not_found"
    told = Answers()
    door.receipt(opened(fernando), {"t": "receipt", "channel": room.name, "receipt": b64u(room.receipt(ana))}, told)
    assert told.first()["code"] == "not_found"
    assert Event.objects.filter(channel_id=room.name).count() == 2
