"""The channels' API as honest people use it."""

import pytest

from liaison.names import b64u, unb64u
from sealed import events
from tests.messaging.network import Network, Person, Room, code_of, sent

pytestmark = pytest.mark.django_db(transaction=True)


def test_ana_opens_a_channel_and_bashir_finds_it_in_his_list(room: Room, ana: Person, bashir: Person) -> None:
    listed = bashir.get("/api/channels").json()["channels"]
    assert [c["id"] for c in listed] == [room.name]
    assert listed[0]["head_n"] == 2
    assert listed[0]["unread"] == 2
    assert listed[0]["my_role"] == "w"
    assert {m["name"]: m["role"] for m in listed[0]["members"]} == {"Ana Zelaya": "o", "Bashir Haddad": "w"}
    assert all(m["vouched"] for m in listed[0]["members"])


def test_marks_and_edits_are_not_counted_as_new_messages(room: Room, ana: Person, bashir: Person) -> None:
    unread = lambda who: who.get("/api/channels").json()["channels"][0]["unread"]  # noqa: E731
    room.say(ana, "uno")
    assert unread(bashir) == 3
    for kind in (events.EDIT, events.REACTION, events.REDACT):
        assert room.send(ana, room.seal(ana, [b"\0" * 32, "received", True], kind)).status_code == 200
    assert ana.get(room.path).json()["head_n"] == 6
    assert unread(bashir) == 3
    room.say(ana, "dos")
    assert unread(bashir) == 4


def test_what_bashir_gets_replays_to_the_same_head(room: Room, ana: Person, bashir: Person) -> None:
    for text in ("uno", "dos", "tres"):
        room.say(ana, text)
    detail = bashir.get(room.path).json()
    page = bashir.get(f"{room.path}/events", after=0).json()
    fresh = Room(room.network)
    fresh.state = type(room.state)(room.id)
    for row in page["events"]:
        fresh.take(unb64u(row["wire"]))
    assert b64u(fresh.state.head_t) == detail["head_t"] == b64u(room.state.head_t)
    assert page["head_n"] == detail["head_n"] == 5
    ids = unb64u(bashir.get(f"{room.path}/ids", after=2).json()["ids"])
    assert len(ids) == 3 * 32
    assert [g["rcpt_kid"] for g in detail["grants"]] == [b64u(bashir.kid)]


def test_pages_of_events_go_forward_and_back(room: Room, ana: Person) -> None:
    for i in range(6):
        room.say(ana, str(i))
    ns = lambda **query: [e["n"] for e in ana.get(f"{room.path}/events", **query).json()["events"]]  # noqa: E731
    assert ns(after=3, limit=2) == [3, 4]
    assert ns(before=8, limit=3) == [5, 6, 7]
    assert ns(after=8) == []


def test_the_same_post_sent_twice_gets_the_first_answer(room: Room, ana: Person) -> None:
    wire = room.seal(ana, ["text", "una vez", None])
    first, second = room.send(ana, wire), room.send(ana, wire)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert ana.get(room.path).json()["head_n"] == 3


def test_the_same_channel_sent_twice_is_one_channel(network: Network, ana: Person, bashir: Person) -> None:
    room = Room(network)
    wire, grants = room.genesis(ana, {bashir: "w"})
    answers = [ana.post("/api/channels", sent([wire], grants)) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert len(ana.get("/api/channels").json()["channels"]) == 1


def test_a_member_is_added_with_history_and_removed_with_a_new_key(
    room: Room, ana: Person, bashir: Person, fernando: Person
) -> None:
    assert fernando.get(room.path).status_code == 404
    grant = room.ring.grant_to(fernando.kid, fernando.identity.kem_pub, 0, 0)
    hist = ["hist", fernando.kid, 0, 0, events.sha256(grant)]
    wire, _ = room.control(ana, [["add", fernando.kid, "w"], hist])
    assert room.send(ana, wire, grants=[(fernando.kid, grant)]).status_code == 200
    room.take(wire)
    assert fernando.get(room.path).json()["my_role"] == "w"
    room.say(fernando, "gracias")
    room.change(ana, [["remove", fernando.kid, None]], members=[ana, bashir])
    assert fernando.get(room.path).status_code == 404
    room.say(bashir, "sin Fernando")


def test_who_leaves_makes_the_channel_wait_for_a_new_key(room: Room, ana: Person, bashir: Person) -> None:
    room.change(bashir, [["remove", bashir.kid, None]])
    assert bashir.get("/api/channels").json()["channels"] == []
    assert ana.get(room.path).json()["rekey_pending"] is True
    refused = room.send(ana, room.seal(ana, ["text", "hola", None]))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "rekey_pending")
    room.change(ana, [], members=[ana])
    room.say(ana, "hola")


