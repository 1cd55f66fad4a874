"""An officer's keys, the vault that keeps them and the slots that open it (docs/protocol.md 3). Secrets live here."""

import secrets
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mnemonic import Mnemonic

from sealed import cbor, certs
from sealed.errors import EnlaceError
from sealed.events import pad, unpad
from sealed.open_suite import aead_open, aead_seal, argon2id, kem_public, random_bytes, sign, sign_public
from sealed.replica import Head
from sealed.suite import hkdf, sha256

PASSPHRASE, RECOVERY = 1, 2
ARGON2 = (65_536, 3, 1)  # KiB, passes, lanes: RFC 9106, second choice, one lane for JavaScript's sake
WORD_LISTS = {"es": "spanish", "en": "english", "fr": "french", "pt": "portuguese"}
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_BYTES = 20


@dataclass(frozen=True)
class Identity:
    """One key generation of a person: everything follows from the 32-byte seed."""

    user_seed: bytes

    @classmethod
    def create(cls) -> "Identity":
        return cls(random_bytes(32))

    @cached_property
    def kem_seed(self) -> bytes:
        return hkdf(self.user_seed, "enl1.kem.x-wing")

    @cached_property
    def sig_seed(self) -> bytes:
        return hkdf(self.user_seed, "enl1.sig.ed25519")

    @cached_property
    def kem_pub(self) -> bytes:
        return kem_public(self.kem_seed)

    @cached_property
    def sig_pub(self) -> bytes:
        return sign_public(self.sig_seed)

    @cached_property
    def kid(self) -> bytes:
        return certs.key_id(self.kem_pub, self.sig_pub)

    def sign(self, message: bytes) -> bytes:
        return sign(self.sig_seed, message)


# --- The seven words -----------------------------------------------------------------------------------------------


def passphrase_words(count: int = 7, language: str = "es") -> list[str]:
    """Drawn from the BIP-39 list of that language: 11 bits a word, 77 for the seven that Enlace gives out."""
    words = Mnemonic(WORD_LISTS.get(language, "english")).wordlist
    return [unicodedata.normalize("NFC", secrets.choice(words)) for _ in range(count)]


def normalise(passphrase: str) -> str:
    """NFKD, marks removed, lower case, single spaces: "Párpado  CAÑÓN" and "parpado canon" are one."""
    text = unicodedata.normalize("NFKD", passphrase)
    return " ".join("".join(mark for mark in text if not unicodedata.combining(mark)).lower().split())


# --- The recovery code -----------------------------------------------------------------------------------------------


