"""The people of these tests (tests/cast.py) and the room Ana and Bashir share."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

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


@pytest.fixture(scope="module")
def really_committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For modules whose tests commit, because their threads or their on_commit must see it: the database is emptied after
    each, which the guard of the audit (rightly) refuses, so it stands aside for these modules."""
    guard = import_module("liaison.migrations.0002_audit_is_append_only")
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        guard.unguard(None, editor)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        guard.guard(None, editor)
