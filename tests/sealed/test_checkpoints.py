"""Signed heads of the key log: C2SP's own answers, every malformed note, and the logs that a hostile host may show, each beside
lawful ones. The rows are those that JavaScript runs (tests/js/run_vectors.js)."""

import base64
import contextlib
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sealed import checkpoint, gossip, issuing, merkle
from sealed.errors import EnlaceError
from sealed.open_checkpoint import cosign
from sealed.open_suite import sign_public
from sealed.replica import Head, Replica, verify_proof
from tests.sealed import make_checkpoints as made

SHARED = json.loads(made.TARGET.read_text(encoding="utf-8"))
LOG_KEY, WITNESS_KEY = base64.b64decode(SHARED["log_key"]), base64.b64decode(SHARED["witness"]["key"])
LAWFUL = ("first sight", "nothing new", "grown by two")


def unb64(text: str) -> bytes:
    return base64.b64decode(text)


def test_the_shared_rows_are_those_of_the_maker():
    assert SHARED["notes"] == made.notes()
    assert SHARED["logs"] == made.logs()
    assert SHARED["words"] == made.words()
    assert SHARED["heard"] == made.heard()


@pytest.mark.parametrize("row", SHARED["verifier_keys"])
def test_key_ids_are_the_published_ones(row):
    name, published, key = row.split("+", 2)
    sort, *public = unb64(key)
    assert checkpoint.key_id(name, sort, bytes(public)).hex() == published


def test_the_example_of_c2sp_is_read():
    read = checkpoint.parse(SHARED["example"]["note"])
    assert read.size == SHARED["example"]["size"]
    assert int.from_bytes(read.signatures[1][1][4:12], "big") == SHARED["example"]["time"]


@pytest.mark.parametrize("row", SHARED["notes"], ids=lambda row: row["name"])
def test_a_note_gets_its_verdict(row):
    def verdict() -> int | None:
        read = checkpoint.parse(row["note"])
        checkpoint.verify_log(read, LOG_KEY)
        return checkpoint.cosigned_at(read, SHARED["witness"]["name"], WITNESS_KEY)

    if row["code"] is None:
        assert verdict() == row["cosigned_at"]
    else:
        with pytest.raises(EnlaceError, match=row["code"]):
            verdict()


def judged(row) -> Head:
    pinned = row["pinned"] and Head(
        row["pinned"]["size"], unb64(row["pinned"]["root"]), unb64(row["pinned"]["log_key"]), row["pinned"]["note"]
    )
    return Replica(unb64(leaf) for leaf in row["leaves"]).accept(row["note"], unb64(row["log_key"]), pinned)


@pytest.mark.parametrize("row", SHARED["logs"], ids=lambda row: row["name"])
def test_a_hostile_host_is_refused_and_its_lawful_twin_is_not(row):
    if row["name"] in LAWFUL:
        assert row["code"] is None
        assert judged(row).size == len(row["leaves"])
        return
    with pytest.raises(EnlaceError) as refused:
        judged(row)
    expected = {"an old log to a wiped client": "log_shrunk", "emptied": "log_shrunk"}
    forks = ("a leaf rewritten, and grown", "a leaf rewritten at the same size", "the last leaf swapped", "under another name")
    expected |= dict.fromkeys(forks, "log_forked")
    assert refused.value.code == row["code"] == expected.get(row["name"], "bad_checkpoint")


@pytest.mark.parametrize("row", SHARED["words"], ids=lambda row: row["name"])
def test_a_witness_tells_what_it_saw(row):
    replica = Replica(unb64(leaf) for leaf in row["leaves"])
    head = replica.accept(row["note"], LOG_KEY).seen(row["known"])
    expected = {"the witness saw more": "log_shrunk", "the witness saw another log": "log_forked"}
    expected["a word under a head of no log"] = "bad_checkpoint"
    assert row["code"] == expected.get(row["name"])
    if row["code"] is None:
        silent = row["name"] == "no word of the witness"
        assert replica.witnessed(head, row["cosigned"], made.NAME, WITNESS_KEY).witnessed_at == row["at"]
        assert row["at"] == (0 if silent else max(made.AT, row["known"]))
        return
    with pytest.raises(EnlaceError, match=row["code"]) as refused:
        replica.witnessed(head, row["cosigned"], made.NAME, WITNESS_KEY)
    if row["proof"]:
        assert refused.value.more["proof"] == row["proof"]
        assert verify_proof(row["proof"]) == row["code"]


