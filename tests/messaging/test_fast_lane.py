"""The socket lane: many officers' posts in one transaction, each judged alone."""

import threading

import pytest
from django.db import connections

from liaison.names import b64u
from messaging import actions, writer
from messaging.models import Channel, Event
from sealed import events
from sealed.errors import EnlaceError
from tests.messaging.network import Network, Person, Room

pytestmark = pytest.mark.django_db(transaction=True)


def post(person: Person, room: Room, wire: bytes) -> actions.Post:
    return actions.Post(person.officer.pk, room.name, wire)


def outcome(result: Event | EnlaceError) -> int | str:
    return result.n if isinstance(result, Event) else result.code


def said(person: Person, room: Room, text: str) -> actions.Post:
    return post(person, room, room.seal(person, ["text", text, None]))


def test_one_batch_holds_posts_of_many_to_many_channels(network: Network, room: Room, ana: Person, bashir: Person) -> None:
    other = Room(network).create(bashir, {ana: "w"})
    batch = [said(ana, room, "a"), said(bashir, other, "b"), said(bashir, room, "c"), said(ana, other, "d")]
    assert [outcome(r) for r in actions.append_batch(batch)] == [2, 2, 3, 3]
    for item in batch:
        {room.name: room, other.name: other}[item.channel].take(item.wire)
    for each in (room, other):
        stored = Channel.objects.get(pk=each.name)
        assert (stored.head_n, bytes(stored.head_t)) == (4, each.state.head_t)


def test_a_bad_post_is_refused_alone(room: Room, ana: Person, bashir: Person, fernando: Person) -> None:
    control, _ = room.control(ana, [], members=[ana, bashir])
    stolen = room.seal(ana, ["text", "x", None])
    batch = [
        said(ana, room, "bien"),
        post(fernando, room, stolen),
        post(bashir, room, stolen),
        post(ana, room, b"\xff"),
        post(ana, room, control),
        post(ana, room, room.seal(ana, ["text", "x", None], epoch=9)),
        actions.Post(ana.officer.pk, b64u(bytes(32)), stolen),
        said(bashir, room, "también"),
    ]
    expected = [2, "not_found", "not_your_key", "bad_wire", "http_only", "wrong_epoch", "wrong_channel", 3]
    assert [outcome(r) for r in actions.append_batch(batch)] == expected
    assert Event.objects.filter(channel_id=room.name).count() == 4


def test_a_hundred_copies_at_once_are_one_event_with_one_answer(room: Room, ana: Person) -> None:
    item = said(ana, room, "una")
    first = actions.append_batch([item] * 60)
    again = actions.append_batch([item] * 40)
    assert {(r.n, r.at) for r in (*first, *again)} == {(2, first[0].at)}
    assert Event.objects.filter(channel_id=room.name).count() == 3


def test_a_removed_member_is_refused_in_the_very_next_commit(room: Room, ana: Person, bashir: Person) -> None:
    late = said(bashir, room, "tarde")
    assert [outcome(r) for r in actions.append_batch([said(bashir, room, "a tiempo")])] == [2]
    room.take(bytes(Event.objects.get(channel_id=room.name, n=2).wire))
    room.change(ana, [["remove", bashir.kid, None]], members=[ana])
    assert [outcome(r) for r in actions.append_batch([late])] == ["not_found"]


def test_a_deactivated_officer_posts_nothing(room: Room, ana: Person) -> None:
    assert [outcome(r) for r in actions.append_batch([said(ana, room, "a")])] == [2]
    type(ana.officer).objects.filter(pk=ana.officer.pk).update(is_active=False)
    assert [outcome(r) for r in actions.append_batch([said(ana, room, "b")])] == ["not_your_key"]


def test_read_marks_of_many_are_kept_together_and_judged_alone(room: Room, ana: Person, bashir: Person, fernando: Person) -> None:
    marks = [
        actions.Mark(ana.officer.pk, room.name, room.receipt(ana)),
        actions.Mark(ana.officer.pk, room.name, room.receipt(bashir)),
        actions.Mark(fernando.officer.pk, room.name, room.receipt(bashir)),
        actions.Mark(bashir.officer.pk, room.name, room.receipt(bashir, 1)),
    ]
    results = [r.n if not isinstance(r, EnlaceError) else r.code for r in actions.save_receipts(marks)]
    assert results == [2, "not_your_key", "not_found", 1]


def test_both_lanes_at_once_leave_one_unbroken_order(room: Room, ana: Person, bashir: Person) -> None:
    """Posts by socket and by HTTP race for the same channel; T must be the chain over what was stored."""
    batches = [[said(ana, room, f"{i}-{j}") for j in range(5)] for i in range(8)]
    singles = [room.seal(bashir, ["text", str(i), None]) for i in range(8)]
    codes: list[object] = []

    def by_socket() -> None:
        for batch in batches:
            codes.extend(outcome(r) for r in actions.append_batch(batch))
        connections.close_all()

    def by_http() -> None:
        for wire in singles:
            codes.append(room.send(bashir, wire).status_code)
        connections.close_all()

    threads = [threading.Thread(target=by_socket), threading.Thread(target=by_http)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(200) == 8
    assert sorted(c for c in codes if c != 200) == sorted({c for c in codes if c != 200})
    rows = list(Event.objects.filter(channel_id=room.name).order_by("n"))
    assert [row.n for row in rows] == list(range(50))
    t = events.transcript_start(room.id)
    for row in rows:
        t = events.transcript(t, bytes(row.event_id))
        assert bytes(row.t) == t
    assert bytes(Channel.objects.get(pk=room.name).head_t) == t


def test_an_ack_is_said_only_when_the_event_is_stored(room: Room, ana: Person) -> None:
    heard, replies = threading.Event(), []

    def reply(frame: dict) -> None:
        replies.append((frame, Event.objects.filter(channel_id=room.name, n=2).exists()))
        heard.set()

    writer.post(said(ana, room, "guardado"), "r1", reply)
    assert heard.wait(10)
    [(frame, stored)] = replies
    assert stored
    assert (frame["t"], frame["ref"], frame["n"]) == ("ack", "r1", 2)
    assert frame["client_id"] == b64u(ana.author.client_id)
