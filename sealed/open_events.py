"""Sealing and opening of events (docs/protocol.md 5.1). Secrets pass through here."""

from collections.abc import Sequence
from typing import Any

from sealed import cbor, events, gossip
from sealed.errors import EnlaceError
from sealed.events import ACT, CONTROL, Event
from sealed.open_keys import Identity
from sealed.open_suite import aead_open, aead_seal, disclosed_key, open_disclosed
from sealed.replica import Head, Told
from sealed.suite import hmac_sha256, sha256


def epoch_commit(secret: bytes, channel_id: bytes, epoch: int) -> bytes:
    return hmac_sha256(secret, cbor.encode(["enl1.ecommit", channel_id, epoch]))


def epoch_key(secret: bytes, channel_id: bytes, epoch: int) -> bytes:
    return hmac_sha256(secret, cbor.encode(["enl1.msg", channel_id, epoch]))


class Author:
    """One client of one officer, which numbers its events so that a repeat is recognised: `client_id` 8 bytes."""

    def __init__(self, identity: Identity, client_id: bytes, next_seq: int = 0) -> None:
        self.identity, self.client_id, self.next_seq = identity, client_id, next_seq

    def ad(self, channel_id: bytes, epoch: int, kind: int, seen_n: int, t_seen: bytes, sent_ms: int) -> bytes:
        seq, self.next_seq = self.next_seq, self.next_seq + 1
        kid = self.identity.kid
        return cbor.encode(["enl1.ad", channel_id, epoch, kind, kid, self.client_id, seq, seen_n, t_seen, sent_ms])

    def _wire(self, ad: bytes, payload: bytes) -> bytes:
        hdr = cbor.encode(["enl1.evt", ad, sha256(payload)])
        return cbor.encode([hdr, self.identity.sign(hdr), payload])

    def seal(
        self,
        secret: bytes,
        channel_id: bytes,
        epoch: int,
        kind: int,
        seen_n: int,
        t_seen: bytes,
        sent_ms: int,
        body: Any,
        head: Head | None = None,
    ) -> bytes:
        """-> the wire of a sealed event; `body` is any CBOR value, `head` the author's head of the key log."""
        ad = self.ad(channel_id, epoch, kind, seen_n, t_seen, sent_ms)
        return self._wire(
            ad, aead_seal(epoch_key(secret, channel_id, epoch), ad, events.pad(cbor.encode(gossip.wrap(head, body))))
        )

    def clear(self, channel_id: bytes, epoch: int, kind: int, seen_n: int, t_seen: bytes, sent_ms: int, body: bytes) -> bytes:
        """-> the wire of a control (16) or act (17), whose body travels in clear."""
        if kind not in (CONTROL, ACT):
            raise EnlaceError("bad_wire")
        return self._wire(self.ad(channel_id, epoch, kind, seen_n, t_seen, sent_ms), body)


def open_told(event: Event, secret: bytes) -> tuple[Any, Told | None]:
    """-> (body of a sealed event, what its author says of the key log). Raises EnlaceError `cannot_open`, `bad_padding` or
    `bad_cbor`."""
    key = epoch_key(secret, event.channel_id, event.epoch)
    return gossip.unwrap(cbor.decode(events.unpad(aead_open(key, event.ad, event.payload))))


def disclosure(event: Event, secret: bytes) -> bytes:
    """-> 44 bytes that open this one event, for whoever holds its wire, and nothing else of its epoch."""
    return disclosed_key(epoch_key(secret, event.channel_id, event.epoch), event.ad, event.payload)


def open_by_disclosure(event: Event, disclosed: bytes) -> Any:
    """-> the body. Raises EnlaceError `cannot_open`, `bad_padding` or `bad_cbor`."""
    return gossip.unwrap(cbor.decode(events.unpad(open_disclosed(disclosed, event.payload))))[0]


def control_body(
    log_size: int,
    changes: Sequence[Sequence[Any]],
    new_epoch: tuple[int, bytes, Sequence[tuple[bytes, bytes]]] | None,
    approvals: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    epoch = None if new_epoch is None else [new_epoch[0], new_epoch[1], [list(row) for row in new_epoch[2]]]
    return cbor.encode([log_size, [list(change) for change in changes], epoch, [list(row) for row in approvals]])


def sign_receipt(identity: Identity, channel_id: bytes, n: int, t: bytes, at_ms: int) -> bytes:
    body = events.receipt_body(channel_id, identity.kid, n, t, at_ms)
    return cbor.encode([body, identity.sign(body)])
