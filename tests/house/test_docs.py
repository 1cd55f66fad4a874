"""Documents that can be wrong without anybody noticing are worse than none: links, tests and settings they name exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROOMS = ("sealed", "realtime", "liaison", "messaging", "cases", "client", "config")
NAMED_FILE = re.compile(rf"`((?:tests|scripts|{'|'.join(ROOMS)})/[\w./]+\.(?:py|js|json|css|md))`")
NAMED_FUNCTION = re.compile(r"`([\w./]+\.(?:py|js))` ((?:`#?\w+(?:\.\w+)?`(?:, )?)+)")
SETTING = re.compile(r"\benv\.\w+\(\s*\"(ENLACE_\w+)\"")
LOCAL_PARTS = ("/work" + "/", "/root" + "/", "/home" + "/", "/Users" + "/", "/tmp" + "/", ".pyenv", "C:" + "\\")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """The names that headings get: lower case, without punctuation, dashes for spaces."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower())) for heading in headings}


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_walk_finds_the_documents():
    assert {"architecture.md", "protocol.md", "threat-model.md", "operations.md"} <= {path.name for path in DOCS}


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_every_link_leads_somewhere(path):
    wrong = []
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_every_file_named_exists(path):
    wrong = [name for name in NAMED_FILE.findall(path.read_text(encoding="utf-8")) if not (ROOT / name).is_file()]
    assert wrong == []


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_every_function_named_beside_a_file_stands_in_it(path):
    """A short name such as `judge.js` is looked for among all modules."""
    wrong = []
    for name, functions in NAMED_FUNCTION.findall(path.read_text(encoding="utf-8")):
        files = [ROOT / name] if (ROOT / name).is_file() else modules_named(name)
        text = "\n".join(file.read_text(encoding="utf-8") for file in files)
        for function in re.findall(r"`#?([\w.]+)`", functions):
            if not re.search(rf"\b{function.split('.')[-1]}\b", text):
                wrong.append(f"{name} {function}")
    assert wrong == []


def modules_named(name: str) -> list[Path]:
    return [file for room in ROOMS for file in (ROOT / room).rglob(Path(name).name) if str(file).endswith("/" + name)]


def test_every_test_that_the_threat_model_names_exists():
    found = NAMED_TEST.findall((ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8"))
    assert len(found) > 30, "the threat model names hardly any test"
    assert [f"{p}::{t}" for p, t in found if not (ROOT / p).is_file() or t not in functions_of(ROOT / p)] == []


def test_every_setting_is_documented_and_none_is_invented():
    read = set(SETTING.findall((ROOT / "config" / "settings.py").read_text(encoding="utf-8")))
    assert len(read) > 8, "the search finds no settings: this test would prove nothing"
    rows = re.findall(r"^\| `(ENLACE_\w+)`", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) == read


def test_documents_stand_alone():
    wrong = [f"{named(path)} says {part}" for path in DOCS for part in LOCAL_PARTS if part in path.read_text(encoding="utf-8")]
    assert wrong == []
