"""A witness's word under a head of the key log (docs/protocol.md 4.1). Its secret passes through here."""

from sealed.checkpoint import WITNESS, Checkpoint, cosigned_message, signature_line
from sealed.open_suite import sign, sign_public


def cosign(checkpoint: Checkpoint, name: str, seed: bytes, at: int) -> str:
    """-> the signature line of tlog-cosignature v1, at POSIX second `at`: "I saw no larger tree, and this one only grew"."""
    signature = sign(seed, cosigned_message(checkpoint.text, at))
    return signature_line(name, WITNESS, sign_public(seed), at.to_bytes(8, "big") + signature)