def _crockford(data: bytes, length: int) -> str:
    number = int.from_bytes(data, "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(length)))


def new_recovery_code() -> bytes:
    return random_bytes(CODE_BYTES)


def show_recovery_code(code: bytes) -> str:
    """32 characters in groups of four, and two check characters: the first 10 bits of SHA-256(code)."""
    check = int.from_bytes(sha256(code)[:2], "big") >> 6
    text = _crockford(code, 32) + _crockford(check.to_bytes(2, "big"), 2)
    return "-".join(text[at : at + 4] for at in range(0, 34, 4))


def parse_recovery_code(text: str) -> bytes:
    """Forgives case, spaces, dashes and the look-alikes I, L, O. Raises EnlaceError `bad_recovery_code`."""
    plain = "".join(text.upper().split()).replace("-", "").translate(str.maketrans("ILO", "110"))
    if len(plain) != 34 or any(letter not in CROCKFORD for letter in plain):
        raise EnlaceError("bad_recovery_code")
    number = 0
    for letter in plain[:32]:
        number = number << 5 | CROCKFORD.index(letter)
    code = number.to_bytes(CODE_BYTES, "big")
    if show_recovery_code(code).replace("-", "")[32:] != plain[32:]:
        raise EnlaceError("bad_recovery_code")
    return code


# --- Slots ---------------------------------------------------------------------------------------------------------


def seal_slot(slot_id: bytes, sort: int, params: list[Any], kek: bytes, vault_key: bytes) -> bytes:
    hdr = cbor.encode(["enl1.slot", slot_id, sort, params])
    return cbor.encode([hdr, aead_seal(kek, hdr, vault_key)])


def seal_passphrase_slot(passphrase: str, vault_key: bytes, parameters: tuple[int, int, int] = ARGON2) -> bytes:
    """`parameters`: Argon2id memory in KiB, passes, lanes."""
    salt = random_bytes(16)
    kek = argon2id(normalise(passphrase).encode(), salt, *parameters)
    return seal_slot(random_bytes(16), PASSPHRASE, ["argon2id", *parameters, salt], kek, vault_key)


def seal_recovery_slot(code: bytes, vault_key: bytes) -> bytes:
    slot_id = random_bytes(16)
    return seal_slot(slot_id, RECOVERY, [], hkdf(code, "enl1.kek.recovery", salt=slot_id), vault_key)


def slot_header(slot: bytes) -> tuple[bytes, int, list[Any], bytes, bytes]:
    """-> (slot_id, type, params, hdr, ciphertext). Raises EnlaceError `bad_slot`."""
    try:
        hdr, ciphertext = cbor.decode(slot)
        tag, slot_id, sort, params = cbor.decode(hdr)
    except (EnlaceError, ValueError, TypeError):
        raise EnlaceError("bad_slot") from None
    formed = isinstance(slot_id, bytes) and len(slot_id) == 16 and isinstance(params, list) and isinstance(ciphertext, bytes)
    if tag != "enl1.slot" or not formed:
        raise EnlaceError("bad_slot")
    return slot_id, sort, params, hdr, ciphertext


def open_slot(slot: bytes, secret: str | bytes) -> bytes | None:
    """-> the vault key; None: this secret (text: passphrase, bytes: recovery code) does not open this slot.

    Raises EnlaceError `bad_slot` when the slot is malformed or its settings are unsafe."""
    slot_id, sort, params, hdr, ciphertext = slot_header(slot)
    if sort == PASSPHRASE and isinstance(secret, str):
        if len(params) != 5 or params[0] != "argon2id" or not isinstance(params[4], bytes):
            raise EnlaceError("bad_slot")
        if not all(type(number) is int for number in params[1:4]):
            raise EnlaceError("bad_slot")
        kek = argon2id(normalise(secret).encode(), params[4], params[1], params[2], params[3])
    elif sort == RECOVERY and isinstance(secret, bytes):
        kek = hkdf(secret, "enl1.kek.recovery", salt=slot_id)
    else:
        return None
    try:
        return aead_open(kek, hdr, ciphertext)
    except EnlaceError:
        return None


def seal_slot_name(vault_key: bytes, slot_id: bytes, name: str) -> bytes:
    """What its owner calls a slot. It may say where a paper lies, so the host does not read it (ADR 26)."""
    return aead_seal(vault_key, cbor.encode(["enl1.slot.name", slot_id]), pad(name.encode()))


def open_slot_name(vault_key: bytes, slot_id: bytes, sealed: bytes) -> str | None:
    """None: sealed for another slot or under another key."""
    try:
        return unpad(aead_open(vault_key, cbor.encode(["enl1.slot.name", slot_id]), sealed)).decode()
    except (EnlaceError, UnicodeDecodeError):
        return None


# --- The vault -----------------------------------------------------------------------------------------------------


@dataclass
class Vault:
    """What an officer keeps: seeds by generation and the pins that a hostile host must not be able to reset."""

    subject: bytes
    counter: int
    seeds: list[tuple[int, bytes]]
    own_root: bytes
    trust_version: int = 0
    checkpoint: Head | None = None  # of the key log, as last accepted
    verified: list[tuple[bytes, bytes]] = field(default_factory=list)
    heads: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)  # channel id -> (n, T_n)
    _made: dict[bytes, Identity] = field(default_factory=dict, repr=False)  # keys are derived once

    @property
    def identities(self) -> list[Identity]:
        """The keys of every generation kept here, the newest first: history was granted to the earlier ones."""
        return [self._made.setdefault(seed, Identity(seed)) for _, seed in sorted(self.seeds, reverse=True)]

    @property
    def local_key(self) -> bytes:
        """Seals what a machine keeps for itself. Of the first seed, which stays when the locks of the vault are changed."""
        return hkdf(min(self.seeds)[1], "enl1.local.cache")

    def remember(self, kept: "Vault") -> None:
        """Takes the pins of a copy that this machine kept: pins only move forward. Raises `vault_rollback` where the copy is
        newer, because then the host handed out an older vault."""
        if kept.counter > self.counter:
            raise EnlaceError("vault_rollback")
        for channel, head in kept.heads.items():
            self.heads[channel] = max(head, self.heads.get(channel, head), key=lambda one: one[0])
        if kept.checkpoint and kept.checkpoint.size > (self.checkpoint.size if self.checkpoint else 0):
            self.checkpoint = kept.checkpoint

    def seal(self, vault_key: bytes) -> bytes:
        pins = [
            self.own_root,
            self.trust_version,
            self.checkpoint.pin() if self.checkpoint else None,
            [list(pair) for pair in self.verified],
            [[channel, n, t] for channel, (n, t) in sorted(self.heads.items())],
        ]
        body = cbor.encode([[list(seed) for seed in self.seeds], pins])
        context = cbor.encode(["enl1.vault", self.subject, self.counter])
        return cbor.encode(["enl1.vault", self.subject, self.counter, aead_seal(vault_key, context, body)])


def vault_counter(stored: bytes) -> int:
    return int(_vault_parts(stored)[1])


