"""What the acts of one case amount to: values folded act by act by cases/projection.py, read by gates and clocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

OWNER, PARTNER, TRANSIT, FORMER, INVITED = "owner", "partner", "transit", "former", "invited"
TAKING_PART = frozenset((OWNER, PARTNER, TRANSIT))
CHILD_BANDS = frozenset(("0-5", "6-11", "12-14", "15-17"))


@dataclass(frozen=True)
class Act:
    """One step as it stands in the transcript. `event_id` and `kid` are b64u of 32 bytes, `subject` of 16."""

    n: int
    event_id: str
    name: str
    data: Mapping[str, Any]
    authority: str
    subject: str
    kid: str
    at: datetime


@dataclass(frozen=True)
class FactNow:
    """A fact as last stated: the decision, its coded basis, and who decided when."""

    value: str
    basis: str
    on: str
    authority: str
    n: int
    extras: Mapping[str, Any]


@dataclass(frozen=True)
class Person:
    ref: str
    sex: str
    age_band: str
    citizenship: str
    flags: tuple[str, ...]
    extras: Mapping[str, Any]
    facts: Mapping[tuple[str, ...], FactNow] = field(default_factory=dict)
    off: str = ""  # the reason why this person no longer counts in the case
    departed: bool = False
    given_to: str = ""  # the authority this person was handed to
    received: bool = False

    @property
    def child(self) -> bool:
        return self.age_band in CHILD_BANDS

    def fact(self, *key: str) -> FactNow | None:
        """The newest fact under ("screened",) or, for facts with keys, ("consent", "return")."""
        return self.facts.get(key)

    def says(self, *key: str) -> str:
        """The value of that fact, "" while nobody stated it."""
        fact = self.facts.get(key)
        return fact.value if fact else ""


@dataclass(frozen=True)
class Part:
    """An authority's part in the case."""

    code: str
    role: str
    since: datetime
    posts: tuple[str, ...] = ()
    assignee: str = ""  # kid


@dataclass(frozen=True)
class Referral:
    event_id: str
    sender: str
    to: str
    post: str
    persons: tuple[str, ...]
    purpose: str
    due: datetime
    state: str = "proposed"  # accepted, declined, revoked
    officers: tuple[str, ...] = ()
    reason: str = ""
    answered: datetime | None = None


@dataclass(frozen=True)
class Withholding:
    """Persons that one authority must not learn of. Lifted only by a second officer of the authority that asked."""

    event_id: str
    by: str
    source: str  # the authority it is withheld from
    persons: tuple[str, ...]
    reason: str
    lift_event: str = ""
    lift_subject: str = ""
    lifted: bool = False


@dataclass(frozen=True)
class Plan:
    n: int
    by: str
    to: str
    post: str
    persons: tuple[str, ...]
    depart: datetime
    arrive: datetime
    legs: tuple[Mapping[str, Any], ...]
    exceptions: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    n: int
    place: str  # departure, transit, arrival
    post: str
    persons: int
    authority: str
    at: datetime


@dataclass(frozen=True)
class Closing:
    event_id: str
    by: str
    subject: str
    outcome: str
    at: datetime


@dataclass(frozen=True)
class CaseState:
    kind: str
    code: str
    handling: str
    desk: str
    opener: str
    opened: datetime
    n: int = 0  # of the newest act
    persons: Mapping[str, Person] = field(default_factory=dict)
    facts: Mapping[tuple[str, ...], FactNow] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)
    referrals: Mapping[str, Referral] = field(default_factory=dict)
    withheld: Mapping[str, Withholding] = field(default_factory=dict)
    plan: Plan | None = None
    counts: tuple[Count, ...] = ()
    given_at: datetime | None = None
    dues: Mapping[str, datetime] = field(default_factory=dict)
    closing: Closing | None = None
    closed: datetime | None = None
    outcome: str = ""

    @property
    def owner(self) -> str:
        return next(part.code for part in self.parts.values() if part.role == OWNER)

    @property
    def receiver(self) -> str:
        """The authority that is to receive the persons: of the plan, else of an accepted referral, else the owner."""
        if self.plan is not None and self.role(self.plan.to) in TAKING_PART:
            return self.plan.to
        accepted = [r for r in self.referrals.values() if r.state == "accepted" and self.role(r.to) == PARTNER]
        return accepted[-1].to if accepted else self.owner

    def role(self, authority: str) -> str:
        part = self.parts.get(authority)
        return part.role if part else ""

    def taking_part(self) -> tuple[str, ...]:
        return tuple(part.code for part in self.parts.values() if part.role in TAKING_PART)

    def present(self) -> tuple[Person, ...]:
        """The persons that count in the case."""
        return tuple(person for person in self.persons.values() if not person.off)

    def open_referrals(self) -> tuple[Referral, ...]:
        return tuple(referral for referral in self.referrals.values() if referral.state == "proposed")

    def withheld_from(self) -> dict[str, tuple[str, ...]]:
        """{authority: persons it must not learn of}."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.withheld.values():
            if not one.lifted:
                found[one.source] = found.get(one.source, ()) + one.persons
        return found

    def with_persons(self, refs: Iterable[str], **changes: Any) -> "CaseState":
        return replace(self, persons={**self.persons, **{ref: replace(self.persons[ref], **changes) for ref in refs}})

    def with_part(self, part: Part) -> "CaseState":
        return replace(self, parts={**self.parts, part.code: part})

    def without_part(self, authority: str) -> "CaseState":
        return replace(self, parts={code: part for code, part in self.parts.items() if code != authority})
