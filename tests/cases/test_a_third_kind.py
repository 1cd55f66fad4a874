"""A new kind is data: nothing else in the tracker changes for it."""

import pytest

import cases.acts
import cases.projection
from cases.kinds import kinds
from cases.kinds.base import CLOSED, Fact, Kind, Stage, needs, standing
from cases.kinds.common import COMMON_CLOCKS, common_acts, person_fields
from tests.cases import walk
from tests.cases.walk import ANA, CARMEN, Walk

FOUND = Kind(
    code="lost_document",
    prefix="DP",
    label="Lost document",
    about="A traveller without papers.",
    stages=(
        Stage("reported", "Reported"),
        Stage("replaced", "Replaced", (needs(lambda s, p: True, "paper", {"issued"}, "Paper", "Issue a paper to {persons}."),)),
        CLOSED,
    ),
    facts=(Fact("paper", "Paper", {"issued": "Issued"}, {"registry": "Registry"}, "replaced"),),
    clocks=COMMON_CLOCKS,
    acts=common_acts("lost_document", "DP", person_fields({}), {}, {"done": "Done"}, {}),
    flags={},
    purposes={},
    outcomes={"done": "Done"},
    early=frozenset(),
    departure="replaced",
)


@pytest.fixture
def with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {**kinds(), FOUND.code: FOUND}
    for module in (cases.acts, cases.projection, walk):
        monkeypatch.setattr(module, "kind", both.__getitem__)
    monkeypatch.setattr(cases.acts, "kinds", lambda: both)


def test_a_third_kind_walks_from_its_data_alone(with_it: None) -> None:
    case = Walk("lost_document")
    case.opens()
    assert case.asks == ["Issue a paper to P1."]
    case.states(ANA, "paper", "issued", "registry")
    assert standing(FOUND, case.state).stage == "replaced"
    case.does(CARMEN, "close.sign", reply_to=case.does(ANA, "close.propose", outcome="done"))
    assert case.stage == "closed"