def test_an_officer_goes_on_with_a_new_key_that_the_old_one_signed_for(
    network: Network, room: Room, ana: Person, bashir: Person
) -> None:
    anew = network.new_generation(bashir, continuous=True)
    room.change(anew, [["rekey", bashir.kid, anew.kid, None]], members=[ana, anew])
    room.say(anew, "sigo aquí")
    assert {m["kid"] for m in ana.get(room.path).json()["members"]} == {b64u(ana.kid), b64u(anew.kid)}


def test_a_reset_key_enters_only_when_another_member_confirms_it(
    network: Network, room: Room, ana: Person, bashir: Person
) -> None:
    anew = network.new_generation(bashir, continuous=False)
    change = [["rekey", bashir.kid, anew.kid, None]]
    wire, grants = room.control(anew, change, members=[ana, anew])
    assert code_of(room.send(anew, wire, grants=grants)) == (403, "not_confirmed")
    room.change(ana, change, members=[ana, anew])
    room.say(anew, "gracias, Ana")


def test_a_read_mark_is_kept_and_never_goes_back(room: Room, ana: Person, bashir: Person) -> None:
    room.say(ana, "leído")
    early, late = room.receipt(bashir, 2), room.receipt(bashir)
    for data in (late, early):
        assert bashir.post(f"{room.path}/receipt", {"receipt": b64u(data)}).status_code == 200
    receipts = ana.get(room.path).json()["receipts"]
    assert [(r["kid"], r["n"]) for r in receipts] == [(b64u(bashir.kid), 3)]
    assert bashir.get("/api/channels").json()["channels"][0]["unread"] == 0


def test_a_focal_point_takes_its_officers_key_back_from_outside(
    network: Network, room: Room, ana: Person, bashir: Person
) -> None:
    elena, diego = network.focals["MX"], network.focals["HN"]
    held = elena.get("/api/channels", kid=b64u(bashir.kid)).json()["channels"]
    assert [c["id"] for c in held] == [room.name]
    assert elena.get(f"{room.path}/events").status_code == 404
    assert {m["name"] for m in elena.get(room.path).json()["members"]} == {"Ana Zelaya", "Bashir Haddad"}
    assert diego.get("/api/channels", kid=b64u(bashir.kid)).json() == {"channels": []}
    room.change(elena, [["remove", bashir.kid, None]])
    assert bashir.get(room.path).status_code == 404
    assert elena.get(room.path).status_code == 404
    room.change(ana, [], members=[ana])


def test_a_focal_point_from_outside_can_do_nothing_else(network: Network, room: Room, ana: Person, bashir: Person) -> None:
    elena = network.focals["MX"]
    assert room.send(elena, room.seal(elena, ["text", "x", None])).status_code == 404
    wire, _ = room.control(elena, [["remove", ana.kid, None]])
    assert room.send(elena, wire).status_code == 403
    wire, grants = room.control(elena, [["add", elena.kid, "o"]], members=[ana, bashir, elena])
    assert room.send(elena, wire, grants=grants).status_code == 403
    wire, _ = room.control(elena, [["remove", bashir.kid, None]])
    assert room.send(elena, wire).status_code == 200
