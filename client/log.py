"""The client's own copy of the key log: fetched, judged (docs/protocol.md 4.2), then replayed. Nothing is believed before."""

import time
from typing import Any

from client.b64 import unb64u
from client.http import Http
from sealed import checkpoint, keylog
from sealed.errors import EnlaceError
from sealed.keylog import Directory
from sealed.replica import Head, Replica, Told

FRESH = 5.0  # s
WITNESS_STALE = 72 * 3600  # s, without a word of the own authority's witness


class Log:
    def __init__(self, http: Http) -> None:
        self.http, self.replica, self.directory = http, Replica(), Directory()
        self.head: Head | None = None  # as last accepted by this process
        self.cosigned = ""  # the newest head with a word of the own authority's witness, as the host shows it
        self._synced = -FRESH

    def sync(self, own_root: bytes | None = None, pinned: Head | None = None) -> Head:
        """Fetches what is new. `pinned`: what was accepted in earlier lives of this client. -> the head to pin from now on.
        Raises `bad_checkpoint`, `log_shrunk`, `log_forked` (the last two with a proof); then the directory stays as it was."""
        head = self._judged([pin for pin in (pinned, self.head) if pin is not None])
        if (self.directory.size, self.directory.own_root) != (head.size, own_root):
            self.directory = keylog.replay(self.replica.leaves, own_root)
        self.head, self._synced = self._witnessed(head), time.monotonic()
        return self.head

    @property
    def fresh(self) -> bool:
        """Synced at most a few seconds ago: a revocation is a matter of minutes, not of milliseconds."""
        return time.monotonic() - self._synced < FRESH

    def _judged(self, pins: list[Head]) -> Head:
        kept = len(self.replica)
        try:
            return self._accepted(pins)
        except EnlaceError as error:
            self.replica = Replica()
            if not kept or error.code == "unreachable":
                raise
        # Against the leaves kept here another log is only "not theirs"; fetched whole it is a fork, and proves itself.
        try:
            return self._accepted(pins)
        except EnlaceError:
            self.replica = Replica()
            raise

    def _accepted(self, pins: list[Head]) -> Head:
        answer = self._fetch()
        note, log_key = answer["checkpoint"], unb64u(answer["log_key"])
        head = self.replica.accept(note, log_key)
        for pin in pins:
            head = self.replica.accept(note, log_key, pin)
        self.cosigned = answer["cosigned"]
        return head.seen(max((pin.witnessed_at for pin in pins), default=0))

    def _fetch(self) -> dict[str, Any]:
        """All pages up to the newest head that the host shows. -> its last answer, form checked."""
        while True:
            answer = self.http.get("/api/keylog", **{"from": len(self.replica)})
            try:
                leaves, size = [unb64u(leaf) for leaf in answer["leaves"]], int(answer["size"])
                formed = isinstance(answer["checkpoint"], str) and len(unb64u(answer["log_key"])) == 32
                formed = formed and isinstance(answer["cosigned"], str)
            except (EnlaceError, KeyError, TypeError, ValueError):
                formed = False
            if not formed:
                raise EnlaceError("bad_checkpoint", "not an answer about the key log")
            self.replica.take(leaves)
            if not leaves or len(self.replica) >= size:
                return answer

    def hear(self, told: Told) -> None:
        if self.head is not None:
            self.replica.hear(self.head, told)

    def _witnessed(self, head: Head) -> Head:
        authority = self.directory.own_authority
        public = self.directory.witnesses.get(authority) if authority else None
        if authority is None or public is None or not self.cosigned:
            return head
        return self.replica.witnessed(head, self.cosigned, checkpoint.witness_name(authority), public)

    @property
    def witness_stale(self) -> bool:
        """The own authority runs a witness and it has said nothing of late: the host may hide what is new."""
        runs = self.directory.own_authority in self.directory.witnesses
        return runs and time.time() - (self.head.witnessed_at if self.head else 0) > WITNESS_STALE
