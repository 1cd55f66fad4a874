"""The six digits of the second factor (RFC 6238)."""

import base64
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30


def code_at(secret: str, step: int) -> str:
    """`secret` base32 as a code app takes it; `step` counts 30 s since the epoch."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    totp = TOTP(key, 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303  RFC 6238 names SHA-1
    return totp.generate(step * STEP).decode()


def step_now() -> int:
    return int(time.time()) // STEP
