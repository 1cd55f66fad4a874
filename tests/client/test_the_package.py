"""`enlace` as a country installs it: into an empty environment, every byte checked by hash, with the files of the pages."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from client import bundle
from scripts import wheel
from sealed import safety

pytestmark = pytest.mark.outside
ROOT = Path(__file__).resolve().parents[2]
UV = str(Path(sys.prefix) / "bin" / "uv")


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist") / "dist"
    wheel.main(out)
    return out


def install(dist: Path, venv: Path) -> subprocess.CompletedProcess:
    subprocess.run([UV, "venv", "-q", "--no-config", "--python", sys.executable, str(venv)], check=True)
    command = [UV, "pip", "install", "-q", "--no-config", "--python", str(venv / "bin" / "python"), "--require-hashes"]
    return subprocess.run([*command, "-r", str(dist / "enlace.txt")], capture_output=True, text=True)


@pytest.fixture(scope="module")
def installed(dist, tmp_path_factory):
    """The installed command, run far from the checkout and without anything of this one's environment."""
    place = tmp_path_factory.mktemp("country")
    done = install(dist, place / "venv")
    assert done.returncode == 0, done.stderr
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "LANG": "C.UTF-8"}

    def enlace(*arguments, fails=False):
        done = subprocess.run(
            [str(place / "venv" / "bin" / "enlace"), *arguments], cwd=place, env=env, capture_output=True, text=True
        )
        assert bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return enlace


def test_it_says_its_version_and_checks_an_export(installed, ana, bashir, tmp_path):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert installed("--version") == f"enlace {version}\n"
    room = ana.enlace.create_channel("direct", {bashir.kid: "o"}, "Para el paquete")
    room.post("Salieron 41")
    bundle.export(room, tmp_path / "e.zip")
    root = safety.root_fingerprint(ana.enlace.vault.own_root)
    assert "Everything holds" in installed("verify", str(tmp_path / "e.zip"), "--root", root)
    assert "Do not rely on it" in installed("verify", str(tmp_path / "e.zip"), "--root", "00000 " * 12, fails=True)


def test_it_brings_the_files_of_the_pages(installed, young_host):
    assert "The same: all that was fetched" in installed("verify-site", young_host.urls[0])


def test_a_wheel_with_one_line_more_is_not_installed(dist, tmp_path):
    shutil.copytree(dist, tmp_path / "dist")
    (lawful,), (bent,) = dist.glob("*.whl"), (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(lawful) as source, zipfile.ZipFile(bent, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name) + (b"steal()\n" if name == "client/cli.py" else b""))
    done = install(tmp_path / "dist", tmp_path / "venv")
    assert done.returncode != 0
    assert "hash" in done.stderr.lower()


def test_two_builds_are_the_same_and_hold_no_server(dist, tmp_path):
    (mine,) = dist.glob("*.whl")
    again = wheel.build(tmp_path / "again")
    assert again.read_bytes() == mine.read_bytes()
    names = zipfile.ZipFile(mine).namelist()
    assert "client/served/manifest.json" in names
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"client", "sealed"}
    assert not any("__pycache__" in name or name.startswith(("sealed/js/", "sealed/vectors/")) for name in names)


def test_the_lock_of_the_package_names_what_the_package_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements" / "client.txt").read_text(encoding="utf-8")
    house = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    names = [line.split("==")[0] for line in locked.splitlines() if "==" in line]
    for wanted in project["dependencies"]:
        assert wanted.split(">")[0] in names
    pinned = [line.split(" ")[0] for line in locked.splitlines() if "==" in line]
    assert [one for one in pinned if one not in house] == [], "the command line runs what the house is tested with"