def _vault_parts(stored: bytes) -> tuple[bytes, int, bytes]:
    try:
        tag, subject, counter, ciphertext = cbor.decode(stored)
    except (EnlaceError, ValueError, TypeError):
        raise EnlaceError("bad_vault") from None
    formed = isinstance(subject, bytes) and type(counter) is int and isinstance(ciphertext, bytes)
    if tag != "enl1.vault" or not formed:
        raise EnlaceError("bad_vault")
    return subject, counter, ciphertext


def open_vault(stored: bytes, vault_key: bytes) -> Vault:
    """Raises EnlaceError `bad_vault`. The caller compares identity.kid with its certificate: a swapped vault stops there."""
    subject, counter, ciphertext = _vault_parts(stored)
    body = aead_open(vault_key, cbor.encode(["enl1.vault", subject, counter]), ciphertext, "bad_vault")
    try:
        seeds, (own_root, trust_version, checkpoint, verified, heads) = cbor.decode(body)
        return Vault(
            subject,
            counter,
            [(gen, seed) for gen, seed in seeds],
            own_root,
            trust_version,
            Head.unpinned(checkpoint),
            [(one, other) for one, other in verified],
            {channel: (n, t) for channel, n, t in heads},
        )
    except (EnlaceError, ValueError, TypeError):
        raise EnlaceError("bad_vault") from None


# --- Making leaves -------------------------------------------------------------------------------------------------


def make_root_leaf(root_seed: bytes, authority: str, display: str, at_ms: int) -> bytes:
    body = cbor.encode(["enl1.root", authority, sign_public(root_seed), display, at_ms])
    return cbor.encode(["enl1.leaf.root", body, sign(root_seed, body)])


def make_request(
    identity: Identity, authority: str, subject: bytes, display: str, role: int, gen: int = 0, previous: Identity | None = None
) -> bytes:
    """What an officer sends to be vouched for. `previous`: the key in use until now, which names this one as its next; without it
    a later generation is a key reset."""
    kid, prev_kid = identity.kid, previous.kid if previous else None
    body = certs.request_body(authority, subject, display, role, identity.kem_pub, identity.sig_pub, gen, prev_kid)
    sig_prev = previous.sign(certs.continuation(previous.kid, kid, authority, subject, gen)) if previous else None
    return cbor.encode([body, identity.sign(certs.possession(kid, authority, subject, gen)), sig_prev])


def certify(request: certs.Request, issuer_seed: bytes, issuer_kid: bytes, nbf: int, exp: int, role: int | None = None) -> bytes:
    """-> the certificate leaf. `issuer_seed`: the signing seed of a focal point, or of the root for a focal point."""
    cert = cbor.encode(
        [
            "enl1.cert",
            request.authority,
            request.subject,
            request.display,
            request.role if role is None else role,
            certs.KEM_ID,
            request.kem_pub,
            certs.SIGNATURE,
            request.sig_pub,
            request.gen,
            request.prev_kid,
            nbf,
            exp,
            issuer_kid,
        ]
    )
    return cbor.encode(["enl1.leaf.cert", cert, sign(issuer_seed, cert), request.sig_self, request.sig_prev])


def make_revocation(kid: bytes, issuer_seed: bytes, issuer_kid: bytes, reason: int, at_ms: int) -> bytes:
    body = cbor.encode(["enl1.revoke", kid, issuer_kid, reason, at_ms])
    return cbor.encode(["enl1.leaf.revoke", body, sign(issuer_seed, body)])


def make_witness(authority: str, public: bytes, issuer: Identity, at_ms: int, *, runs: bool = True) -> bytes:
    """As a focal point: whose cosignatures count for the authority from now on, or (`runs` False) no more."""
    status = certs.TRUSTED if runs else certs.DELISTED
    body = cbor.encode(["enl1.witness", authority, public, issuer.kid, status, at_ms])
    return cbor.encode(["enl1.leaf.witness", body, issuer.sign(body)])


def make_build(release_seed: bytes, version: str, manifest: bytes, previous: bytes | None, at_ms: int) -> bytes:
    """`manifest`: its SHA-256. `previous`: the signed body of the last build of this release key, None for the first."""
    prev_hash = sha256(previous) if previous else None
    body = cbor.encode(["enl1.build", version, prev_hash, manifest, sign_public(release_seed), at_ms])
    return cbor.encode(["enl1.leaf.build", body, sign(release_seed, body)])


def make_trust_leaf(
    root_seed: bytes, authority: str, version: int, previous: bytes | None, roots: list[tuple[str, bytes, int]]
) -> bytes:
    """`previous`: the signed body of the version before, None for the first."""
    rows = [list(row) for row in roots]
    body = cbor.encode(["enl1.trust", authority, version, sha256(previous) if previous else None, rows])
    return cbor.encode(["enl1.leaf.trust", body, sign(root_seed, body)])
