"""How fast one officer may append by HTTP. The socket has its own limits (realtime/limits.py)."""

import threading
from collections import OrderedDict
from typing import Any

from realtime.limits import Bucket
from sealed.errors import EnlaceError

PER_SECOND = 30
BURST = 3000  # an import of 500 people, each a handful of events, goes through in one go
OFFICERS_KEPT = 5000

_guard = threading.Lock()
_buckets: OrderedDict[bytes, Bucket] = OrderedDict()


def charge(officer: Any, events: int) -> None:
    """Raises EnlaceError `too_fast` with retry_after in seconds. Counted in this process: it keeps one officer (or a stolen
    session) from filling the database, not from the last event that a second process would still have taken."""
    with _guard:
        who = bytes(officer.subject)
        bucket = _buckets.pop(who, None) or Bucket(PER_SECOND, BURST)
        _buckets[who] = bucket
        if len(_buckets) > OFFICERS_KEPT:
            _buckets.popitem(last=False)
        wait = max((bucket.take() for _ in range(events)), default=0.0)
    if wait:
        raise EnlaceError("too_fast", retry_after=max(1, round(wait)))
