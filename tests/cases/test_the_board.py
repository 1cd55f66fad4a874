"""The supervisor's board: counts, filters, pages and what waits for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import board
from cases.models import Case
from cases.shapes import row_views
from tests.cases.house import CaseRoom, Desk, person, soon
from tests.messaging.network import Network, Person

pytestmark = pytest.mark.django_db


def codes(who: Person, **query: str) -> set[str]:
    answer = who.get("/api/cases", **query)
    assert answer.status_code == 200, answer.content
    return {row["code"] for row in answer.json()["cases"]}


def test_carmen_counts_by_stage_and_follows_each_step(network: Network, ana: Person, carmen: Person, tegucigalpa: Desk) -> None:
    first = CaseRoom(network, tegucigalpa).open(ana)
    CaseRoom(network, tegucigalpa, "land_return").open(ana, [person("P1"), person("P2")])
    first.states(ana, "screened", "safe", "interview")
    numbers = carmen.get("/api/cases/board").json()
    found = {(one["kind"], stage["stage"]): stage["n"] for one in numbers["counts"] for stage in one["stages"]}
    assert found["trafficking", "screened"] == 1
    assert found["trafficking", "detected"] == 0
    assert found["land_return", "identified"] == 1
    assert numbers["totals"] == {"open": 2, "overdue": 0, "us": 2, "them": 0, "urgent": 0, "signatures": 0}
    assert codes(carmen, kind="trafficking", stage="screened") == {first.code}
    assert codes(carmen, kind="land_return", stage="screened") == set()


def test_filters_find_partner_post_officer_overdue_and_who_waits(
    network: Network, ana: Person, carmen: Person, bashir: Person, ines: Person, tegucigalpa: Desk, tapachula: Desk
) -> None:
    case = CaseRoom(network, tegucigalpa).open(ana)
    other = CaseRoom(network, tegucigalpa).open(ana)
    case.consents(ana, "sharing")
    case.refers(ana, tapachula)
    case.does(ana, "assign", officer=ana.officer.kid)
    assert codes(carmen, waiting="them") == {case.code}
    assert codes(carmen, waiting="us") == {other.code}
    assert codes(ines, waiting="us") == {case.code}
    assert codes(carmen, partner="MX") == {case.code}
    assert codes(carmen, post=str(tapachula.pk)) == {case.code}
    row = carmen.get("/api/cases", codes=case.code).json()["cases"][0]
    assert row["assignee"]["name"] == "Ana Zelaya"
    assert codes(carmen, officer=row["assignee"]["subject"]) == {case.code}
    assert codes(carmen, overdue="1") == set()
    Case.objects.filter(code=other.code).update(due_at=datetime.now(UTC) - timedelta(hours=1))
    assert codes(carmen, overdue="1") == {other.code}
    assert carmen.get("/api/cases/board").json()["totals"]["overdue"] == 1


def test_pages_show_every_case_once_in_the_order_of_the_terms(
    network: Network, ana: Person, carmen: Person, tegucigalpa: Desk
) -> None:
    made = {CaseRoom(network, tegucigalpa).open(ana).code for _ in range(7)}
    seen: list[str] = []
    dues: list[str] = []
    after = ""
    while True:
        answer = carmen.get("/api/cases", limit="3", after=after).json()
        seen += [row["code"] for row in answer["cases"]]
        dues += [row["due_at"] for row in answer["cases"]]
        after = answer["next"]
        if after is None:
            break
    assert len(seen) == 7
    assert set(seen) == made
    assert dues == sorted(dues)


def test_forty_one_left_and_forty_arrived_stands_first_on_both_boards(
    network: Network, ana: Person, carmen: Person, bashir: Person, ines: Person, tegucigalpa: Desk, tapachula: Desk
) -> None:
    CaseRoom(network, tegucigalpa).open(ana)
    case = CaseRoom(network, tegucigalpa, "land_return")
    case.open(ana, [person(f"P{i}") for i in range(1, 42)])
    case.states(ana, "rights", "told", "spoken", language="es")
    for name, value, basis in (
        ("consular", "declined", "person_choice"),
        ("screening", "clear", "interview"),
        ("nationality", "confirmed", "document"),
        ("belongings", "returned", "signed_list"),
        ("medicine", "not_needed", "health_check"),
    ):
        case.states(ana, name, value, basis)
    case.accepted_by(bashir, case.refers(ana, tapachula))
    case.brings_in(ana, bashir)
    journey = {"to": "MX", "post": str(tapachula.pk), "persons": "all"}
    noon = (datetime.now(UTC) + timedelta(days=2)).replace(hour=18, minute=0)  # 12 in Central America
    times = {
        "depart_at": (noon - timedelta(hours=4)).strftime("%Y-%m-%dT%H:%MZ"),
        "arrive_at": noon.strftime("%Y-%m-%dT%H:%MZ"),
    }
    case.does(ana, "plan", **journey, **times, transport="bus", vehicles=1)
    said = {"name": "reception", "value": "confirmed", "basis": "hours_and_capacity"}
    case.does(bashir, "fact", **said, on=datetime.now(UTC).date().isoformat())
    case.does(ana, "depart", **journey, at=soon(), count=41)
    case.does(bashir, "count", place="arrival", post=str(tapachula.pk), persons=40, at=soon())
    for who in (carmen, ines):
        rows = who.get("/api/cases").json()["cases"]
        assert (rows[0]["code"], rows[0]["urgent"]) == (case.code, "count")
        assert codes(who, urgent="1") == {case.code}
    assert case.seen_by(carmen)["alerts"][0]["sentence"] == "Salieron 41 y llegaron 40."


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "smuggling"},
        {"stage": "'; --"},
        {"partner": "hn"},
        {"post": "1"},
        {"officer": "x"},
        {"overdue": "yes"},
        {"after": "bm90IGpzb24"},
        {"after": "\x00"},
        {"limit": "many"},
        {"codes": "TV-\x00"},
    ],
)
def test_a_filter_that_cannot_be_is_a_bad_request_and_no_error(carmen: Person, query: dict[str, str]) -> None:
    assert carmen.get("/api/cases", **query).status_code == 400


def test_the_board_costs_a_fixed_number_of_queries(network: Network, ana: Person, carmen: Person, tegucigalpa: Desk) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            row_views(board.page(carmen.officer, board.Filters()).cases, carmen.officer)
            board.totals(carmen.officer)
            board.counts(carmen.officer)
        return len(counted)

    CaseRoom(network, tegucigalpa).open(ana)
    one = cost()
    for _ in range(4):
        CaseRoom(network, tegucigalpa).open(ana)
    assert cost() == one
