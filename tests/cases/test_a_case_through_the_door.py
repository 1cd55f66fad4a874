"""Acts through the real door: signed, judged, projected, answered, all in one transaction."""

import pytest

from cases.models import Case, CaseAct, CaseAuthority
from liaison.models import Organization
from messaging.models import Channel, Event
from sealed import events
from tests.cases.house import CaseRoom, Desk, body, desk, person, soon
from tests.messaging.network import Network, Person, Room, sent

pytestmark = pytest.mark.django_db


def test_ana_opens_a_case_and_finds_it_on_her_board(case: CaseRoom, ana: Person) -> None:
    listed = ana.get("/api/cases").json()["cases"]
    assert [(row["code"], row["stage"], row["sight"]) for row in listed] == [(case.code, "detected", "content")]
    view = case.seen_by(ana)
    assert view["next"]["stage"] == "screened"
    assert [one["mine"] for one in view["next"]["missing"]] == [True]
    assert view["timeline"][0]["mine"] is True


def test_a_refused_act_leaves_nothing_and_says_why(case: CaseRoom, ana: Person) -> None:
    before = Event.objects.count()
    answer = case.act(ana, "fact", name="screened", value="fine", basis="interview", on="2026-01-01", persons="all")
    assert (answer.status, answer.code) == (422, "act_refused")
    assert set(answer.fields) == {"value"}
    assert (Event.objects.count(), CaseAct.objects.count()) == (before, 1)


def test_no_word_of_a_story_enters_an_act(case: CaseRoom, ana: Person) -> None:
    for data in (
        {"name": "screened", "value": "safe", "basis": "interview", "on": "2026-01-01", "persons": "all", "note": "a"},
        {"name": "screened", "value": "safe", "basis": "she told me", "on": "2026-01-01", "persons": "all"},
        {"name": "screened", "value": "safe", "basis": "interview", "on": "yesterday", "persons": "all"},
        {"name": "screened", "value": "safe", "basis": "interview", "on": "2026-01-01", "persons": ["María"]},
        {"name": "screened", "value": "safe", "basis": "interview", "on": "2026-01-01", "persons": "all", "María": 1},
    ):
        answer = case.act(ana, "fact", **data)
        assert answer.status == 422
        assert "María" not in str(answer.body), "what was refused is not repeated"


def test_a_key_said_twice_is_no_act(case: CaseRoom, ana: Person) -> None:
    for raw in (
        b'{"act":"person.add","v":1,"v":1,"persons":[]}',
        b'{"act":"count","v":1,"persons":1.5}',
        b'{"act":"fact","v":1,"on":NaN}',
        b"[1]",
        b"\xff",
        b'{"act":"fact"}',
        b'{"act":["fact"],"v":1}',
        b"[" * 40_000,
    ):
        wire = case.clear(ana, events.ACT, raw)
        answer = case.send(ana, wire)
        assert answer.status_code == 400, raw[:40]


def test_a_case_is_opened_whole_or_not_at_all(network: Network, ana: Person, tegucigalpa: Desk) -> None:
    room = CaseRoom(network, tegucigalpa)
    refused = room.try_open(ana, said={"handling": "H9"})
    assert (refused.status, set(refused.fields)) == (422, {"handling"})
    assert Channel.objects.count() == Case.objects.count() == 0
    other = CaseRoom(network, tegucigalpa).open(ana)
    twin = CaseRoom(network, tegucigalpa)
    twin.code = other.code
    assert twin.try_open(ana).code == "code_taken"
    assert Channel.objects.count() == Case.objects.count() == 1


def test_a_case_channel_without_a_case_is_refused(network: Network, ana: Person, bashir: Person) -> None:
    room = Room(network)
    wire, grants = room.genesis(ana, kind="case")
    assert ana.post("/api/channels", sent([wire], grants)).status_code == 400
    assert ana.post("/api/cases", sent([wire], grants)).status_code == 400
    plain, grants = Room(network).genesis(ana)
    assert ana.post("/api/cases", sent([plain, plain], grants)).status_code == 400
    assert Channel.objects.count() == 0


def test_a_case_does_not_begin_with_another_country_in_the_room(
    network: Network, ana: Person, bashir: Person, tegucigalpa: Desk
) -> None:
    answer = CaseRoom(network, tegucigalpa).try_open(ana, members={bashir: "w"})
    assert (answer.status, set(answer.fields)) == (422, {"act"})


