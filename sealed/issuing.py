"""The one secret a host has: the key of its own log, which opens nothing (docs/adr/0014). Signs heads of the key log and no more;
officers' and witnesses' keys are in the opening half, which no server imports."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sealed.checkpoint import LOG, signature_line, text_of


def log_public(seed: bytes) -> bytes:
    """-> the Ed25519 public key (32 bytes) of a log whose secret is this seed (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign_checkpoint(origin: str, size: int, root: bytes, seed: bytes) -> str:
    """-> the note: that the log `origin` had this root when it held `size` leaves."""
    text, key = text_of(origin, size, root), Ed25519PrivateKey.from_private_bytes(seed)
    return f"{text}\n{signature_line(origin, LOG, log_public(seed), key.sign(text.encode()))}"
