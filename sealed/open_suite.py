"""Suite 1, the half that holds secrets: signing, HPKE with X-Wing, Argon2id, Cobblestone-256, randomness."""

import hashlib
import secrets

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from sealed.errors import EnlaceError
from sealed.suite import KEM_PUBLIC_BYTES

HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
MLKEM_PUBLIC_BYTES = 1184
LABEL, SEALED_CHUNK = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00", 16 * 1024 + 16
MOST_MEMORY, LEAST_MEMORY, MOST_PASSES, LEAST_PASSES = 1_048_576, 19_456, 10, 2


def random_bytes(n: int) -> bytes:
    return secrets.token_bytes(n)


def sign_public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def _kem_parts(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """X-Wing expands its 32-byte seed with SHAKE256: 64 bytes of ML-KEM seed, 32 of X25519."""
    wide = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(wide[:64]), X25519PrivateKey.from_private_bytes(wide[64:])


def kem_public(seed: bytes) -> bytes:
    """-> the 1216-byte X-Wing public key of a 32-byte seed."""
    mlkem, x25519 = _kem_parts(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def hpke_seal(kem_pub: bytes, info: bytes, plaintext: bytes) -> bytes:
    """-> enc || ciphertext, base mode; all context is in `info`."""
    if len(kem_pub) != KEM_PUBLIC_BYTES:
        raise EnlaceError("bad_leaf", "size of a KEM key")
    public = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(kem_pub[:MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(kem_pub[MLKEM_PUBLIC_BYTES:]),
    )
    return HPKE.encrypt(plaintext, public, info=info)


def hpke_open(kem_seed: bytes, info: bytes, sealed: bytes) -> bytes:
    """Raises EnlaceError `bad_grant` for whatever reason it does not open."""
    try:
        return HPKE.decrypt(sealed, MLKEM768X25519PrivateKey(*_kem_parts(kem_seed)), info=info)
    except Exception:  # the library has several; one answer for all of them gives no oracle
        raise EnlaceError("bad_grant") from None


def argon2id(secret: bytes, salt: bytes, memory: int, passes: int, lanes: int, length: int = 32) -> bytes:
    """RFC 9106. Refuses stored parameters that are weak (a host that lowers them) or exhausting: `bad_slot`."""
    safe = LEAST_MEMORY <= memory <= MOST_MEMORY and LEAST_PASSES <= passes <= MOST_PASSES and lanes == 1
    if not safe or len(salt) != 16:
        raise EnlaceError("bad_slot")
    return Argon2id(salt=salt, length=length, iterations=passes, lanes=lanes, memory_cost=memory).derive(secret)


def aead_seal(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    box = Cobblestone256Encryptor(key, context)
    return box.update(plaintext) + box.finalize()


def disclosed_key(key: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """-> 44 bytes that open this one ciphertext and no other: AES-256 key and first nonce, as Cobblestone-256 derives them (C2SP
    chunked-encryption; HKDF-Expand is one-way, so `key` stays unknown to whoever gets them)."""
    info = LABEL + ciphertext[:24] + context
    return HKDFExpand(algorithm=SHA512(), length=76, info=info).derive(key)[:44]


def open_disclosed(disclosed: bytes, ciphertext: bytes) -> bytes:
    """With such a key alone. Raises EnlaceError `cannot_open`."""
    cipher, base, body = AESGCM(disclosed[:32]), int.from_bytes(disclosed[32:], "big"), ciphertext[56:]
    try:
        chunks = range(len(body) // SEALED_CHUNK + 1)
        return b"".join(
            cipher.decrypt((base ^ at).to_bytes(12, "big"), body[at * SEALED_CHUNK : (at + 1) * SEALED_CHUNK], None)
            for at in chunks
        )
    except (InvalidTag, ValueError):
        raise EnlaceError("cannot_open") from None


def file_sealer(key: bytes, context: bytes) -> Cobblestone256Encryptor:
    """The same piece by piece: `update`, then `finalize`."""
    return Cobblestone256Encryptor(key, context)


def file_opener(key: bytes, context: bytes) -> Cobblestone256Decryptor:
    """What `update` gives is authenticated chunk by chunk; only `finalize` tells that nothing is missing at the end."""
    return Cobblestone256Decryptor(key, context)


def aead_open(key: bytes, context: bytes, ciphertext: bytes, code: str = "cannot_open") -> bytes:
    try:
        box = Cobblestone256Decryptor(key, context)
        return box.update(ciphertext) + box.finalize()
    except (InvalidTag, ValueError):
        raise EnlaceError(code) from None
