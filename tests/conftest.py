"""Fixtures. From outside use `host` and the people by name (`ana`, `bashir`, ...); who they are is told in tests/cast.py."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from tests import cast
from tests.host import Host

hypothesis.settings.register_profile("enlace", deadline=None)  # speed is measured in bench/, never here
hypothesis.settings.load_profile("enlace")
STACK = os.environ.get("ENLACE_TEST_STACK", "sqlite")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Tests inside Django empty tables between them; the trigger that keeps the audit append-only would refuse that. It is
    tested on a served host (tests/liaison), whose database keeps it."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for trigger in ("audit_append_only", "audit_no_truncate"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger} ON liaison_auditentry")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_delete")


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    """One served Enlace for the whole run."""
    served = Host(STACK).prepare().start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def young_host() -> Iterator[Host]:
    """Holds nobody but its secretariat: enough for what is asked without an account, and made in a moment."""
    served = Host("sqlite").prepare().start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def secretariat(young_host):
    """The client of the secretariat of `young_host`."""
    from client.enlace import Enlace

    token = young_host.manage("create_secretariat", "--username", "sofia", "--name", "Sofía Paz", "--token-only").strip()
    enlace = Enlace(young_host.urls[0])
    enlace.join(token, cast.PASSWORD)
    return enlace


@pytest.fixture(scope="session")
def network(host):
    """The cast, founded through the doors of `host`. -> {key: Person}; "sofia" is the secretariat's client."""
    return found(host)


def found(host: Host) -> dict:
    from client.founding import OFFICE_HOURS, Founder, Person

    token = host.manage("create_secretariat", "--username", "sofia", "--name", "Sofía Paz", "--token-only").strip()
    founder = Founder(host.urls, token, cast.PASSWORD, argon2=cast.ARGON2)
    for code, names in cast.NAMES.items():
        organization = code.startswith("x-")
        membership = "observer_org" if organization else "member"
        founder.admit(code, names, kind="organization" if organization else "country", membership=membership)
    founder.exchange_trust()
    for code, (name, tz) in cast.DESKS.items():
        country = "CR" if code.startswith("x-") else code
        founder.open_post(code, name, "desk", country, tz, OFFICE_HOURS, city=name.split()[-1])
    people = {}
    for role in cast.FOCALS:
        languages = list(role.languages)
        people[role.key] = founder.appoint_focal(role.authority, role.username, role.name, cast.PASSWORD, languages=languages)
    for role in cast.OFFICERS:
        desk = cast.DESKS[role.authority][0]
        posts = [(desk, "consular"), (desk, "trafficking")]
        languages = list(role.languages)
        people[role.key] = founder.invite(
            role.authority, role.username, role.name, cast.PASSWORD, role=role.role, posts=posts, languages=languages
        )
    for person in people.values():
        person.enlace.sync()
    sofia = Person(founder.secretariat, founder.secretariat_account, "Sofía Paz", "", "secretariat", ["es"])
    people["sofia"] = sofia
    people["founder"] = founder
    return people


def _person(key: str):
    @pytest.fixture(name=key)
    def person(network):
        return network[key]

    return person


for _role in (*cast.FOCALS, *cast.OFFICERS):
    globals()[f"fixture_{_role.key}"] = _person(_role.key)
fixture_sofia = _person("sofia")
fixture_founder = _person("founder")
