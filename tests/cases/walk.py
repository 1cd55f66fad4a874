"""Walks a case through its acts without a server: Ana holds the case for Honduras at Tegucigalpa, Bashir receives for
Mexico at Tapachula, Fernando is Guatemala's, Carmen is Ana's supervisor. Acts are judged and applied by the real rules."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cases.acts import judge
from cases.codes import new_code
from cases.kinds import kind
from cases.kinds.base import Standing, standing
from cases.kinds.state import Act, CaseState
from cases.projection import apply
from cases.world import KeyFacts, PostFacts, World
from client.b64 import b64u

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 9 in the morning in Tegucigalpa
TEGUCIGALPA = "8f0c9a52-6d5e-4c1f-9a55-1f8d4b4f0a01"
TAPACHULA = "8f0c9a52-6d5e-4c1f-9a55-1f8d4b4f0a02"
CIUDAD_HIDALGO = "8f0c9a52-6d5e-4c1f-9a55-1f8d4b4f0a03"
GUATEMALA = "8f0c9a52-6d5e-4c1f-9a55-1f8d4b4f0a04"
MANAGUA = "8f0c9a52-6d5e-4c1f-9a55-1f8d4b4f0a05"


def _id(text: str) -> str:
    return b64u(sha256(text.encode()).digest())


@dataclass(frozen=True)
class Someone:
    name: str
    authority: str

    @property
    def kid(self) -> str:
        return _id("key of " + self.name)

    @property
    def subject(self) -> str:
        return b64u(sha256(self.name.encode()).digest()[:16])


ANA, CARMEN = Someone("Ana", "HN"), Someone("Carmen", "HN")
BASHIR, INES = Someone("Bashir", "MX"), Someone("Ines", "MX")
FERNANDO = Someone("Fernando", "GT")
NOEMI = Someone("Noemi", "NI")


def open_by_day(at: datetime) -> bool:
    """8 to 17 in the posts' common time zone, UTC-6."""
    return 8 <= (at - timedelta(hours=6)).hour < 17


WORLD = World(
    authorities=frozenset(("HN", "MX", "GT", "NI", "x-iom")),
    posts={
        TEGUCIGALPA: PostFacts("HN", "America/Tegucigalpa", None, open_by_day),
        TAPACHULA: PostFacts("MX", "America/Mexico_City", None, open_by_day),
        CIUDAD_HIDALGO: PostFacts("MX", "America/Mexico_City", 45, open_by_day),
        GUATEMALA: PostFacts("GT", "America/Guatemala", None, open_by_day),
        MANAGUA: PostFacts("NI", "America/Managua", None, open_by_day),
    },
    keys={one.kid: KeyFacts(one.authority, one.subject) for one in (ANA, CARMEN, BASHIR, INES, FERNANDO, NOEMI)},
    members=frozenset(("HN",)),
)


def person(ref: str, age_band: str = "25-39", **more: Any) -> dict[str, Any]:
    return {"ref": ref, "sex": "f", "age_band": age_band, "citizenship": "HN", "flags": [], **more}


