"""Who knows of a case: its members, its desks, their supervisors. For everybody else it is not there."""

import re
from typing import Any

import pytest

from cases.codes import new_code
from liaison.models import Appointment
from liaison.names import b64u
from tests.cases.house import CaseRoom, Desk, desk, promote
from tests.messaging.network import Network, Person

pytestmark = pytest.mark.django_db


def sees(who: Person, case: CaseRoom) -> bool:
    """The same answer at every door: lists, numbers, the case itself and its page."""
    answers = {
        who.get(f"/api/cases/{case.code}").status_code == 200,
        who.get(f"/cases/{case.code}/").status_code == 200,
        bool(who.get("/api/cases").json()["cases"]),
        bool(who.get("/api/cases", codes=case.code).json()["cases"]),
        who.get("/api/cases/board").json()["totals"]["open"] == 1,
        bool(who.get("/api/cases/board").json()["counts"]),
        case.code in who.get("/cases/").content.decode(),
    }
    assert len(answers) == 1, "one door says yes and another no"
    return answers.pop()


def test_the_desk_and_its_supervisor_see_it_and_guatemala_does_not(
    case: CaseRoom, ana: Person, carmen: Person, bashir: Person, fernando: Person, tapachula: Desk
) -> None:
    assert sees(ana, case)
    assert sees(carmen, case)
    assert case.seen_by(carmen)["sight"] == "status"
    assert not sees(bashir, case)
    assert not sees(fernando, case)


def test_another_desk_of_the_same_country_does_not_see_it(case: CaseRoom, network: Network) -> None:
    colleague = network.officer("HN", "Marco Pineda")
    desk("San Pedro Sula", colleague)
    assert not sees(colleague, case)
    Appointment.objects.create(
        officer=colleague.officer, post=case.desk, network="consular", function="liaison", start="2020-01-01"
    )
    assert sees(colleague, case)


def test_who_left_the_desk_sees_it_no_more(case: CaseRoom, network: Network) -> None:
    colleague = network.officer("HN", "Marco Pineda")
    Appointment.objects.create(
        officer=colleague.officer, post=case.desk, network="consular", function="x", start="2020-01-01", end="2021-01-01"
    )
    assert not sees(colleague, case)


def test_the_secretariat_sees_no_case_though_it_runs_the_host(case: CaseRoom, network: Network) -> None:
    assert not sees(promote(network.officer("HN", "Sofia"), "secretariat"), case)


def test_a_referred_desk_sees_where_it_stands_until_the_referral_is_revoked(
    case: CaseRoom, ana: Person, bashir: Person, tapachula: Desk
) -> None:
    case.consents(ana, "sharing")
    referral = case.refers(ana, tapachula)
    assert sees(bashir, case)
    assert case.seen_by(bashir)["powers"] == {
        "content": False,
        "sign": False,
        "answer": True,
        "owner": False,
        "receiver": False,
    }
    case.does(ana, "referral.revoke", reply_to=referral, reason="another_desk")
    assert not sees(bashir, case)


def test_a_former_owner_keeps_status_and_may_not_act(
    case: CaseRoom, ana: Person, carmen: Person, bashir: Person, tapachula: Desk
) -> None:
    case.consents(ana, "sharing")
    case.accepted_by(bashir, case.refers(ana, tapachula, "transfer"))
    assert sees(carmen, case)
    view = case.seen_by(ana)
    assert view["powers"]["sign"] is False
    assert view["strangers"] == [b64u(ana.kid)], "her key leaves the channel with the next coordinator"
    refused = case.act(ana, "close.propose", outcome="duplicate")
    assert set(refused.fields) == {"act"}


def said(answer: Any, code: str) -> str:
    """The body without what changes at every request: the tokens and the address that was asked for."""
    return re.sub(r'"[A-Za-z0-9]{64}"', "", answer.content.decode()).replace(code, "")


def test_a_case_of_others_and_no_case_at_all_are_the_same(case: CaseRoom, fernando: Person, guatemala: Desk) -> None:
    nowhere = new_code("TV")
    for path in ("/api/cases/{}", "/cases/{}/"):
        foreign, missing = fernando.get(path.format(case.code)), fernando.get(path.format(nowhere))
        assert foreign.status_code == missing.status_code == 404
        assert said(foreign, case.code) == said(missing, nowhere)


def test_a_filter_does_not_speak_of_foreign_cases(case: CaseRoom, fernando: Person, ana: Person) -> None:
    for query in (
        {"partner": "HN"},
        {"post": str(case.desk.pk)},
        {"officer": b64u(ana.officer.subject)},
        {"kind": "trafficking"},
        {"waiting": "them"},
    ):
        assert fernando.get("/api/cases", **query).json() == {"cases": [], "next": None}
