"""A client's own copy of the key log, held against what the host signs and what the vault pins (docs/protocol.md 4.2).

No host can shrink, fork or rewrite the log unseen: each head must be signed by the pinned log key, be the root of the very leaves
that came with it, and have the pinned head as its beginning."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sealed import checkpoint, merkle
from sealed.errors import EnlaceError

FORMAT = "enlace-log-proof/1"
Told = tuple[int, bytes, bytes]  # size, root, the log's signature: what bodies tell (gossip.py)


@dataclass(frozen=True)
class Head:
    """A head that was accepted, as the vault pins it. Vaults of before checkpoints know neither key nor note.
    `witnessed_at`: when the own authority's witness last cosigned this log, POSIX seconds; 0: never seen."""

    size: int
    root: bytes
    log_key: bytes | None = None
    note: str = ""
    witnessed_at: int = 0

    @classmethod
    def unpinned(cls, pin: Any) -> "Head | None":
        """From the vault: null, [size, root] or [size, root, log_key, note, witnessed_at]. Raises ValueError, TypeError."""
        return None if pin is None else cls(*pin)

    def pin(self) -> list[Any]:
        short = [self.size, self.root]
        return short if self.log_key is None else [*short, self.log_key, self.note, self.witnessed_at]

    def seen(self, at: int) -> "Head":
        """A witness's older word takes nothing back."""
        return replace(self, witnessed_at=max(at, self.witnessed_at))


class Replica:
    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.leaves: list[bytes] = []
        self._tree = merkle.Tree()
        self._roots: dict[int, bytes] = {}  # by size: every message asks for one
        self.take(leaves)

    def __len__(self) -> int:
        return len(self.leaves)

    def take(self, leaves: Iterable[bytes]) -> None:
        """The next leaves, in order; nothing is believed of them until `accept`."""
        for leaf in leaves:
            self.leaves.append(leaf)
            self._tree.append(merkle.leaf_hash(leaf))

    def root(self, size: int) -> bytes | None:
        """Of the first `size` leaves; None where there are fewer."""
        if size not in self._roots and 0 <= size <= len(self):
            self._roots[size] = self._tree.root(size)
        return self._roots.get(size)

    def accept(self, note: str, log_key: bytes, pinned: Head | None = None) -> Head:
        """-> the head to pin from now on. Raises EnlaceError: `bad_checkpoint` (not signed by the pinned log, or not over these
        leaves), `log_shrunk` (fewer leaves than pinned), `log_forked` (another beginning than pinned); the last two with
        `proof`, the JSON object that `verify_proof` reads."""
        known = pinned.log_key if pinned and pinned.log_key else log_key
        shown = checkpoint.parse(note)
        checkpoint.verify_log(shown, known)
        if log_key != known or shown.size != len(self) or shown.root != self.root(shown.size):
            raise EnlaceError("bad_checkpoint", "another log key, or not the head of these leaves")
        if pinned is not None:
            code = self._against(shown, pinned)
            if code:
                raise EnlaceError(code, proof=self._proof(code, note, pinned))
        return Head(shown.size, shown.root, known, note, pinned.witnessed_at if pinned else 0)

    def witnessed(self, head: Head, note: str, name: str, public: bytes) -> Head:
        """`note`: a head of this log with the cosignature of the witness `name`. -> `head` with the time of its word.
        Raises `bad_checkpoint`; `log_shrunk` or `log_forked` with the proof where the witness was shown another log."""
        shown = checkpoint.parse(note)
        checkpoint.verify_log(shown, head.log_key or b"")
        at = checkpoint.cosigned_at(shown, name, public)
        theirs = Head(shown.size, shown.root, head.log_key, note)
        code = self._against(checkpoint.parse(head.note), theirs)
        if code:
            raise EnlaceError(code, proof=self._proof(code, head.note, theirs))
        return head.seen(at or 0)

    def hear(self, head: Head, told: Told) -> None:
        """What the author of a message says of the log. Raises `log_shrunk` or `log_forked` with the proof where the host signed
        that too and it is not this log. A word that the host did not sign accuses nobody: a member may lie."""
        size, root, signature = told
        if self.root(size) == root:
            return
        origin = checkpoint.parse(head.note).origin
        theirs = Head(size, root, head.log_key, checkpoint.noted(origin, size, root, head.log_key or b"", signature))
        try:
            checkpoint.verify_log(checkpoint.parse(theirs.note), head.log_key or b"")
        except EnlaceError:
            return
        code = "log_shrunk" if size > head.size else "log_forked"
        raise EnlaceError(code, proof=self._proof(code, head.note, theirs))

    def _against(self, shown: checkpoint.Checkpoint, pinned: Head) -> str | None:
        if pinned.note and checkpoint.parse(pinned.note).origin != shown.origin:
            return "log_forked"
        if shown.size < pinned.size:
            return "log_shrunk"
        return None if self.root(pinned.size) == pinned.root else "log_forked"

    def _proof(self, code: str, note: str, pinned: Head) -> dict[str, Any]:
        hashes = [base64.b64encode(one).decode() for one in self._tree.levels[0]]
        key = base64.b64encode(pinned.log_key or b"").decode()
        return {"format": FORMAT, "code": code, "log_key": key, "seen": pinned.note, "shown": note, "leaf_hashes": hashes}


def verify_proof(proof: Any) -> str:
    """-> what a saved proof shows by itself, years later and without a network: `log_forked` or `log_shrunk`. The reader compares
    `log_key` with the one known. Raises EnlaceError `proves_nothing`."""
    try:
        key = base64.b64decode(proof["log_key"], validate=True)
        seen, shown = checkpoint.parse(proof["seen"]), checkpoint.parse(proof["shown"])
        hashes = [base64.b64decode(one, validate=True) for one in proof["leaf_hashes"]]
        checkpoint.verify_log(seen, key)
        checkpoint.verify_log(shown, key)
    except (EnlaceError, ValueError, KeyError, TypeError, AttributeError):
        raise EnlaceError("proves_nothing") from None
    if proof.get("format") != FORMAT or merkle.tree_root(hashes) != shown.root or len(hashes) != shown.size:
        raise EnlaceError("proves_nothing")
    if shown.size < seen.size:
        return "log_shrunk"
    if shown.origin == seen.origin and merkle.tree_root(hashes[: seen.size]) == seen.root:
        raise EnlaceError("proves_nothing", "one is the beginning of the other")
    return "log_forked"
