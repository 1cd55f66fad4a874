"""What the channels announce: one frozen dataclass per frame kind (docs/architecture.md).

Frames only wake and save a round trip; the rows are the record. Bytes travel as base64url without padding, times as
ISO 8601 UTC. Joining, leaving, typing, presence and beats are said by realtime itself."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Frame:
    t: ClassVar[str]

    def as_dict(self) -> dict[str, Any]:
        """The JSON object, `t` first. A trailing underscore in a field name only dodges a Python keyword."""
        return {"t": self.t} | {f.name.rstrip("_"): getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Events(Frame):
    """Consecutive events of one channel, as {n, wire, at}; the first has n = `from`. `head` counts all events of the
    channel, so that the reader of an answer to `pull` knows whether more is waiting."""

    t = "events"
    channel: str
    from_: int
    wires: list[dict[str, Any]]
    head: int


@dataclass(frozen=True, slots=True)
class Ack(Frame):
    """The post is stored (said only after COMMIT). The same client_id and client_seq again give the same ack again."""

    t = "ack"
    ref: str | int | None
    channel: str
    client_id: str
    client_seq: int
    n: int
    at: str


@dataclass(frozen=True, slots=True)
class Nack(Frame):
    """The post or receipt is not stored. `code` is from sealed/errors.json; `retry_after` in seconds where it can help."""

    t = "nack"
    ref: str | int | None
    channel: str
    code: str
    retry_after: float | None


@dataclass(frozen=True, slots=True)
class Receipt(Frame):
    """A member's newest read mark, with the signed bytes so that every reader checks it."""

    t = "receipt"
    channel: str
    kid: str
    n: int
    receipt: str
    at: str