def test_a_message_carries_its_authors_head_and_what_the_host_signed_twice_is_proved():
    codes = {row["name"]: row["code"] for row in SHARED["heard"]}
    forks = ("another log", "another log, when it was shorter")
    assert codes == dict.fromkeys(codes) | dict.fromkeys(forks, "log_forked") | {"a longer log than is shown here": "log_shrunk"}
    for row in SHARED["heard"]:
        assert row["code"] is None or verify_proof(row["proof"]) == row["code"]


@pytest.mark.parametrize(
    "value", [[gossip.TAG], [gossip.TAG, -1, bytes(32), bytes(64), 0], [gossip.TAG, 1, bytes(31), bytes(64), 0]]
)
def test_a_wrapping_that_no_client_makes_is_refused(value):
    head = Replica(made.LEAVES).accept(made.head(made.LEAVES), LOG_KEY)
    body, told = gossip.unwrap(gossip.wrap(head, ["text", "hola", None]))
    assert body == ["text", "hola", None]
    assert told is not None
    assert gossip.unwrap(body) == (body, None)
    with pytest.raises(EnlaceError, match="bad_cbor"):
        gossip.unwrap(value)


@pytest.mark.parametrize("row", [row for row in SHARED["logs"] if row["proof"]], ids=lambda row: row["name"])
def test_what_was_saved_proves_it_to_others(row):
    assert verify_proof(row["proof"]) == row["code"]
    for part, bent in (
        ("log_key", made.b64(made.public(made.STRANGER))),
        ("seen", row["note"]),
        ("leaf_hashes", [made.b64(bytes(32))]),
    ):
        false = copy.deepcopy(row["proof"]) | {part: bent}
        with pytest.raises(EnlaceError, match="proves_nothing"):
            verify_proof(false)


def test_an_honest_host_cannot_be_accused():
    row = next(row for row in SHARED["logs"] if row["proof"])
    hashes = [made.b64(merkle.leaf_hash(leaf)) for leaf in made.LEAVES]
    honest = row["proof"] | {"seen": made.head(made.LEAVES[:5]), "shown": made.head(made.LEAVES), "leaf_hashes": hashes}
    with pytest.raises(EnlaceError, match="proves_nothing"):
        verify_proof(honest)
    for nonsense in (
        None,
        [],
        {},
        {"format": "enlace-log-proof/1"},
        row["proof"] | {"leaf_hashes": [1]},
        row["proof"] | {"seen": 7},
    ):
        with pytest.raises(EnlaceError, match="proves_nothing"):
            verify_proof(nonsense)


def test_a_vault_of_before_checkpoints_still_holds_its_host_to_the_root():
    old = Head(5, merkle.tree_root([merkle.leaf_hash(leaf) for leaf in made.LEAVES[:5]]))
    assert Replica(made.LEAVES).accept(made.head(made.LEAVES), LOG_KEY, old).log_key == LOG_KEY
    rewritten = [b"a stranger's key", *made.LEAVES[1:]]
    with pytest.raises(EnlaceError, match="log_forked"):
        Replica(rewritten).accept(made.head(rewritten), LOG_KEY, old)


@given(some.binary(min_size=32, max_size=32), some.integers(0, checkpoint.LARGEST), some.binary(min_size=32, max_size=32))
def test_what_is_signed_is_read_back(seed, size, root):
    note = issuing.sign_checkpoint(made.ORIGIN, size, root, seed)
    read = checkpoint.parse(note)
    checkpoint.verify_log(read, issuing.log_public(seed))
    assert (read.origin, read.size, read.root) == (made.ORIGIN, size, root)
    twice = checkpoint.parse(note + cosign(read, made.NAME, seed, made.AT))
    assert checkpoint.cosigned_at(twice, made.NAME, sign_public(seed)) == made.AT


@given(some.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    for note in (text, text + "\n", f"{made.ORIGIN}\n7\n{text}\n\n{text}\n", made.head(made.LEAVES) + text):
        with contextlib.suppress(EnlaceError):
            checkpoint.parse(note)
