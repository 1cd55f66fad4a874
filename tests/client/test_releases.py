"""Releases of the pages in the key log: the secretariat brings them, anybody may see them proved, nobody may slip one in."""

import hashlib
import json
import stat

import httpx
import pytest

from client import cli
from client.b64 import b64u, unb64u
from client.http import Http
from client.store import Store
from sealed import certs, checkpoint, merkle
from sealed.errors import EnlaceError
from tests.sealed.make_builds import ONE, TWO, build

pytestmark = pytest.mark.outside


def append(enlace, leaf: bytes) -> int:
    return enlace.http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})["index"]


@pytest.fixture(scope="module")
def announced(secretariat) -> list[int]:
    return [append(secretariat, leaf) for leaf in (ONE, TWO)]


def test_anybody_sees_each_release_proved_under_the_signed_head(young_host, announced):
    shown = Http(young_host.urls[0]).get("/api/keylog/builds")
    head = checkpoint.parse(shown["checkpoint"])
    checkpoint.verify_log(head, unb64u(shown["log_key"]))
    assert [row["index"] for row in shown["builds"]] == announced[::-1], "the newest first"
    for row in shown["builds"]:
        leaf, proof = unb64u(row["leaf"]), [unb64u(step) for step in row["proof"]]
        assert merkle.verify_inclusion(row["index"], head.size, merkle.leaf_hash(leaf), proof, head.root)
        assert isinstance(certs.parse(leaf), certs.Build)


def test_the_rest_of_the_log_stays_behind_the_sign_in(young_host, announced):
    assert httpx.get(f"{young_host.urls[0]}/api/keylog").status_code == 401
    with pytest.raises(EnlaceError, match="sign_in_again"):
        Http(young_host.urls[0]).post("/api/keylog/leaves", {"leaf": b64u(build("0.3", TWO))})


def test_a_release_that_does_not_follow_is_not_taken(secretariat, announced):
    for leaf in (ONE, build("0.2-for-one-reader", ONE), build("9")):
        with pytest.raises(EnlaceError, match="bad_leaf"):
            append(secretariat, leaf)
    assert append(secretariat, build("0.3", TWO)) == announced[-1] + 1, "the lawful one is"


@pytest.fixture
def terminal(young_host, secretariat, tmp_path, monkeypatch, capsys):
    """Runs `enlace` as the secretariat, on the line. -> what it says."""
    monkeypatch.setenv("ENLACE_HOME", str(tmp_path / "enlace"))
    monkeypatch.chdir(tmp_path)
    Store(tmp_path / "enlace").keep_session(secretariat)

    def enlace(*arguments, fails=False):
        assert bool(cli.main(arguments)) is fails
        said = capsys.readouterr()
        return said.err if fails else said.out

    return enlace


def manifest(version: str) -> bytes:
    told = {"format": "enlace-site/1", "version": version, "csp": "", "files": {"/static/a.js": hashlib.sha256(b"a").hexdigest()}}
    return json.dumps(told).encode()


def test_a_release_is_signed_offline_and_published_once(terminal, tmp_path, young_host):
    key = terminal("release", "init", "release.key").split()[-1]
    assert stat.S_IMODE((tmp_path / "release.key").stat().st_mode) == 0o600
    for version, after in (("1.0", ()), ("1.1", ("--after", "1.0.leaf"))):
        (tmp_path / "manifest.json").write_bytes(manifest(version))
        said = terminal("release", "sign", "release.key", "manifest.json", f"{version}.leaf", *after)
        assert hashlib.sha256(manifest(version)).hexdigest() in said
        assert f"Release {version} is leaf" in terminal("release", "publish", f"{version}.leaf")
    shown = Http(young_host.urls[0]).get("/api/keylog/builds")["builds"]
    mine = [build for row in shown if b64u((build := certs.parse(unb64u(row["leaf"]))).public) == key]
    assert [build.version for build in mine] == ["1.1", "1.0"]
    assert mine[0].manifest == hashlib.sha256(manifest("1.1")).digest()
    assert "not accepted" in terminal("release", "publish", "1.1.leaf", fails=True)


def test_what_does_not_belong_together_is_not_signed(terminal, tmp_path):
    terminal("release", "init", "mine.key")
    terminal("release", "init", "theirs.key")
    (tmp_path / "manifest.json").write_bytes(manifest("1.0"))
    terminal("release", "sign", "theirs.key", "manifest.json", "theirs.leaf")
    kept = (tmp_path / "mine.key").read_bytes()
    for refused in (
        ("init", "mine.key"),
        ("sign", "mine.key", "manifest.json", "x.leaf", "--after", "theirs.leaf"),
        ("sign", "mine.key", "manifest.json", "x.leaf", "--after", "manifest.json"),
        ("sign", "manifest.json", "manifest.json", "x.leaf"),
        ("sign", "mine.key", "mine.key", "x.leaf"),
        ("publish", "mine.key"),
    ):
        assert "Nothing was" in terminal("release", *refused, fails=True), refused
    assert (tmp_path / "mine.key").read_bytes() == kept
    assert not (tmp_path / "x.leaf").exists()
