"""The cast of these tests: Ana and Bashir share a channel, Fernando has no part in it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.realtime.house import House
from tests.realtime.project import tables

# These tests bring their own tables, so nothing is gained by running all of them once for each database.
_HERE = Path(__file__).parent
_SHARED = _HERE / "test_several_processes.py"
_SLOW = _HERE / "test_patience.py"  # marked `faults`, a layer that has the postgres stack
collect_ignore = {
    "sqlite": [_SHARED],
    "postgres": [path for path in _HERE.glob("test_*.py") if path not in (_SHARED, _SLOW)],
}.get(os.environ.get("ENLACE_TEST_STACK", ""), [])

MEMBERS = {"ana": ["c1", "c2"], "bashir": ["c1"], "fernando": ["c9"]}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """c1 begins with three events; "crowd-0" to "crowd-999" are members of "hall"."""
    path = tmp_path_factory.mktemp("pipes") / "pipes.sqlite3"
    crowd = {f"crowd-{i}": ["hall"] for i in range(1000)}
    tables.create(path, {**MEMBERS, **crowd}, {"c1": 3})
    return path


@pytest.fixture(scope="module")
def open_house(database: Path) -> Iterator[Callable[..., House]]:
    """Starts a server of the given options and environment on the module's database."""
    houses: list[House] = []

    def start(*options: str, **env: Any) -> House:
        houses.append(House(database, *options, **env))
        return houses[-1]

    yield start
    for house in houses:
        house.stop()
        print(f"--- {house.process.args}", *house.log, sep="\n")  # pytest shows it beside a failure


@pytest.fixture(scope="module")
def house(open_house: Callable[..., House]) -> House:
    """One process, no Redis: the embedded default."""
    return open_house(PIPES_SCALE="1")
