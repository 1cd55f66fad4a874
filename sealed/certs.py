"""Leaves of the key log: roots, certificates, revocations, trust lists, witnesses, builds (docs/protocol.md 4). Parsing and
signatures only; who may issue what is decided by keylog.py, in the order of the log."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sealed import cbor
from sealed.errors import EnlaceError
from sealed.suite import KEM_ID, KEM_PUBLIC_BYTES, SIG_PUBLIC_BYTES, SIGNATURE, SIGNATURE_BYTES, sha256, verify

OFFICER, SUPERVISOR, FOCAL, CUSTODIAN, BOT = range(5)
ROLES = {"officer": OFFICER, "supervisor": SUPERVISOR, "focal": FOCAL, "bot": BOT}  # as accounts name them
TRUSTED, DELISTED = 1, 0


def key_id(kem_pub: bytes, sig_pub: bytes) -> bytes:
    """The only name of a key: 32 bytes."""
    return sha256(cbor.encode(["enl1.key", KEM_ID, kem_pub, SIGNATURE, sig_pub]))


def root_id(root_pub: bytes) -> bytes:
    return sha256(cbor.encode(["enl1.rootkey", root_pub]))


def possession(kid: bytes, authority: str, subject: bytes, gen: int) -> bytes:
    """What `sig_self` signs: the holder claims this key for this person and generation, whoever will issue (ADR 3)."""
    return cbor.encode(["enl1.pop", kid, authority, subject, gen])


def continuation(prev_kid: bytes, kid: bytes, authority: str, subject: bytes, gen: int) -> bytes:
    """What `sig_prev` signs: the holder of the key before names its next one, whoever will issue (ADR 33)."""
    return cbor.encode(["enl1.continue", prev_kid, kid, authority, subject, gen])


@dataclass(frozen=True)
class Root:
    authority: str
    public: bytes
    display: str
    at_ms: int


@dataclass(frozen=True)
class Cert:
    authority: str
    subject: bytes
    display: str
    role: int
    kem_pub: bytes
    sig_pub: bytes
    gen: int
    prev_kid: bytes | None
    nbf: int
    exp: int
    issuer_kid: bytes
    kid: bytes


@dataclass(frozen=True)
class CertLeaf:
    cert: Cert
    signed: bytes
    sig_issuer: bytes
    sig_self: bytes
    sig_prev: bytes | None


@dataclass(frozen=True)
class Revocation:
    kid: bytes
    issuer_kid: bytes
    reason: int
    at_ms: int
    signed: bytes
    signature: bytes


@dataclass(frozen=True)
class TrustList:
    authority: str
    version: int
    prev_hash: bytes | None
    roots: tuple[tuple[str, bytes, int], ...]
    signed: bytes
    signature: bytes


@dataclass(frozen=True)
class Request:
    """What an officer asks to have certified."""

    authority: str
    subject: bytes
    display: str
    role: int
    kem_pub: bytes
    sig_pub: bytes
    gen: int
    prev_kid: bytes | None
    kid: bytes
    sig_self: bytes
    sig_prev: bytes | None = None


@dataclass(frozen=True)
class Witness:
    """Whose word under the heads counts for an authority: `status` TRUSTED from now on, DELISTED no more."""

    authority: str
    public: bytes
    issuer_kid: bytes
    status: int
    at_ms: int
    signed: bytes
    signature: bytes


@dataclass(frozen=True)
class Build:
    """A release: `manifest` is the SHA-256 of the list of all files that a host of this version serves (ADR 22). `public`: the
    release key, which only speaks for itself; whoever installed a package knows whose it is."""

    version: str
    prev_hash: bytes | None
    manifest: bytes
    public: bytes
    at_ms: int
    signed: bytes


Leaf = Root | CertLeaf | Revocation | TrustList | Witness | Build


def _bytes(value: Any, length: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != length:
        raise EnlaceError("bad_leaf")
    return value


def _text(value: Any, longest: int = 200) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise EnlaceError("bad_leaf")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise EnlaceError("bad_leaf")
    return value


def _array(data: Any, tag: str, length: int) -> list[Any]:
    try:
        value = cbor.decode(data) if isinstance(data, bytes) else None
    except EnlaceError:
        raise EnlaceError("bad_leaf") from None
    if not isinstance(value, list) or len(value) != length or value[0] != tag:
        raise EnlaceError("bad_leaf")
    return value


def parse(leaf: bytes) -> Leaf:
    """Raises EnlaceError `bad_leaf` for anything but a well-formed leaf; roots and builds are also checked against their key."""
    try:
        value = cbor.decode(leaf)
    except EnlaceError:
        raise EnlaceError("bad_leaf") from None
    if not isinstance(value, list) or not value:
        raise EnlaceError("bad_leaf")
    readers: dict[tuple[str, int], Callable[[list[Any]], Leaf]] = {
        ("enl1.leaf.root", 3): _root,
        ("enl1.leaf.cert", 5): _cert_leaf,
        ("enl1.leaf.revoke", 3): _revocation,
        ("enl1.leaf.trust", 3): _trust,
        ("enl1.leaf.witness", 3): _witness,
        ("enl1.leaf.build", 3): _build,
    }
    reader = readers.get((value[0], len(value))) if isinstance(value[0], str) else None
    if reader is None:
        raise EnlaceError("bad_leaf")
    return reader(value)


def _root(value: list[Any]) -> Root:
    _, authority, public, display, at_ms = _array(value[1], "enl1.root", 5)
    root = Root(_text(authority, 16), _bytes(public, SIG_PUBLIC_BYTES), _text(display), _number(at_ms))
    if not verify(root.public, value[1], _bytes(value[2], SIGNATURE_BYTES)):
        raise EnlaceError("bad_leaf")
    return root


def _key_fields(values: list[Any]) -> dict[str, Any]:
    """What a request claims and a certificate repeats, [authority, ..., prev_kid], by name and with the kid."""
    authority, subject, display, role, kem_id, kem_pub, sig_name, sig_pub, gen, prev = values
    if kem_id != KEM_ID or sig_name != SIGNATURE or type(role) is not int or role not in range(5):
        raise EnlaceError("bad_leaf")
    kem_pub, sig_pub = _bytes(kem_pub, KEM_PUBLIC_BYTES), _bytes(sig_pub, SIG_PUBLIC_BYTES)
    return {
        "authority": _text(authority, 16),
        "subject": _bytes(subject, 16),
        "display": _text(display),
        "role": role,
        "kem_pub": kem_pub,
        "sig_pub": sig_pub,
        "gen": _number(gen),
        "prev_kid": None if prev is None else _bytes(prev, 32),
        "kid": key_id(kem_pub, sig_pub),
    }


def parse_cert(signed: bytes) -> Cert:
    fields = _array(signed, "enl1.cert", 14)
    nbf, exp, issuer = fields[11:]
    return Cert(**_key_fields(fields[1:11]), nbf=_number(nbf), exp=_number(exp), issuer_kid=_bytes(issuer, 32))


def _cert_leaf(value: list[Any]) -> CertLeaf:
    cert = parse_cert(value[1])
    sig_prev = None if value[4] is None else _bytes(value[4], SIGNATURE_BYTES)
    leaf = CertLeaf(cert, value[1], _bytes(value[2], SIGNATURE_BYTES), _bytes(value[3], SIGNATURE_BYTES), sig_prev)
    if not verify(cert.sig_pub, possession(cert.kid, cert.authority, cert.subject, cert.gen), leaf.sig_self):
        raise EnlaceError("bad_leaf")
    return leaf


def _revocation(value: list[Any]) -> Revocation:
    _, kid, issuer, reason, at_ms = _array(value[1], "enl1.revoke", 5)
    signature = _bytes(value[2], SIGNATURE_BYTES)
    return Revocation(_bytes(kid, 32), _bytes(issuer, 32), _number(reason), _number(at_ms), value[1], signature)


def _witness(value: list[Any]) -> Witness:
    _, authority, public, issuer, status, at_ms = _array(value[1], "enl1.witness", 6)
    if status not in (TRUSTED, DELISTED) or type(status) is not int:
        raise EnlaceError("bad_leaf")
    signature = _bytes(value[2], SIGNATURE_BYTES)
    named = _text(authority, 16), _bytes(public, SIG_PUBLIC_BYTES), _bytes(issuer, 32)
    return Witness(*named, status, _number(at_ms), value[1], signature)


def _build(value: list[Any]) -> Build:
    _, version, prev, manifest, public, at_ms = _array(value[1], "enl1.build", 6)
    previous = None if prev is None else _bytes(prev, 32)
    named = _bytes(manifest, 32), _bytes(public, SIG_PUBLIC_BYTES), _number(at_ms)
    build = Build(_text(version, 64), previous, *named, value[1])
    if not verify(build.public, value[1], _bytes(value[2], SIGNATURE_BYTES)):
        raise EnlaceError("bad_leaf")
    return build


def _trust(value: list[Any]) -> TrustList:
    _, authority, version, prev, rows = _array(value[1], "enl1.trust", 5)
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 3 for row in rows):
        raise EnlaceError("bad_leaf")
    roots = tuple((_text(code, 16), _bytes(public, SIG_PUBLIC_BYTES), _number(status)) for code, public, status in rows)
    previous = None if prev is None else _bytes(prev, 32)
    signature = _bytes(value[2], SIGNATURE_BYTES)
    return TrustList(_text(authority, 16), _number(version), previous, roots, value[1], signature)


def request_body(
    authority: str,
    subject: bytes,
    display: str,
    role: int,
    kem_pub: bytes,
    sig_pub: bytes,
    gen: int,
    prev_kid: bytes | None,
) -> bytes:
    return cbor.encode(["enl1.request", authority, subject, display, role, KEM_ID, kem_pub, SIGNATURE, sig_pub, gen, prev_kid])


def parse_request(data: bytes) -> Request:
    """cbor[body, sig_self, sig_prev|null] as an officer's client sends it; the proof of possession is checked. Whether the key
    before really signed is judged where that key is known: by the key log."""
    try:
        outer = cbor.decode(data)
    except EnlaceError:
        raise EnlaceError("bad_leaf") from None
    if not isinstance(outer, list) or len(outer) != 3:
        raise EnlaceError("bad_leaf")
    fields = _key_fields(_array(outer[0], "enl1.request", 11)[1:])
    sig_prev = None if outer[2] is None else _bytes(outer[2], SIGNATURE_BYTES)
    request = Request(**fields, sig_self=_bytes(outer[1], SIGNATURE_BYTES), sig_prev=sig_prev)
    if not verify(request.sig_pub, possession(request.kid, request.authority, request.subject, request.gen), request.sig_self):
        raise EnlaceError("bad_leaf")
    return request
