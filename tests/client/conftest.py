"""A served Enlace that holds nobody but its secretariat: enough for what is asked without an account, and made in a moment."""

from collections.abc import Iterator

import pytest

from client.enlace import Enlace
from tests import cast
from tests.host import Host


@pytest.fixture(scope="session")
def young_host() -> Iterator[Host]:
    served = Host("sqlite").prepare().start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def secretariat(young_host) -> Enlace:
    token = young_host.manage("create_secretariat", "--username", "sofia", "--name", "Sofía Paz", "--token-only").strip()
    enlace = Enlace(young_host.urls[0])
    enlace.join(token, cast.PASSWORD)
    return enlace
