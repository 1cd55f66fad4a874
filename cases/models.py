"""What is true about cases: Case, CaseAuthority, CasePost, CasePerson, CaseAct, Referral, Clock.

Every row but CaseAct is a projection of the acts (cases/projection.py, cases/rows.py) and is written nowhere else; CaseAct
is the clear act as its author signed it, at its place in the transcript. Names and stories are sealed records in the
channel: no column here could hold them."""

from django.conf import settings
from django.db import models


class Case(models.Model):
    """Where one case stands. The case is its channel: same key, same life."""

    channel = models.OneToOneField("messaging.Channel", on_delete=models.CASCADE, primary_key=True, related_name="case")
    code = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=32)
    stage = models.CharField(max_length=32)
    handling = models.CharField(max_length=2)
    authority = models.CharField(max_length=16)  # who opened it
    owner = models.CharField(max_length=16)  # who holds it now
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=32)
    persons = models.IntegerField()
    due_at = models.DateTimeField(null=True)  # of the next clock that rings
    due_clock = models.CharField(max_length=32)
    waiting_for = models.CharField(max_length=16)  # the authority whose turn it is, "" when closed
    waiting_reason = models.CharField(max_length=16)  # answer, signature, lift, receipt, step
    needs_signature = models.CharField(max_length=16)  # the authority whose second signature is awaited, or ""
    urgent = models.CharField(max_length=32)  # code of the alert that rings, or ""
    version = models.BigIntegerField()  # n of the newest act
    last_act = models.CharField(max_length=32)
    last_at = models.DateTimeField()
    sort_at = models.DateTimeField()  # urgent cases first, then by the next term; of closed ones the day they closed

    class Meta:
        indexes = [
            models.Index(fields=["sort_at", "code"], condition=models.Q(closed=None), name="case_board"),
            models.Index(fields=["-sort_at", "-code"], condition=~models.Q(closed=None), name="case_archive"),
            models.Index(fields=["kind", "stage"], condition=models.Q(closed=None), name="case_by_stage"),
        ]

    def __str__(self) -> str:
        return self.code


class CaseAuthority(models.Model):
    """One authority's part in a case: what it may see and what is expected of it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    authority = models.CharField(max_length=16)
    role = models.CharField(max_length=8)  # owner, partner, transit, former, invited
    since = models.DateTimeField()
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    waiting = models.CharField(max_length=16)  # what the case waits for from this authority, or ""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "authority"], name="part_once")]
        indexes = [
            models.Index(fields=["authority", "case"], name="part_board"),
            models.Index(fields=["authority", "waiting"], condition=~models.Q(waiting=""), name="part_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.authority} {self.role}"


class CasePost(models.Model):
    """A desk that works on the case: its officers see where the case stands."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="posts")
    post = models.ForeignKey("liaison.Post", on_delete=models.PROTECT, related_name="+")
    authority = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "post"], name="case_post_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.post_id}"


class CasePerson(models.Model):
    """A person by reference, with the coded facts that statistics and differential care need."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="people")
    number = models.IntegerField()  # of the reference: P7 is 7
    sex = models.CharField(max_length=8)
    age_band = models.CharField(max_length=8)
    citizenship = models.CharField(max_length=2)
    flags = models.JSONField()
    extras = models.JSONField()  # the kind's own coded fields
    state = models.CharField(max_length=12)  # present, held, departed, given, received, off

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="person_once")]

    def __str__(self) -> str:
        return f"{self.case_id} P{self.number}"


class CaseAct(models.Model):
    """A clear act as it was signed. `kid` and `subject` say who signed it, whatever becomes of the officer's account."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="acts")
    n = models.BigIntegerField()  # its place in the channel's transcript
    event_id = models.CharField(max_length=43)
    act = models.CharField(max_length=32)
    authority = models.CharField(max_length=16)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    subject = models.CharField(max_length=22)
    kid = models.CharField(max_length=43)
    at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "n"], name="act_place")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.n} {self.act}"


class Referral(models.Model):
    """A request to another authority's desk, and its answer."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="referrals")
    event_id = models.CharField(max_length=43)
    sender = models.CharField(max_length=16)
    to = models.CharField(max_length=16)
    post = models.ForeignKey("liaison.Post", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=32)
    persons = models.IntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10)  # proposed, accepted, declined, revoked
    reason = models.CharField(max_length=32)
    answered = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "event_id"], name="referral_once")]
        indexes = [models.Index(fields=["to", "state"], name="referral_open")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.to} {self.state}"


class Clock(models.Model):
    """A term that has started; `due_at` is null once it was met."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    name = models.CharField(max_length=32)
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8)  # running, stopped

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="clock_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name} {self.state}"
