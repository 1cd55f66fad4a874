"""The people of these tests (tests/cast.py) and the room Ana and Bashir share."""

import pytest

from tests.messaging.network import Network, Person, Room


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def ana(network: Network) -> Person:
    return network.officer("HN", "Ana Zelaya")


@pytest.fixture
def bashir(network: Network) -> Person:
    return network.officer("MX", "Bashir Haddad")


@pytest.fixture
def fernando(network: Network) -> Person:
    return network.officer("GT", "Fernando Xol")


@pytest.fixture
def room(network: Network, ana: Person, bashir: Person) -> Room:
    return Room(network).create(ana, {bashir: "w"})
