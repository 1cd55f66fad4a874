"""Suite 1, the half without secrets: hashes, and signatures that are checked. Only suite.py and open_suite.py name algorithms."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEM_ID = 0x647A
KEM_PUBLIC_BYTES = 1216
SIGNATURE = "Ed25519"
SIG_PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def hkdf(key: bytes, info: str | bytes, length: int = 32, salt: bytes = b"") -> bytes:
    """HKDF-SHA256 (RFC 5869)."""
    label = info.encode() if isinstance(info, str) else info
    return HKDF(hashes.SHA256(), length, salt or None, label).derive(key)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519, strict (RFC 8032); False for any malformed key or signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
