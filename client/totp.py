"""The six digits of the second factor (RFC 6238)."""

import base64
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30
_used: dict[str, int] = {}  # secret -> the newest step whose code this process gave away


def code_at(secret: str, step: int) -> str:
    """`secret` base32 as a code app takes it; `step` counts 30 s since the epoch."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    totp = TOTP(key, 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303  RFC 6238 names SHA-1
    return totp.generate(step * STEP).decode()


def step_now() -> int:
    return int(time.time()) // STEP


def _next_step(secret: str) -> int:
    return max(step_now(), _used.get(secret, 0) + 1)


def seconds_until_fresh(secret: str) -> float:
    """How long `fresh_code` would wait."""
    return max(0.0, (_next_step(secret) - 1) * STEP - time.time())


def fresh_code(secret: str) -> str:
    """A code that this process did not use before. Hosts take the one of the next step as well; after that it waits."""
    step = _next_step(secret)
    time.sleep(seconds_until_fresh(secret))
    _used[secret] = step
    return code_at(secret, step)
