"""Token buckets: how fast one socket may ask.

They live as long as the socket; limits that must outlive it are liaison's."""

import time

from django.conf import settings


class Bucket:
    """Holds up to `burst` tokens, refilled by `rate` a second (both times ENLACE_THROTTLE_SCALE)."""

    __slots__ = ("burst", "filled", "rate", "tokens")

    def __init__(self, rate: float, burst: float) -> None:
        scale = getattr(settings, "ENLACE_THROTTLE_SCALE", 1)
        self.rate, self.burst = rate * scale, burst * scale
        self.tokens, self.filled = self.burst, time.monotonic()

    def take(self) -> float:
        """-> 0 and one token less, or the seconds until there is one."""
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.filled) * self.rate)
        self.filled = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.rate
