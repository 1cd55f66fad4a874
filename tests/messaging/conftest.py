"""The people of these tests (tests/cast.py) and the room Ana and Bashir share."""

from collections.abc import Iterator
from typing import Any

import pytest

from realtime import groupcommit
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


@pytest.fixture(scope="session", autouse=True)
def writers_end_with_the_tests(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The engines' threads hold a connection, and the test database cannot be dropped under it."""
    yield
    with django_db_blocker.unblock():
        groupcommit.close_all(10)
