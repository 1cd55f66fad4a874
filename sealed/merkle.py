"""The RFC 6962 tree over the key log: roots at every size, proofs made and checked (RFC 9162 section 2.1).

Hashes are 32 bytes of SHA-256; sizes and indices count leaves."""

from collections.abc import Sequence

from sealed.suite import sha256

HASH_BYTES = 32


def leaf_hash(leaf: bytes) -> bytes:
    """The prefix bytes 0 and 1 keep a leaf from passing as an inner node."""
    return sha256(b"\x00" + leaf)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


class Tree:
    """A tree that grows: the hashes of its complete subtrees, by height, give the root at every size in a few steps."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]
        self._roots: dict[
            int, bytes
        ] = {}  # by size: the tree only grows, and every message asks for the root that its author saw

    def __len__(self) -> int:
        return len(self.levels[0])

    def append(self, hash_of_leaf: bytes) -> None:
        height, found = 0, hash_of_leaf
        self.levels[0].append(found)
        while len(self.levels[height]) % 2 == 0:
            found = node_hash(*self.levels[height][-2:])
            height += 1
            if height == len(self.levels):
                self.levels.append([])
            self.levels[height].append(found)

    def root(self, size: int) -> bytes:
        """Over the first `size` leaves; of none: the hash of nothing. Raises IndexError where there are fewer."""
        if not 0 <= size <= len(self):
            raise IndexError(size)
        if size not in self._roots:
            self._roots[size] = self._root(size)
        return self._roots[size]

    def _root(self, size: int) -> bytes:
        whole = None
        for height, row in enumerate(self.levels):
            if size >> height & 1:
                peak = row[(size >> height) - 1]
                whole = peak if whole is None else node_hash(peak, whole)
        return sha256(b"") if whole is None else whole


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes."""
    grown = Tree()
    for one in hashes:
        grown.append(one)
    return grown.root(len(grown))


# --- Proofs: made ------------------------------------------------------------------------------------------------------


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(m, D[n]): siblings of leaf `index` from the bottom up. Raises IndexError where there is no such leaf."""
    if not 0 <= index < len(hashes):
        raise IndexError(index)
    if len(hashes) == 1:
        return []
    cut = _split(len(hashes))
    if index < cut:
        return [*inclusion_proof(hashes[:cut], index), tree_root(hashes[cut:])]
    return [*inclusion_proof(hashes[cut:], index - cut), tree_root(hashes[:cut])]


def consistency_proof(hashes: Sequence[bytes], old: int) -> list[bytes]:
    """PROOF(m, D[n]): that the tree of the first `old` leaves is the beginning of this one; of 0 and of all it is empty.
    Raises IndexError where `old` is larger than the tree."""
    if not 0 <= old <= len(hashes):
        raise IndexError(old)
    return [] if old in (0, len(hashes)) else _subproof(hashes, old, known=True)


def _subproof(hashes: Sequence[bytes], old: int, *, known: bool) -> list[bytes]:
    """`known`: the verifier has the root of these leaves, because it is the old root itself."""
    if old == len(hashes):
        return [] if known else [tree_root(hashes)]
    cut = _split(len(hashes))
    if old <= cut:
        return [*_subproof(hashes[:cut], old, known=known), tree_root(hashes[cut:])]
    return [*_subproof(hashes[cut:], old - cut, known=False), tree_root(hashes[:cut])]


# --- Proofs: checked (RFC 9162 sections 2.1.3.2 and 2.1.4.2) -----------------------------------------------------------


def verify_inclusion(index: int, size: int, hash_of_leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """The leaf stands at `index` of the tree with `size` leaves and this root."""
    if not 0 <= index < size or not _hashes(hash_of_leaf, root, *proof):
        return False
    node, last, found = index, size - 1, hash_of_leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            node, last = _up(node, last)
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """The tree of `old` leaves is the beginning of the tree of `new` leaves. Of no leaves nothing can be proved: False."""
    if not 0 < old <= new or not _hashes(*proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(step, before), node_hash(step, after)
            node, last = _up(node, last)
        else:
            after = node_hash(after, step)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _up(node: int, last: int) -> tuple[int, int]:
    """To where `node` is a right child: levels without a sibling have no step in a proof."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
