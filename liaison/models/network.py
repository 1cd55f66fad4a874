"""Who belongs to the network, and where they serve."""

import secrets
import uuid
from datetime import datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sealed import certs

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Authority(models.Model):
    """A country ("HN") or an international organization admitted to the network ("x-iom"): each has its own root key."""

    code = models.CharField(primary_key=True, max_length=16)
    kind = models.CharField(max_length=16, default="country")  # country | organization
    membership = models.CharField(max_length=24, default="member")  # member | observer_country | observer_org
    name_es = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return str(getattr(self, f"name_{(get_language() or 'es')[:2]}", self.name_es)) or self.code


class Organization(models.Model):
    """A civil-society organization, vouched for by the authority that accredits it; its officers are guests."""

    name = models.CharField(max_length=160)
    accredited_by = models.ForeignKey(Authority, models.PROTECT, related_name="organizations")

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A desk, border post, consulate or shelter. `hours` {"mon": [["08:00", "17:00"], ...], ...} in its own time zone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="posts")
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=16, default="desk")  # desk | border | consulate | shelter
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2)
    tz = models.CharField(max_length=64, default="America/Tegucigalpa")
    hours = models.JSONField(default=dict)
    capacity = models.PositiveIntegerField(null=True)
    networks = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["authority_id", "name"]

    def __str__(self) -> str:
        return self.name

    def is_open(self, at: datetime) -> bool:
        """Whether the post works at this moment. A range that ends at or before its start runs past midnight."""
        local = at.astimezone(ZoneInfo(self.tz))
        today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
        now = local.time()
        for opens, closes in self._ranges(today):
            if opens <= now and (now < closes or closes <= opens):
                return True
        return any(closes <= opens and now < closes for opens, closes in self._ranges(yesterday))

    def _ranges(self, day: str) -> list[tuple[time, time]]:
        return [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in self.hours.get(day, [])]


class OfficerManager(BaseUserManager["Officer"]):
    def create_officer(self, username: str, password: str | None, **fields: Any) -> "Officer":
        officer = self.model(username=self.model.normalize_username(username), **fields)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer


def new_subject() -> bytes:
    return secrets.token_bytes(16)


class Officer(AbstractBaseUser):
    """A person (or bot) of one authority. `subject` names the person in certificates; `kid` is the key in use, once vouched."""

    ROLES: ClassVar = {
        "officer": _("Officer"),
        "supervisor": _("Supervisor"),
        "focal": _("Focal point"),
        "secretariat": _("Secretariat"),
        "bot": _("National system"),
    }

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="officers", null=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="officers", null=True)
    role = models.CharField(max_length=16, default="officer")
    languages = models.JSONField(default=list)
    language = models.CharField(max_length=8, default="es")
    subject = models.BinaryField(max_length=16, unique=True, default=new_subject)
    kid = models.CharField(max_length=43, null=True, unique=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = OfficerManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.username

    @property
    def role_name(self) -> str:
        return str(self.ROLES.get(self.role, self.role))

    @property
    def role_number(self) -> int | None:
        """As certificates say it (docs/protocol.md 4); None for who has no key: the secretariat."""
        return certs.ROLES.get(self.role)

    @property
    def authority_name(self) -> str:
        return self.authority.name if self.authority else str(_("Technical secretariat"))

    @property
    def vouches(self) -> bool:
        return self.role == "focal"

    @property
    def subject_bytes(self) -> bytes:
        return bytes(self.subject)


class Appointment(models.Model):
    """An officer serves a post, in a network and a contact function, for a time."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="appointments")
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    network = models.CharField(max_length=16, default="consular")  # consular | trafficking
    function = models.CharField(max_length=24, default="information")  # notification | receiving | information | delivering
    start = models.DateField(default=timezone.localdate)
    end = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["post", "end"]), models.Index(fields=["officer", "end"])]

    def __str__(self) -> str:
        return f"{self.officer_id}@{self.post_id}"


class Invitation(models.Model):
    """A single-use way in, at most 24 hours old. Only the hash of its token is kept: who reads the table cannot join."""

    token_hash = models.CharField(max_length=64, unique=True)
    officer = models.OneToOneField(Officer, models.CASCADE, related_name="invitation")
    made_by = models.ForeignKey(Officer, models.SET_NULL, null=True, related_name="invitations_made")
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation of {self.officer_id}"
