"""What the host keeps of keys: the public log, and vaults and slots that only their owner opens."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Leaf(models.Model):
    """One entry of the key log, verbatim. `index` counts from 0 without a hole; nothing is ever changed or removed."""

    index = models.PositiveBigIntegerField(primary_key=True)
    data = models.BinaryField()
    hash = models.BinaryField(max_length=32, default=bytes)
    kind = models.CharField(max_length=12, default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["index"]

    def __str__(self) -> str:
        return f"leaf {self.index}"


class Checkpoint(models.Model):
    """A signed head of the key log (C2SP note): what the host cannot take back. One for each size it ever had."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["size"]

    def __str__(self) -> str:
        return f"head of {self.size} leaves"


class Cosignature(models.Model):
    """A witness's word under one head (C2SP tlog-cosignature): that it saw no larger tree, and that this one only grew."""

    authority = models.ForeignKey("liaison.Authority", models.CASCADE, related_name="cosignatures")
    head = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    at = models.PositiveBigIntegerField()  # POSIX seconds, as signed
    line = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["authority", "head", "at"], name="cosignature_once")]

    def __str__(self) -> str:
        return f"{self.authority_id} under {self.head_id}"


class CertificateRequest(models.Model):
    """A key that waits for its focal point's word."""

    officer = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="request")
    data = models.BinaryField()
    kid = models.CharField(max_length=43)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"request of {self.officer_id}"


class Vault(models.Model):
    """Ciphertext. `counter` rises by one at each save, so that two browsers cannot overwrite each other."""

    officer = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="vault")
    data = models.BinaryField()
    counter = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"vault of {self.officer_id}"


class Slot(models.Model):
    """One sealed copy of a vault key: opened by the passphrase (type 1), the recovery code (2) or a security key (3). `name` is
    what its owner calls it, sealed too, in base64url."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="slots")
    slot_id = models.CharField(max_length=22)
    type = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=640, blank=True)
    data = models.BinaryField()
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["officer", "slot_id"], name="one_slot_of_an_id")]

    def __str__(self) -> str:
        return f"slot {self.slot_id}"
