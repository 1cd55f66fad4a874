"""One table of named limits. Counted per account and per source apart, never as a global lock: nobody may be locked out of
the network by somebody else's guessing.

Each try is written down before it is judged (`take`): sixty guesses sent at once count as sixty, not each as the first."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from liaison.models import ThrottleHit
from sealed.errors import EnlaceError


@dataclass(frozen=True)
class Limit:
    times: int
    within: timedelta


LIMITS = {
    "password_account": Limit(10, timedelta(minutes=15)),
    "password_source": Limit(60, timedelta(minutes=15)),
    "otp_account": Limit(8, timedelta(minutes=10)),
    "recovery_account": Limit(5, timedelta(hours=1)),
    "join_source": Limit(30, timedelta(hours=1)),
    "keylog_officer": Limit(60, timedelta(hours=1)),
    "invite_officer": Limit(60, timedelta(hours=1)),
    "file_officer": Limit(200, timedelta(hours=1)),
    "vault_officer": Limit(240, timedelta(hours=1)),
}
# Failures only are counted for passwords and codes: an officer who signs in twenty times a day is not an attack.


def take(name: str, who: str) -> ThrottleHit:
    """Notes one try. Raises EnlaceError `too_many_tries` with retry_after in seconds when the limit is used up; such a try is
    not kept, so that asking again does not prolong the wait. A try that went well is given back by deleting it."""
    limit, now = LIMITS[name], timezone.now()
    hits = ThrottleHit.objects.filter(limit=name, who=who)
    hits.filter(at__lt=now - limit.within).delete()
    hit = ThrottleHit.objects.create(limit=name, who=who, at=now)
    if hits.count() > limit.times * settings.ENLACE_THROTTLE_SCALE:
        hit.delete()
        oldest = hits.order_by("at").values_list("at", flat=True).first()
        wait = (oldest + limit.within - now).total_seconds() if oldest else 60
        raise EnlaceError("too_many_tries", retry_after=max(1, int(wait)))
    return hit


def clear(name: str, who: str) -> None:
    ThrottleHit.objects.filter(limit=name, who=who).delete()
