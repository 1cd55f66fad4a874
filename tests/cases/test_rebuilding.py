"""The rows are a function of the signed acts: rebuilt from the log they are the same."""

from typing import Any

import pytest
from django.core.management import call_command

from cases.models import Case, CaseAct, CaseAuthority, CasePerson, CasePost, Clock, Referral
from tests.cases.house import CaseRoom, Desk, person
from tests.messaging.network import Network, Person

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[Any]]:
    return {
        model.__name__: sorted(
            (sorted((name, str(value)) for name, value in row.items() if name != "id") for row in model.objects.values()),
        )
        for model in (Case, CaseAct, CaseAuthority, CasePerson, CasePost, Clock, Referral)
    }


def test_rebuilt_rows_are_the_rows(
    network: Network, ana: Person, carmen: Person, bashir: Person, tegucigalpa: Desk, tapachula: Desk
) -> None:
    case = CaseRoom(network, tegucigalpa).open(ana, [person("P1"), person("P2", age_band="15-17")])
    case.states(ana, "screened", "safe", "interview")
    extras = {"purpose": "sharing", "recipients": "both", "language": "es", "guardian": True, "expires": "2090-01-01"}
    case.states(ana, "consent", "given", "guardian", **extras)
    case.does(ana, "withhold", **{"from": "GT"}, persons=["P2"], reason="asked") if network.officer("GT", "F") else None
    case.accepted_by(bashir, case.refers(ana, tapachula))
    case.brings_in(ana, bashir)
    case.does(ana, "assign", officer=ana.officer.kid)
    case.does(bashir, "person.add", persons=[person("P3")])
    case.does(ana, "person.off", persons=["P3"], reason="duplicate")
    case.does(ana, "close.propose", outcome="contact_lost")
    CaseRoom(network, tegucigalpa, "land_return").open(ana)
    before = everything()
    assert len(before["Case"]) == 2
    Case.objects.update(stage="closed", persons=99, waiting_for="GT")
    CasePerson.objects.filter(number=1).delete()
    assert everything() != before, "the rows must be wrong for the rebuilding to mean anything"
    call_command("rebuild_cases", verbosity=0)
    assert everything() == before
