"""A channel of many events as the host stores it, and the answers of its API, in memory: what is measured is the opening."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from client.b64 import b64u
from sealed import events, merkle
from sealed.events import CONTROL
from sealed.issuing import log_public, sign_checkpoint
from sealed.replica import Replica
from tests.sealed.world import Script, World

ROTATIONS = 4  # an epoch is one epoch of 90 days or 10,000 events; members come and go more often
LOG_SEED = b"\x01" * 32


def signed_head(leaves: Sequence[bytes]) -> str:
    root = merkle.tree_root([merkle.leaf_hash(leaf) for leaf in leaves])
    return sign_checkpoint("bench/enlace-keys", len(leaves), root, LOG_SEED)


class Stored:
    """`count` events of four people who talk, with a change of membership or key now and then."""

    def __init__(self, count: int) -> None:
        self.world = World()
        log = self.world.directory()
        self.world.directory = lambda: log  # nobody joins the key log meanwhile: replayed once
        self.log_key, self.note = log_public(LOG_SEED), signed_head(self.world.leaves)
        names = {"ana": "o", "bashir": "w", "carmen": "w", "fernando": "w"}
        self.script = script = Script(self.world, names)
        replica = Replica()
        replica.take(self.world.leaves)
        self.head = replica.accept(self.note, self.log_key)
        for author in script.authors.values():
            author.seal = partial(author.seal, head=self.head)  # what every client puts beside its words
        self.epoch_of = [0]
        writers = [*names]
        while len(script.wires) < count:
            if len(script.wires) % (count // ROTATIONS) == 0:
                script.control("ana", [], new_epoch=(script.state.epoch + 1, writers))
            else:
                n = len(script.wires)
                script.post(writers[n * 7 % 4], f"Mensaje {n}: {'la señora llega mañana ' * (n % 5 + 1)}")
            self.epoch_of.append(script.state.epoch)
        self.id = b64u(script.channel_id)
        self.events = [{"n": n, "at": "2026-11-23T10:00:00.000Z", "wire": b64u(wire)} for n, wire in enumerate(script.wires)]
        parsed = [events.parse(wire) for wire in script.wires]
        self.ids = b"".join(event.event_id for event in parsed)
        self.controls = [row for row, event in zip(self.events, parsed, strict=True) if event.kind == CONTROL]

    def detail(self, reader: str) -> dict[str, Any]:
        kid = self.world.kid(reader)
        grants = [(n, by, to, blob) for n, by, to, blob in self.script.grants if to == kid]
        return {
            "id": self.id,
            "head_n": len(self.events),
            "head_t": b64u(self.script.state.head_t),
            "log_size": len(self.world.leaves),
            "control": self.controls,
            "grants": [{"n": n, "granter_kid": b64u(by), "rcpt_kid": b64u(to), "blob": b64u(blob)} for n, by, to, blob in grants],
            "members": [],
            "receipts": [],
            "case": None,
        }

    def page(self, after: int | None, before: int | None, limit: int) -> dict[str, Any]:
        rows = self.events[after : after + limit] if after is not None else self.events[: before or 0][-limit:]
        return {"events": rows, "head_n": len(self.events)}
