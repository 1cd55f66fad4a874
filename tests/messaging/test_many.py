"""Many channels in one request, as handing over a post needs them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liaison.names import b64u, unb64u
from tests.messaging.network import Network, Person, Room, code_of, sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rooms(network: Network, ana: Person, bashir: Person) -> list[Room]:
    return [Room(network).create(ana, {bashir: "w"}, f"Canal {n}") for n in range(3)]


def told(room: Room, *wires: bytes, **more: Any) -> dict[str, Any]:
    return {"channel": room.name} | sent(wires, **more)


def read(person: Person, *rooms: Room) -> list[dict[str, Any]]:
    answer = person.post("/api/channels/read", {"channels": [room.name for room in rooms]})
    assert answer.status_code == 200, answer.content
    return list(answer.json()["channels"])


def test_each_channel_is_read_as_its_own_address_tells_it(rooms: list[Room], ana: Person, bashir: Person) -> None:
    for room in rooms:
        room.say(ana, "buenas")
    for room, got in zip(rooms, read(bashir, *rooms), strict=True):
        alone = bashir.get(room.path).json()
        for name in ("id", "head_n", "head_t", "control", "grants", "members", "my_role", "epoch", "log_size"):
            assert got[name] == alone[name], name
        assert got["ids"] == bashir.get(f"{room.path}/ids", after=0).json()["ids"]
        assert got["events"] == bashir.get(f"{room.path}/events", after=0).json()["events"]


def test_a_strangers_channel_is_left_out_like_one_that_is_not_there(
    network: Network, rooms: list[Room], fernando: Person, ana: Person
) -> None:
    own = Room(network).create(fernando, {ana: "w"})
    assert [row["id"] for row in read(fernando, *rooms, own)] == [own.name]


def test_reading_many_costs_as_many_queries_as_reading_one(rooms: list[Room], ana: Person) -> None:
    read(ana, *rooms)
    with CaptureQueriesContext(connection) as one:
        read(ana, rooms[0])
    with CaptureQueriesContext(connection) as three:
        read(ana, *rooms)
    assert len(one) == len(three)


def test_one_that_is_refused_does_not_fail_the_others_and_leaves_nothing(rooms: list[Room], ana: Person, bashir: Person) -> None:
    change = [["role", bashir.kid, "o"]]
    good, stale, last = (room.control(ana, change)[0] for room in rooms)
    rooms[1].say(bashir, "entretanto")
    answer = ana.post("/api/channels/batch", {"sends": [told(rooms[0], good), told(rooms[1], stale), told(rooms[2], last)]})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result.get("error", {}).get("code") for result in results] == [None, "stale_head", None]
    assert results[1]["error"]["message"]
    assert [row["n"] for row in results[0]["events"]] == [2]
    assert [bashir.get(room.path).json()["my_role"] for room in rooms] == ["o", "w", "o"]
    assert bashir.get(rooms[1].path).json()["head_n"] == 3


def test_within_a_channel_it_is_all_or_nothing(rooms: list[Room], ana: Person, bashir: Person) -> None:
    first = rooms[0]
    good, _ = first.control(ana, [["role", bashir.kid, "o"]])
    bad, _ = first.control(ana, [["role", bashir.kid, "r"]])  # at the same head
    (result,) = ana.post("/api/channels/batch", {"sends": [told(first, good, bad)]}).json()["results"]
    assert result["error"]["code"] == "stale_head"
    assert bashir.get(first.path).json()["my_role"] == "w"


def test_what_was_sent_before_is_answered_as_it_was_stored(rooms: list[Room], ana: Person, bashir: Person) -> None:
    wire, _ = rooms[0].control(ana, [["role", bashir.kid, "o"]])
    answers = [ana.post("/api/channels/batch", {"sends": [told(rooms[0], wire)]}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert "events" in answers[0]["results"][0]


def test_a_stranger_writes_into_none_of_them(network: Network, rooms: list[Room], ana: Person, fernando: Person) -> None:
    wire, _ = rooms[0].control(ana, [["add", fernando.kid, "o"]])
    own = Room(network).create(fernando, {ana: "w"})
    lawful, _ = own.control(fernando, [["role", ana.kid, "o"]])
    answer = fernando.post("/api/channels/batch", {"sends": [told(rooms[0], wire), told(own, lawful)]})
    assert [result.get("error", {}).get("code") for result in answer.json()["results"]] == ["not_found", None]
    assert ana.get(rooms[0].path).json()["head_n"] == 2


def test_a_form_that_is_none_is_refused_alone(rooms: list[Room], ana: Person, bashir: Person) -> None:
    good, _ = rooms[0].control(ana, [["role", bashir.kid, "o"]])
    sends = [told(rooms[0], good), {"channel": rooms[1].name, "wires": ["?"]}, "x", told(rooms[2]) | {"more": 1}]
    results = ana.post("/api/channels/batch", {"sends": sends}).json()["results"]
    assert "events" in results[0]
    assert [result["error"]["code"] for result in results[1:]] == ["bad_request"] * 3
    assert code_of(ana.post("/api/channels/batch", {"sends": [told(rooms[0], good)] * 51})) == (413, "too_many")


def test_channels_are_shared_with_who_was_taken_out_of_them_too(
    network: Network, rooms: list[Room], ana: Person, bashir: Person, fernando: Person
) -> None:
    Room(network).create(ana, {fernando: "w"})
    rooms[0].change(ana, [["remove", bashir.kid, None]], members=[ana])
    subject = b64u(bytes(bashir.officer.subject))
    listed = ana.get("/api/channels/shared", **{"with": subject}).json()["channels"]
    assert {row["id"] for row in listed} == {room.name for room in rooms}
    assert fernando.get("/api/channels/shared", **{"with": subject}).json()["channels"] == []
    assert unb64u(listed[0]["head_t"])
