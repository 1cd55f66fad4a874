"""The tree over the key log: known answers of transparency-dev/merkle, and proofs that hold exactly where they should."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sealed import cbor, merkle

ROWS = json.loads((Path(cbor.__file__).parent / "vectors" / "vectors.json").read_text(encoding="utf-8"))["merkle_rfc6962"]
HASHES = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in ROWS["leaves"]]


def proof_of(row) -> list[bytes]:
    return [base64.b64decode(step) for step in row["proof"] or []]


@pytest.mark.parametrize("size", range(len(ROWS["roots_by_size"])))
def test_roots(size):
    assert merkle.tree_root(HASHES[:size]).hex() == ROWS["roots_by_size"][size]


def test_inclusion_gives_the_known_verdicts():
    for row in ROWS["inclusion"]:
        leaf, root = base64.b64decode(row["leafHash"]), base64.b64decode(row["root"])
        verdict = merkle.verify_inclusion(row["leafIdx"], row["treeSize"], leaf, proof_of(row), root)
        assert verdict is not row["wantErr"], row["file"]


def test_consistency_gives_the_known_verdicts():
    for row in ROWS["consistency"]:
        roots = base64.b64decode(row["root1"]), base64.b64decode(row["root2"])
        verdict = merkle.verify_consistency(row["size1"], row["size2"], *roots, proof_of(row))
        assert verdict is not row["wantErr"], row["file"]


@some.composite
def trees(draw):
    """-> (leaf hashes, a number of leaves from 1 up to all)."""
    hashes = [merkle.leaf_hash(leaf) for leaf in draw(some.lists(some.binary(max_size=8), min_size=1, max_size=70))]
    return hashes, draw(some.integers(1, len(hashes)))


@given(trees())
def test_a_leaf_proves_its_place_and_no_other(tree):
    hashes, count = tree
    index, root = count - 1, merkle.tree_root(hashes)
    proof = merkle.inclusion_proof(hashes, index)
    assert merkle.verify_inclusion(index, len(hashes), hashes[index], proof, root)
    assert not merkle.verify_inclusion(index, len(hashes), merkle.leaf_hash(b"another leaf"), proof, root)
    assert not merkle.verify_inclusion(index, len(hashes), hashes[index], [*proof, root], root)


@given(trees())
def test_a_tree_proves_its_beginning_and_no_rewritten_one(tree):
    hashes, old = tree
    before, root = merkle.tree_root(hashes[:old]), merkle.tree_root(hashes)
    proof = merkle.consistency_proof(hashes, old)
    assert merkle.verify_consistency(old, len(hashes), before, root, proof)
    rewritten = merkle.tree_root([merkle.leaf_hash(b"rewritten"), *hashes[1:old]])
    if rewritten != before:
        assert not merkle.verify_consistency(old, len(hashes), rewritten, root, proof)


@given(trees())
def test_a_tree_knows_the_root_it_had_at_every_size(tree):
    hashes, cut = tree
    grown = merkle.Tree()
    for one in hashes:
        grown.append(one)
    early = merkle.tree_root(hashes[:cut])
    assert (grown.root(cut), grown.root(len(grown))) == (early, merkle.tree_root(hashes))
    with pytest.raises(IndexError):
        grown.root(len(hashes) + 1)


def test_there_is_no_proof_of_what_is_not_there():
    with pytest.raises(IndexError):
        merkle.inclusion_proof(HASHES, len(HASHES))
    with pytest.raises(IndexError):
        merkle.consistency_proof(HASHES, len(HASHES) + 1)
