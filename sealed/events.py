"""One event of a channel: its bytes, its signature, its place in the transcript (docs/protocol.md 5.1). Verifying half."""

from dataclasses import dataclass
from typing import Any

from sealed import cbor
from sealed.errors import EnlaceError
from sealed.suite import SIGNATURE_BYTES, sha256, verify

POST, EDIT, REDACT, REACTION, RECORD, FILE, CONTROL, ACT = 1, 2, 3, 4, 5, 6, 16, 17
SEALED_KINDS = frozenset((POST, EDIT, REDACT, REACTION, RECORD, FILE))
CLEAR_KINDS = frozenset((CONTROL, ACT))
WIRE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Event:
    """A parsed wire. `payload` is ciphertext for sealed kinds and the clear body for controls and acts."""

    channel_id: bytes
    epoch: int
    kind: int
    sender_kid: bytes
    client_id: bytes
    client_seq: int
    seen_n: int
    t_seen: bytes
    sent_ms: int
    event_id: bytes
    ad: bytes
    hdr: bytes
    sig: bytes
    payload: bytes
    payload_hash: bytes

    @property
    def id(self) -> bytes:
        return self.event_id

    @property
    def wire(self) -> bytes:
        """As it was sent: the canonical form has one spelling."""
        return cbor.encode([self.hdr, self.sig, self.payload])


def _of_length(value: Any, length: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != length:
        raise EnlaceError("bad_wire")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise EnlaceError("bad_wire")
    return value


def _array(data: Any, length: int, tag: str | None) -> list[Any]:
    try:
        value = cbor.decode(data) if isinstance(data, bytes) else None
    except EnlaceError:
        raise EnlaceError("bad_wire") from None
    if not isinstance(value, list) or len(value) != length or (tag is not None and value[0] != tag):
        raise EnlaceError("bad_wire")
    return value


def parse(wire: bytes) -> Event:
    """Reads the form only: no signature, no hash of the payload is checked here. Raises EnlaceError `bad_wire`."""
    if len(wire) > WIRE_BYTES:
        raise EnlaceError("bad_wire")
    hdr, sig, payload = _array(wire, 3, None)
    if not isinstance(payload, bytes):
        raise EnlaceError("bad_wire")
    _, ad, payload_hash = _array(hdr, 3, "enl1.evt")
    _, channel, epoch, kind, sender, client_id, seq, seen_n, t_seen, sent_ms = _array(ad, 10, "enl1.ad")
    if type(kind) is not int or kind not in SEALED_KINDS | CLEAR_KINDS:
        raise EnlaceError("bad_wire")
    return Event(
        _of_length(channel, 32),
        _count(epoch),
        kind,
        _of_length(sender, 32),
        _of_length(client_id, 8),
        _count(seq),
        _count(seen_n),
        _of_length(t_seen, 32),
        _count(sent_ms),
        sha256(hdr),
        ad,
        hdr,
        _of_length(sig, SIGNATURE_BYTES),
        payload,
        _of_length(payload_hash, 32),
    )


def verify_payload(event: Event) -> None:
    if sha256(event.payload) != event.payload_hash:
        raise EnlaceError("bad_hash")


def verify_signature(event: Event, sig_pub: bytes) -> None:
    if not verify(sig_pub, event.hdr, event.sig):
        raise EnlaceError("bad_signature")


def transcript_start(channel_id: bytes) -> bytes:
    return sha256(cbor.encode(["enl1.T0", channel_id]))


def transcript(t: bytes, event_id: bytes) -> bytes:
    """T_{n+1} from T_n and the id of event n."""
    return sha256(cbor.encode(["enl1.T", t, event_id]))


# --- Padding: lengths are shown in steps of at most 12 % (Padmé) ------------------------------------------------------

SMALLEST = 256


def padded_length(length: int) -> int:
    if length <= SMALLEST:
        return SMALLEST
    exponent = length.bit_length() - 1
    step = 1 << (exponent - (exponent.bit_length()))
    return (length + step - 1) // step * step


def pad(body: bytes) -> bytes:
    whole = len(body).to_bytes(4, "big") + body
    return whole.ljust(padded_length(len(whole)), b"\x00")


def unpad(padded: bytes) -> bytes:
    """Raises EnlaceError `bad_padding` unless the length fits, is the right step, and the rest is zero."""
    length = int.from_bytes(padded[:4], "big") if len(padded) >= 4 else -1
    well_formed = 0 <= length <= len(padded) - 4 and len(padded) == padded_length(4 + length)
    if not well_formed or any(padded[4 + length :]):
        raise EnlaceError("bad_padding")
    return padded[4 : 4 + length]


# --- Receipts: "I have read n events, and the list looked like this" ---------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    channel_id: bytes
    kid: bytes
    n: int
    t: bytes
    at_ms: int
    body: bytes
    sig: bytes


def receipt_body(channel_id: bytes, kid: bytes, n: int, t: bytes, at_ms: int) -> bytes:
    return cbor.encode(["enl1.ack", channel_id, kid, n, t, at_ms])


def parse_receipt(data: bytes) -> Receipt:
    """Raises EnlaceError `bad_receipt` for a form that is not a receipt; the signature is checked by verify_receipt."""
    try:
        body, sig = _array(data, 2, None)
        _, channel, kid, n, t, at_ms = _array(body, 6, "enl1.ack")
        return Receipt(
            _of_length(channel, 32),
            _of_length(kid, 32),
            _count(n),
            _of_length(t, 32),
            _count(at_ms),
            body,
            _of_length(sig, 64),
        )
    except EnlaceError:
        raise EnlaceError("bad_receipt") from None


def verify_receipt(receipt: Receipt, sig_pub: bytes) -> None:
    if not verify(sig_pub, receipt.body, receipt.sig):
        raise EnlaceError("bad_receipt")
