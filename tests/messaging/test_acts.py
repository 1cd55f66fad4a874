"""What the channels promise to whoever plugs in a tracker: acts are judged inside the transaction, guests may answer only
what their authority was asked, and a refusal leaves nothing. The plugged-in tracker here is the smallest there can be;
the real one is tested in tests/cases."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from liaison.names import b64u, unb64u
from messaging import hooks
from messaging.models import Channel, Event, Member
from sealed import channel as rules
from sealed import events
from sealed.errors import EnlaceError
from tests.messaging.network import Network, Person, Room, code_of, sent

pytestmark = pytest.mark.django_db


class Tracker:
    """Keeps the acts it accepted; refuses the act "nonsense" and the adding of anybody it calls withheld."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.withheld: set[bytes] = set()
        self.seen: list[tuple[int, str, bool]] = []

    def take_act(self, channel: Any, event: Event, body: bytes, officer: Any, authority: str, guest: bool) -> None:
        act = json.loads(body)
        assert Event.objects.filter(pk=event.pk, n=event.n).exists()
        if act["act"] == "nonsense":
            raise EnlaceError("bad_request", fields={"act": "Not this."})
        if act["act"] == "referral.propose":
            self.asked.add(act["to"])
        self.seen.append((event.n, act["act"], guest))

    def guard(self, channel: Any, event: Event, changes: list[Any], officer: Any) -> None:
        if any(change[0] == "add" and change[1] in self.withheld for change in changes):
            raise EnlaceError("not_allowed")

    def guest(self, officer: Any, channel: Any) -> bool:
        return officer.authority_id in self.asked


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    mine = Tracker()
    names = ("_act_validator", "_control_validator", "_guest_access", "_case_views", "_channel_created")
    before = {name: getattr(hooks, name) for name in names}
    hooks.register(mine.take_act, mine.guest, lambda ids, officer: {}, mine.guard)
    yield mine
    for name, hook in before.items():
        setattr(hooks, name, hook)


def act(name: str, **more: Any) -> bytes:
    return json.dumps({"act": name, "v": 1} | more).encode()


@pytest.fixture
def case(network: Network, ana: Person, tracker: Tracker) -> Room:
    """A case Ana opened alone, which asks MX."""
    from messaging import actions

    room = Room(network)
    genesis, grants = room.genesis(ana, kind="case")
    room.take(genesis)
    opening = room.clear(ana, events.ACT, act("case.open"))
    room.take(opening)
    actions.create_channel(ana.officer, [genesis, opening], grants, case=True)
    asking = room.clear(ana, events.ACT, act("referral.propose", to="MX"))
    assert room.send(ana, asking).status_code == 200
    room.take(asking)
    return room


def answer(room: Room, person: Person, name: str = "referral.accept", reply_to: bytes | None = None, **wrong: Any) -> bytes:
    question = reply_to or bytes(Event.objects.filter(channel_id=room.name, kind=events.ACT).latest("n").event_id)
    start = {"seen_n": 0, "t_seen": events.transcript_start(room.id)}
    return room.clear(person, events.ACT, act(name, reply_to=b64u(question)), **(start | wrong))


def test_the_tracker_sees_every_act_with_its_place(case: Room, tracker: Tracker) -> None:
    assert tracker.seen == [(1, "case.open", False), (2, "referral.propose", False)]


def test_a_refused_act_says_which_field_and_leaves_nothing(case: Room, ana: Person) -> None:
    with_post = [case.seal(ana, ["text", "antes", None]), case.clear(ana, events.ACT, act("nonsense"))]
    refused = case.send(ana, *with_post)
    assert refused.json()["error"]["fields"] == {"act": "Not this."}
    assert Channel.objects.get(pk=case.name).head_n == 3
    assert case.send(ana, with_post[0]).status_code == 200


def test_a_desk_answers_before_it_can_read(case: Room, bashir: Person, tracker: Tracker) -> None:
    detail = bashir.get(case.path)
    assert detail.json() == {"id": case.name, "kind": "case", "epoch": 0, "guest": True, "focal": False}
    for tail in ("/events", "/ids"):
        assert code_of(bashir.get(case.path + tail)) == (404, "not_found")
    assert bashir.get("/api/channels").json() == {"channels": []}
    said = case.send(bashir, answer(case, bashir))
    assert said.status_code == 200
    assert tracker.seen[-1] == (3, "referral.accept", True)


def test_what_a_guest_answered_replays_at_every_member(case: Room, network: Network, ana: Person, bashir: Person) -> None:
    assert case.send(bashir, answer(case, bashir)).status_code == 200
    fresh = Room(network)
    fresh.state = rules.ChannelState(case.id)
    for row in ana.get(f"{case.path}/events").json()["events"]:
        fresh.take(unb64u(row["wire"]))
    assert b64u(fresh.state.head_t) == ana.get(case.path).json()["head_t"]


@pytest.mark.parametrize("fault", ["post", "other act", "no question", "question of nobody", "stranger", "knows too much"])
def test_a_guest_writes_nothing_else(case: Room, bashir: Person, fernando: Person, ana: Person, fault: str) -> None:
    start = {"seen_n": 0, "t_seen": events.transcript_start(case.id)}
    person, wire, expected = {
        "post": (bashir, case.seal(bashir, ["text", "x", None], **start), 404),
        "other act": (bashir, answer(case, bashir, "close.sign"), 404),
        "no question": (bashir, case.clear(bashir, events.ACT, act("referral.accept"), **start), 400),
        "question of nobody": (bashir, answer(case, bashir, reply_to=bytes(32)), 404),
        "stranger": (fernando, answer(case, fernando), 404),
        "knows too much": (bashir, answer(case, bashir, seen_n=3, t_seen=case.state.head_t), 422),
    }[fault]
    assert case.send(person, wire).status_code == expected
    assert Channel.objects.get(pk=case.name).head_n == 3
    assert case.send(bashir, answer(case, bashir)).status_code == 200


def test_an_invited_answer_is_refused_from_another_authority_of_the_same_case(
    case: Room, bashir: Person, fernando: Person, tracker: Tracker
) -> None:
    """GT was asked too, but answers the question that was put to MX."""
    tracker.asked.add("GT")
    assert code_of(case.send(fernando, answer(case, fernando))) == (404, "not_found")
    assert case.send(bashir, answer(case, bashir)).status_code == 200


def test_the_tracker_may_refuse_who_comes_in(case: Room, ana: Person, bashir: Person, tracker: Tracker) -> None:
    tracker.withheld = {bashir.kid}
    wire, grants = case.control(ana, [["add", bashir.kid, "w"]], members=[ana, bashir])
    assert code_of(case.send(ana, wire, grants=grants)) == (403, "not_allowed")
    assert Member.objects.filter(channel_id=case.name).count() == 1
    tracker.withheld = set()
    assert case.send(ana, wire, grants=grants).status_code == 200


def test_a_case_is_opened_by_its_own_door_only(network: Network, ana: Person, tracker: Tracker) -> None:
    room = Room(network)
    genesis, grants = room.genesis(ana, kind="case")
    room.take(genesis)
    opening = room.clear(ana, events.ACT, act("case.open"))
    assert code_of(ana.post("/api/channels", sent([genesis, opening], grants))) == (400, "bad_request")
    assert not Channel.objects.exists()