class Walk:
    """One case. `does` judges and applies an act, failing the test when it is refused; `refused` gives the sentences."""

    def __init__(self, kind_code: str) -> None:
        self.kind = kind(kind_code)
        self.state: CaseState | None = None
        self.acts: list[Act] = []
        self.now = START

    def act(self, who: Someone, name: str, data: dict[str, Any]) -> Act:
        n = len(self.acts) + 1
        said = {"act": name, "v": 1, **data}
        return Act(n, _id(f"event {n}"), name, said, who.authority, who.subject, who.kid, self.now)

    def refused(self, who: Someone, name: str, /, guest: bool = False, **data: Any) -> dict[str, str]:
        errors = judge(self.state, self.act(who, name, data), WORLD, guest)
        return {field: str(sentence) for field, sentence in errors.items()}

    def does(self, who: Someone, name: str, /, guest: bool = False, **data: Any) -> str:
        """The event id of the act, for answers to it."""
        errors = self.refused(who, name, guest=guest, **data)
        assert not errors, f"{who.name} {name} {data}: {errors}"
        act = self.act(who, name, data)
        self.state = apply(self.state, act)
        self.acts.append(act)
        self.now += timedelta(minutes=5)
        return act.event_id

    def opens(self, who: Someone = ANA, persons: list[dict[str, Any]] | None = None, **more: Any) -> str:
        said = {
            "kind": self.kind.code,
            "code": new_code(self.kind.prefix),
            "handling": "H0",
            "desk": TEGUCIGALPA,
            "persons": persons or [person("P1")],
            **more,
        }
        return self.does(who, "case.open", **said)

    def states(self, who: Someone, name: str, value: str, basis: str, persons: Any = "all", **extras: Any) -> str:
        data = {"name": name, "value": value, "basis": basis, "on": "2026-03-01", **extras}
        if self.kind.by_name[name].per_person:
            data["persons"] = persons
        return self.does(who, "fact", **data)

    def refers(self, post: str = TAPACHULA, to: str = "MX", purpose: str = "reception", who: Someone = ANA) -> str:
        due = (self.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%MZ")
        return self.does(who, "referral.propose", to=to, post=post, persons="all", purpose=purpose, due=due)

    def moment(self, **later: float) -> str:
        return (self.now + timedelta(**later)).strftime("%Y-%m-%dT%H:%MZ")

    @property
    def stands(self) -> Standing:
        assert self.state is not None
        return standing(self.kind, self.state)

    @property
    def stage(self) -> str:
        return self.stands.stage

    @property
    def asks(self) -> list[str]:
        return [str(one.sentence) for one in self.stands.missing]


def consents(walk: Walk, *purposes: str, persons: Any = "all", who: Someone = ANA) -> None:
    for purpose in purposes:
        walk.states(
            who, "consent", "given", "written", persons, purpose=purpose, recipients="both", language="es", guardian=False
        )


def until_referred(walk: Walk) -> str:
    """A trafficking case up to the referral that Mexico accepts; the event id of the referral."""
    walk.opens()
    walk.states(ANA, "screened", "safe", "interview")
    walk.states(ANA, "status", "actual", "act_means_purpose", decided_by="government")
    walk.states(ANA, "protection", "shelter", "assessment")
    walk.states(ANA, "reflection", "waived", "person_choice")
    consents(walk, "assistance", "sharing")
    referral = walk.refers()
    walk.does(BASHIR, "referral.accept", guest=True, reply_to=referral, officers=[BASHIR.kid])
    return referral


def until_planned(walk: Walk) -> None:
    """A trafficking case up to where the return may begin."""
    until_referred(walk)
    walk.states(ANA, "risk", "low", "interview", where="host")
    walk.states(BASHIR, "risk", "managed", "partner", where="destination")
    walk.states(ANA, "solution", "return", "person_choice")
    walk.states(BASHIR, "nationality", "confirmed", "registry")
    walk.states(BASHIR, "document", "issued", "passport")
    consents(walk, "return")
    walk.states(ANA, "proceedings", "none", "prosecutor")
    walk.states(BASHIR, "reception", "named", "shelter")
    walk.does(
        ANA,
        "plan",
        to="MX",
        post=TAPACHULA,
        persons="all",
        depart_at=walk.moment(days=2),
        arrive_at=walk.moment(days=2, hours=5),
        transport="plane",
    )


def until_manifest(walk: Walk, persons: int = 41) -> None:
    """A return by land of many, to Ciudad Hidalgo, whose manifest Mexico confirmed."""
    walk.opens(persons=[person(f"P{i}") for i in range(1, persons + 1)])
    walk.states(ANA, "rights", "told", "spoken", language="es")
    walk.states(ANA, "consular", "declined", "person_choice")
    walk.states(ANA, "screening", "clear", "interview")
    walk.states(ANA, "nationality", "confirmed", "document")
    referral = walk.refers(CIUDAD_HIDALGO)
    walk.does(BASHIR, "referral.accept", guest=True, reply_to=referral, officers=[BASHIR.kid])
    walk.does(ANA, "plan", **manifest(walk))
    walk.states(BASHIR, "reception", "confirmed", "hours_and_capacity")


def manifest(walk: Walk, **changes: Any) -> dict[str, Any]:
    """A plan that leaves in two days at 8 local time and arrives at 12."""
    leaves = (walk.now + timedelta(days=2)).replace(hour=14, minute=0)
    said = {
        "to": "MX",
        "post": CIUDAD_HIDALGO,
        "persons": "all",
        "depart_at": leaves.strftime("%Y-%m-%dT%H:%MZ"),
        "arrive_at": (leaves + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%MZ"),
        "transport": "bus",
        "vehicles": 1,
    }
    return said | changes
