"""The floors of the house: imports point down only (docs/architecture.md), and the server holds no opening key."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "sealed": set(),
    "realtime": set(),
    "liaison": {"sealed", "realtime"},
    "messaging": {"liaison", "sealed", "realtime"},
    "cases": {"messaging", "liaison", "sealed", "realtime"},
    "client": {"sealed"},
}
ROOMS = {*MAY_IMPORT, "config"}
SERVER_ROOMS = ("realtime", "liaison", "messaging", "cases", "config")


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def test_the_walk_finds_the_rooms():
    assert all(len(files_of(room)) > 3 for room in MAY_IMPORT)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_arrows_point_down(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of(room)
        for module in imported_modules(path)
        if (top := module.split(".")[0]) in ROOMS and top != room and top not in MAY_IMPORT[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["sealed", "client"])
def test_the_protocol_and_the_client_know_no_django(room):
    wrong = [str(path) for path in files_of(room) if any(m.split(".")[0] == "django" for m in imported_modules(path))]
    assert wrong == []


def test_the_server_never_imports_the_opening_half():
    """A server that can open is one bug or one court order away from opening."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for room in SERVER_ROOMS
        for path in files_of(room)
        for module in imported_modules(path)
        if module.startswith("sealed.open")
    ]
    assert wrong == []


def test_the_verify_half_never_imports_the_opening_half():
    verify = [path for path in files_of("sealed") if not path.name.startswith("open_")]
    assert verify
    wrong = [f"{path.name} imports {m}" for path in verify for m in imported_modules(path) if m.startswith("sealed.open")]
    assert wrong == []
