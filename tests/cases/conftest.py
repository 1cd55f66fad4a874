"""The people and posts of these tests: Ana at the desk in Tegucigalpa, Carmen her supervisor, Bashir at the desk in
Tapachula, Ines his supervisor, Fernando of Guatemala, who has no part in what the others share (tests/cast.py)."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from liaison import keys
from sealed.keylog import Directory
from tests.cases.house import CaseRoom, Desk, desk, promote
from tests.messaging.network import Network, Person


@pytest.fixture(autouse=True)
def fresh_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a key log of its own; a server keeps one in memory and only ever sees it grow."""
    monkeypatch.setattr(keys, "_cached", Directory())


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The pure rules speak English here; the served pages speak each officer's language, Spanish."""
    with translation.override("en"):
        yield


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def ana(network: Network) -> Person:
    return network.officer("HN", "Ana Zelaya")


@pytest.fixture
def carmen(network: Network) -> Person:
    return promote(network.officer("HN", "Carmen Lobo"), "supervisor")


@pytest.fixture
def bashir(network: Network) -> Person:
    return network.officer("MX", "Bashir Haddad")


@pytest.fixture
def ines(network: Network) -> Person:
    return promote(network.officer("MX", "Ines Castro"), "supervisor")


@pytest.fixture
def fernando(network: Network) -> Person:
    return network.officer("GT", "Fernando Xol")


@pytest.fixture
def tegucigalpa(ana: Person) -> Desk:
    return desk("Tegucigalpa", ana)


@pytest.fixture
def tapachula(bashir: Person) -> Desk:
    return desk("Tapachula", bashir)


@pytest.fixture
def guatemala(fernando: Person) -> Desk:
    return desk("Ciudad de Guatemala", fernando)


@pytest.fixture
def case(network: Network, ana: Person, tegucigalpa: Desk) -> CaseRoom:
    """A trafficking case that Ana opened for one person."""
    return CaseRoom(network, tegucigalpa).open(ana)
