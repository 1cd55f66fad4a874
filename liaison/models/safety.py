"""Sessions, recovery codes, limits, audit."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class LoginSession(models.Model):
    """Where an officer is signed in. `session_key` is the cookie's; `verified` once the second factor was given."""

    session_key = models.CharField(max_length=40, unique=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    public_id = models.UUIDField(unique=True)
    device = models.CharField(max_length=60, blank=True)  # a coarse hint such as "Firefox, Linux": to recognise, not to track
    verified = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"session of {self.officer_id}"


class RecoveryCode(models.Model):
    """Stands in once for the six digits of a lost phone; only its hash is kept."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["officer", "code_hash"], name="one_recovery_code")]

    def __str__(self) -> str:
        return f"recovery code of {self.officer_id}"


class ThrottleHit(models.Model):
    """One use of a limited act (liaison/throttle.py). In the database, so that limits survive a restart."""

    limit = models.CharField(max_length=40)
    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["limit", "who", "at"])]

    def __str__(self) -> str:
        return self.limit


class AuditEntry(models.Model):
    """Who did what, never what it said. Each entry holds the hash of the one before; the database refuses to change them."""

    n = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64, blank=True)
    authority = models.CharField(max_length=16, blank=True)
    verb = models.CharField(max_length=60)
    object = models.CharField(max_length=160, blank=True)
    detail = models.CharField(max_length=160, blank=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "-n"]), models.Index(fields=["object", "-n"])]

    def __str__(self) -> str:
        return f"{self.n} {self.verb}"
