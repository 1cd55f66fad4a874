"""The host's side of the key log: a signed head for each leaf, proofs between heads, and one key for the life of a log."""

import pytest

from client.b64 import unb64u
from sealed import checkpoint, merkle
from sealed.errors import EnlaceError
from tests.host import Host

pytestmark = pytest.mark.outside


def head_of(answer) -> checkpoint.Checkpoint:
    head = checkpoint.parse(answer["checkpoint"])
    checkpoint.verify_log(head, unb64u(answer["log_key"]))
    return head


def test_the_head_is_that_of_the_leaves_it_comes_with(ana):
    answer = ana.enlace.http.get("/api/keylog")
    head = head_of(answer)
    hashes = [merkle.leaf_hash(unb64u(leaf)) for leaf in answer["leaves"]]
    assert (head.origin, head.size, head.root) == ("localhost/enlace-keys", answer["size"], merkle.tree_root(hashes))


def test_every_older_head_is_proved_to_be_the_beginning(ana):
    answer = ana.enlace.http.get("/api/keylog")
    head, hashes = head_of(answer), [merkle.leaf_hash(unb64u(leaf)) for leaf in answer["leaves"]]
    assert head.size > 8
    for old in (1, 7, 8, head.size - 1, head.size):
        proof = ana.enlace.http.get("/api/keylog/consistency", **{"from": old, "to": head.size})["proof"]
        roots = merkle.tree_root(hashes[:old]), head.root
        assert merkle.verify_consistency(old, head.size, *roots, [unb64u(step) for step in proof])


@pytest.mark.parametrize(
    "asked", [{"from": 3, "to": 2}, {"from": 1, "to": 10**6}, {"from": 1}, {"from": "-1", "to": 2}, {"to": "x"}]
)
def test_there_is_no_proof_of_what_the_log_does_not_hold(ana, asked):
    with pytest.raises(EnlaceError, match="bad_request"):
        ana.enlace.http.get("/api/keylog/consistency", **asked)


def test_a_log_keeps_its_key_for_life():
    """A new key would look like an attack to every client: better no start than that."""
    host = Host("sqlite").prepare()
    key = host.var / "log.key"
    assert "no issues" in host.manage("check")
    sign = "from liaison import checkpoints; print(checkpoints.current().note)"
    note = host.shell(sign)
    assert note.startswith("localhost/enlace-keys\n0\n")
    assert key.stat().st_mode & 0o777 == 0o600
    assert "no issues" in host.manage("check")
    kept = key.read_text()
    key.chmod(0o644)
    with pytest.raises(RuntimeError, match=r"enlace\.E006.*read by others"):
        host.manage("check")
    key.unlink()
    with pytest.raises(RuntimeError, match=r"enlace\.E006.*missing"):
        host.manage("check")
    with pytest.raises(RuntimeError, match=r"The key of the log is missing"):
        host.shell("from liaison import checkpoints; checkpoints.public_key()")
    assert not key.exists(), "no new key over an existing log"
    key.write_text("11" * 32)
    key.chmod(0o600)
    with pytest.raises(RuntimeError, match=r"enlace\.E006.*not the key"):
        host.manage("check")
    key.write_text(kept)
    assert "no issues" in host.manage("check")