def test_a_desk_is_one_of_the_own_authority(network: Network, ana: Person, tapachula: Desk) -> None:
    assert set(CaseRoom(network, tapachula).try_open(ana).fields) == {"desk"}


def test_the_desk_accepts_before_it_can_read_and_is_then_brought_in(
    case: CaseRoom, ana: Person, bashir: Person, tapachula: Desk
) -> None:
    case.consents(ana, "sharing")
    assert case.brings_in(ana, bashir).code == "not_in_case"
    referral = case.refers(ana, tapachula)
    assert case.seen_by(bashir)["sight"] == "status"
    assert bashir.get(case.path + "/events").status_code == 404
    assert case.brings_in(ana, bashir).code == "not_in_case", "asked is not accepted"
    case.accepted_by(bashir, referral)
    assert CaseAuthority.objects.get(authority="MX").role == "partner"
    assert case.brings_in(ana, bashir).status == 200
    assert case.seen_by(bashir)["sight"] == "content"
    case.states(bashir, "risk", "low", "partner", where="destination")


def test_a_guest_says_yes_or_no_and_nothing_else(
    case: CaseRoom, ana: Person, bashir: Person, ines: Person, tapachula: Desk, fernando: Person
) -> None:
    case.consents(ana, "sharing")
    referral = case.refers(ana, tapachula)
    assert case.answers(bashir, "person.add", persons=[person("P2")]).status == 404
    assert case.answers(fernando, "referral.decline", reply_to=referral, reason="safety").status == 404
    assert case.answers(bashir, "referral.decline", reply_to=referral, reason="because").status == 422
    assert case.answers(ines, "referral.decline", reply_to=referral, reason="no_capacity").status == 200
    assert bashir.get(f"/api/cases/{case.code}").status_code == 404, "who declined is out"


def test_nicaragua_is_not_added_while_a_person_is_withheld_from_it(case: CaseRoom, network: Network, ana: Person) -> None:
    noemi = network.officer("NI", "Noemi")
    case.does(ana, "withhold", **{"from": "NI"}, persons=["P1"], reason="may_be_refugee")
    managua = desk("Managua", noemi)
    case.consents(ana, "sharing")
    said = {"to": "NI", "post": str(managua.pk), "persons": "all", "purpose": "reception", "due": soon(days=1)}
    assert "reserva" in case.act(ana, "referral.propose", **said).fields["to"]
    assert case.brings_in(ana, noemi).code == "withheld"
    assert noemi.get(f"/api/cases/{case.code}").status_code == 404


def test_an_organization_writes_but_signs_no_step(case: CaseRoom, ana: Person, network: Network) -> None:
    guest = network.officer("HN", "Casa Abierta")
    guest.officer.organization = Organization.objects.create(name="Casa Abierta", accredited_by_id="HN")
    guest.officer.save()
    assert guest.get(f"/api/cases/{case.code}").status_code == 404
    assert case.brings_in(ana, guest).status == 200
    assert case.seen_by(guest)["sight"] == "content"
    assert case.seen_by(guest)["powers"]["sign"] is False
    assert case.act(guest, "person.add", persons=[person("P2")]).code == "guest_cannot_act"


def test_both_sign_the_closing(case: CaseRoom, ana: Person, bashir: Person, tapachula: Desk) -> None:
    case.consents(ana, "sharing")
    case.accepted_by(bashir, case.refers(ana, tapachula))
    case.brings_in(ana, bashir)
    proposal = case.does(ana, "close.propose", outcome="contact_lost")
    row = ana.get("/api/cases", codes=case.code).json()["cases"][0]
    assert (row["needs_signature"], row["waiting_for"], row["waiting_us"]) == ("MX", "MX", False)
    assert bashir.get("/api/cases", waiting="us").json()["cases"][0]["code"] == case.code
    assert set(case.act(ana, "close.sign", reply_to=proposal).fields) == {"reply_to"}
    case.does(bashir, "close.sign", reply_to=proposal)
    assert ana.get("/api/cases").json()["cases"] == []
    assert ana.get("/api/cases", closed="1").json()["cases"][0]["outcome"] == "contact_lost"


def test_an_act_in_a_plain_channel_is_refused(network: Network, ana: Person, tegucigalpa: Desk) -> None:
    room = Room(network).create(ana)
    case = CaseRoom(network, tegucigalpa)
    answer = room.send(ana, room.clear(ana, events.ACT, body("case.open", case.opening())))
    assert answer.status_code == 422
    assert Case.objects.count() == 0
