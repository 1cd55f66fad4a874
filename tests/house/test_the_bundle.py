"""Anybody who builds the same sources gets the same bytes: only so can a country compare what a host serves with what it built
itself."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = (
    "scripts", "sealed/js", "sealed/errors.json", "package.json", "package-lock.json", "node_modules",
    *(f"{app}/{part}" for app in ("liaison", "messaging", "cases") for part in ("static", "locale")), "client/importers/tables",
)  # fmt: skip


def built(folder: Path, *, linked: bool) -> dict[str, bytes]:
    """{path: bytes} of what the bundler makes of a copy of the sources at `folder`; `linked`: node_modules lies elsewhere."""
    for name in SOURCES:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if linked and name == "node_modules":
            target.symlink_to(source.resolve())
        elif source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)  # as old as this copy, not as the source
    subprocess.run([sys.executable, "scripts/bundle.py", "--force"], cwd=folder, check=True)
    made = folder / "build" / "static"
    return {str(path.relative_to(made)): path.read_bytes() for path in sorted(made.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    deeper = tmp_path_factory.mktemp("two") / "a" / "deeper" / "folder"
    return built(tmp_path_factory.mktemp("one"), linked=False), built(deeper, linked=True)


def test_two_builds_in_two_folders_are_the_same_to_the_byte(twice):
    one, two = twice
    assert len(one) > 40
    assert "js/liaison/unlock_page.js" in one
    assert list(one) == list(two)
    assert [name for name in one if one[name] != two[name]] == []
