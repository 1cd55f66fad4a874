"""Releases of the pages in the key log: the secretariat brings them, anybody may see them proved, nobody may slip one in."""

import httpx
import pytest

from client.b64 import b64u, unb64u
from client.http import Http
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
