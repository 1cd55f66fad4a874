"""A passkey as a lock of the vault: WebAuthn's PRF extension gives 32 bytes that only this authenticator can make again, and only
after its user was verified (docs/protocol.md 3, slot type 3; W3C Web Authentication Level 3, 10.1.4). Only a browser can ask an
authenticator; whoever has its answer opens the slot here as there."""

from dataclasses import dataclass

from sealed import cbor
from sealed.errors import EnlaceError
from sealed.open_keys import seal_slot, slot_header
from sealed.open_suite import aead_open
from sealed.suite import hkdf, sha256

PASSKEY = 3
FORM = "webauthn-prf"


@dataclass(frozen=True)
class Passkey:
    """What a browser needs to ask again. `rp_id`: the name of the host; `credential`: at most 1023 bytes; `salt`: 32."""

    slot_id: bytes
    rp_id: str
    credential: bytes
    transports: tuple[str, ...]
    salt: bytes

    @property
    def prf_input(self) -> bytes:
        """Bound to host and slot, so that no other slot, and no other site, is ever given this answer."""
        return sha256(cbor.encode(["enl1.prf", self.rp_id, self.slot_id, self.salt]))


def passkey_of(slot: bytes) -> Passkey | None:
    """None: a slot of another type. Raises EnlaceError `bad_slot`."""
    slot_id, sort, params, _hdr, _ciphertext = slot_header(slot)
    if sort != PASSKEY:
        return None
    if len(params) != 5 or params[0] != FORM:
        raise EnlaceError("bad_slot")
    _form, rp_id, credential, transports, salt = params
    named = isinstance(rp_id, str) and 1 <= len(rp_id) <= 253 and isinstance(credential, bytes) and 1 <= len(credential) <= 1023
    if not named or not isinstance(transports, list) or not all(isinstance(one, str) for one in transports):
        raise EnlaceError("bad_slot")
    if not isinstance(salt, bytes) or len(salt) != 32:
        raise EnlaceError("bad_slot")
    return Passkey(slot_id, rp_id, credential, tuple(transports), salt)


def _kek(prf_output: bytes) -> bytes:
    return hkdf(prf_output, "enl1.kek.prf")


def seal_passkey_slot(passkey: Passkey, prf_output: bytes, vault_key: bytes) -> bytes:
    params = [FORM, passkey.rp_id, passkey.credential, list(passkey.transports), passkey.salt]
    return seal_slot(passkey.slot_id, PASSKEY, params, _kek(prf_output), vault_key)


def open_passkey_slot(slot: bytes, prf_output: bytes) -> bytes | None:
    """-> the vault key; None: another authenticator's answer, or anything in the header was changed."""
    _slot_id, _sort, _params, hdr, ciphertext = slot_header(slot)
    try:
        return aead_open(_kek(prf_output), hdr, ciphertext)
    except EnlaceError:
        return None
