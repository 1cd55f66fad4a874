"""The pages work without a key: they show where a case stands and mark what opens only in the browser."""

import json
import re

import pytest

from tests.cases.house import CaseRoom, Desk, person
from tests.messaging.network import Network, Person

pytestmark = pytest.mark.django_db


def page(who: Person, path: str, **query: str) -> str:
    answer = who.get(path, **query)
    assert answer.status_code == 200, answer.content
    html = answer.content.decode()
    assert " style=" not in html
    assert "<script>" not in html
    assert "onclick" not in html
    return html


def test_the_board_teaches_when_it_is_empty(ana: Person) -> None:
    assert "/cases/new/" in page(ana, "/cases/")


def test_carmen_reads_the_board_and_the_case_without_a_key(case: CaseRoom, carmen: Person) -> None:
    assert case.code in page(carmen, "/cases/")
    html = page(carmen, f"/cases/{case.code}/")
    assert 'data-sight="status"' in html
    assert "data-act=" not in html
    assert "data-sealed=" not in html


def test_anas_case_page_has_slots_for_what_is_sealed_and_forms_for_what_is_signed(case: CaseRoom, ana: Person) -> None:
    html = page(ana, f"/cases/{case.code}/")
    assert 'data-sealed="P1/name"' in html
    assert 'data-sealed="case/title"' in html
    assert 'id="fact-screened"' in html
    forms = set(re.findall(r'data-act="([^"]+)"', html))
    assert {"fact", "referral.propose", "plan", "depart", "handover.give", "close.propose", "withhold"} <= forms
    opened = set(re.findall(r'data-opens="([^"]+)"', html))
    assert opened <= set(re.findall(r'<dialog[^>]* id="([^"]+)"', html)), "every button opens a dialog that is there"


def test_every_gate_of_both_kinds_has_its_form(network: Network, ana: Person, tegucigalpa: Desk) -> None:
    for code in ("trafficking", "land_return"):
        case = CaseRoom(network, tegucigalpa, code).open(ana)
        html = page(ana, f"/cases/{case.code}/")
        data = json.loads(re.search(r'<script id="page-data"[^>]*>(.*?)</script>', html, re.S)[1])
        assert data["case"]["code"] == case.code
        for fact in data["facts"]:
            assert f'id="fact-{fact["name"]}"' in html


def test_the_asked_desk_gets_the_two_answers_and_nothing_else(
    case: CaseRoom, ana: Person, bashir: Person, tapachula: Desk
) -> None:
    case.consents(ana, "sharing")
    case.refers(ana, tapachula)
    html = page(bashir, f"/cases/{case.code}/")
    assert set(re.findall(r'data-act="([^"]+)"', html)) == {"referral.accept", "referral.decline"}
    assert "data-sealed=" not in html


def test_a_list_of_hundreds_shows_the_first_and_offers_the_rest(network: Network, ana: Person, tegucigalpa: Desk) -> None:
    case = CaseRoom(network, tegucigalpa, "land_return").open(ana, [person(f"P{i}") for i in range(1, 201)])
    html = page(ana, f"/cases/{case.code}/")
    assert html.count('class="person-card"') == 60
    assert page(ana, f"/cases/{case.code}/", persons="all").count('class="person-card"') == 200


def test_a_new_case_is_chosen_by_kind_and_then_filled_in(ana: Person, tegucigalpa: Desk) -> None:
    assert "?kind=trafficking" in page(ana, "/cases/new/")
    html = page(ana, "/cases/new/", kind="land_return")
    assert 'data-open-case="land_return"' in html
    assert "Tegucigalpa" in html
    assert 'data-field="family"' in html
    assert ana.get("/cases/new/", kind="none").status_code == 404
    assert 'type="file"' in page(ana, "/cases/import/")


def test_the_kinds_speak_for_themselves(ana: Person) -> None:
    found = ana.get("/api/cases/kinds").json()["kinds"]
    assert {one["code"] for one in found} == {"trafficking", "land_return"}
    for one in found:
        asked = {fact["name"] for step in one["steps"].values() for fact in step["facts"]}
        assert asked == {fact["name"] for fact in one["facts"]}
