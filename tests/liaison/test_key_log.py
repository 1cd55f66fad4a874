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


LIFE_OF_A_KEY = """
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from liaison import checkpoints

key = checkpoints.key_path()

def check(name):
    try:
        call_command("check")
        print(name, "no issues")
    except SystemCheckError as error:
        print(name, str(error).replace(chr(10), " "))

check("at first:")
print("head:", checkpoints.current().note.split(chr(10))[:2], oct(key.stat().st_mode & 0o777))
check("signed:")
kept = key.read_text()
key.chmod(0o644)
check("readable:")
key.unlink()
check("lost:")
checkpoints._seed.cache_clear()
try:
    checkpoints.public_key()
except Exception as error:
    print("then:", error, key.exists())
key.write_text("11" * 32)
key.chmod(0o600)
check("another:")
key.write_text(kept)
check("put back:")
"""


def test_a_log_keeps_its_key_for_life():
    """A new key would look like an attack to every client: better no start than that."""
    lines = Host("sqlite").migrated().shell(LIFE_OF_A_KEY).splitlines()
    said = {line.split(": ", 1)[0]: line.split(": ", 1)[1] for line in lines if ": " in line}
    assert said["head"] == "['localhost/enlace-keys', '0'] 0o600"
    assert [said[name] for name in ("at first", "signed", "put back")] == ["no issues"] * 3
    for name, why in (("readable", "read by others"), ("lost", "missing"), ("another", "not the key")):
        assert "enlace.E006" in said[name], name
        assert why in said[name]
    assert "The key of the log is missing" in said["then"]
    assert said["then"].endswith("False"), "no new key over an existing log"
