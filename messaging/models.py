"""What is true about channels: Channel, Member, Event, Grant, Receipt.

The events are the record; every other row is a projection of them that lets the server order, route and refuse without
opening anything (protocol.md 8). Hashes and wires are stored as the bytes that were signed, never re-encoded."""

from django.conf import settings
from django.db import models
from django.db.models import Q

KIND_POST, KIND_EDIT, KIND_REDACT, KIND_REACTION, KIND_RECORD, KIND_FILE = range(1, 7)
KIND_CONTROL, KIND_ACT = 16, 17
SEALED_KINDS = frozenset(range(1, 7))  # the server sees a padded ciphertext
AMENDING_KINDS = (KIND_EDIT, KIND_REDACT, KIND_REACTION)  # they change a message and are no message
CLEAR_KINDS = frozenset((KIND_CONTROL, KIND_ACT))  # the body is readable, so it can be refused with reasons


class Channel(models.Model):
    """One conversation or case. The id is the hash of its genesis, so nobody can make two channels with one id.

    `head_n` counts the events (the next event gets n = head_n) and `head_t` is T after the last of them."""

    id = models.CharField(primary_key=True, max_length=43)
    kind = models.CharField(max_length=10)  # network, corridor, case, direct: from the signed policy
    head_n = models.BigIntegerField(default=0)
    head_t = models.BinaryField(max_length=32)
    epoch = models.IntegerField(default=0)
    control_n = models.BigIntegerField(default=0)  # n of the newest control event
    rekey_pending = models.BooleanField(default=False)
    log_size = models.IntegerField(default=0)  # key log size the newest control event was judged by
    created = models.DateTimeField()
    last_at = models.DateTimeField()
    size = models.IntegerField(default=0)  # members now

    class Meta:
        indexes = [models.Index(fields=["-last_at"], name="channel_by_activity")]

    def __str__(self) -> str:
        return self.id


class Member(models.Model):
    """A key's stay in a channel, projected from the control events. `left_n` is null while it lasts."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="members", db_index=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    kid = models.BinaryField(max_length=32)
    authority_code = models.CharField(max_length=16)
    role = models.CharField(max_length=1)
    joined_n = models.BigIntegerField()
    left_n = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "kid"], condition=Q(left_n=None), name="member_once"),
        ]
        indexes = [
            models.Index(fields=["officer", "left_n"], name="member_by_officer"),
            models.Index(fields=["channel", "left_n"], name="member_by_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.role}"


class Event(models.Model):
    """One signed wire at its place. `t` is the transcript hash after it (T of n + 1)."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="events", db_index=False)
    n = models.BigIntegerField()
    event_id = models.BinaryField(max_length=32)
    kind = models.SmallIntegerField()
    sender_kid = models.BinaryField(max_length=32)
    client_id = models.BinaryField(max_length=8)
    client_seq = models.BigIntegerField()
    epoch = models.IntegerField()
    wire = models.BinaryField()
    t = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "n"], name="event_place"),
            models.UniqueConstraint(fields=["channel", "sender_kid", "client_id", "client_seq"], name="event_sent_once"),
        ]
        indexes = [
            models.Index(fields=["channel", "kind", "n"], condition=Q(kind__gte=KIND_CONTROL), name="event_clear"),
            models.Index(fields=["channel", "n"], condition=Q(kind__in=AMENDING_KINDS), name="event_amending"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.n}"


class Grant(models.Model):
    """Epoch secrets sealed to one member (protocol.md 8.4). Its hash stands in the control event at `n`."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="grants", db_index=False)
    n = models.BigIntegerField()
    granter_kid = models.BinaryField(max_length=32)
    rcpt_kid = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    blob = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "rcpt_kid", "n", "digest"], name="grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.n}"


class Receipt(models.Model):
    """The newest signed "I have read n events, and their hash is T" of one key."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    kid = models.BinaryField(max_length=32)
    n = models.BigIntegerField()
    data = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "kid"], name="receipt_per_key")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.n}"


class Attachment(models.Model):
    """The ciphertext of a file on its way or shared (protocol.md 5.5): its key stands in a sealed message, here are only sizes.

    `shared_at` is null until an event was committed that its sender says refers to it; what stays null is swept."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="attachments", db_index=False)
    file_id = models.BinaryField(max_length=16)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    size = models.BigIntegerField()  # bytes of ciphertext
    at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "file_id"], name="attachment_once")]
        indexes = [models.Index(fields=["at"], condition=Q(shared_at=None), name="attachment_on_its_way")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.size}"


class Part(models.Model):
    """One MiB of an attachment (the last is shorter), stored under `name`."""

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="parts", db_index=False)
    index = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attachment", "index"], name="attachment_part_once")]

    def __str__(self) -> str:
        return self.name
