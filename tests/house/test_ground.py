"""What a fresh machine relies on: locks without addresses, translations without holes, no traces of a machine."""

import json
import subprocess
from pathlib import Path

from django.utils.module_loading import import_string

from scripts import messages

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listing.decode().split("\0") if name and (ROOT / name).is_file()]


def test_python_locks_carry_hashes_and_no_address():
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert len(locks) == 5
    for lock in locks:
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text, f"{lock.name} names a registry"


def test_javascript_locks_carry_integrity_and_no_registry():
    for lock in (ROOT / "package-lock.json", ROOT / "tests" / "npm" / "package-lock.json"):
        packages = json.loads(lock.read_text())["packages"]
        third_party = {name: row for name, row in packages.items() if name}
        assert third_party
        assert all("integrity" in row and "resolved" not in row for row in third_party.values())


def test_every_string_is_translated_into_spanish_and_french():
    assert messages.used()["django"], "the extraction finds nothing: this test would prove nothing"
    assert messages.missing() == []


def test_no_commit_holds_a_path_of_somebodys_machine():
    traces = ("/work" + "/", "/root" + "/", ".pyenv" + "/")
    wrong = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".py", ".js", ".md", ".toml", ".html", ".css", ".json", ".sh", ".in", ".txt", ""}
        and any(trace in path.read_text(encoding="utf-8", errors="ignore") for trace in traces)
    ]
    assert wrong == []


def test_no_third_party_script_is_committed():
    wrong = [str(path) for path in tracked() if ".min." in path.name or "node_modules" in path.parts]
    assert wrong == []


def test_what_tests_make_cheap_is_dear_in_earnest():
    """Test people's passwords and passphrases are hashed at the least cost; everybody else's at the recommended one."""
    from config import settings
    from sealed import open_keys

    hasher = import_string(settings.PASSWORD_HASHERS[0])()
    assert (hasher.algorithm, hasher.memory_cost >= 64 * 1024, hasher.time_cost >= 2) == ("argon2", True, True)
    assert open_keys.ARGON2 == (64 * 1024, 3, 1)
