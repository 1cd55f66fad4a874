"""A case inside the test server: its channel is written with real keys, its acts go through the real door."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cases.codes import new_code
from cases.kinds import kind
from liaison.models import Appointment, Post
from liaison.names import b64u
from sealed import events
from tests.messaging.network import Network, Person, Room, sent

Desk = Any  # a liaison Post
GUEST_T0 = {"seen_n": 0}


def promote(person: Person, role: str) -> Person:
    person.officer.role = role
    person.officer.save()
    return person


def desk(name: str, *serving: Person) -> Desk:
    post = Post.objects.create(
        authority_id=serving[0].authority,
        name=name,
        kind="desk",
        tz="America/Tegucigalpa",
        hours={day: [["00:00", "23:59"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    )
    for person in serving:
        Appointment.objects.create(
            officer=person.officer, post=post, network="trafficking", function="liaison", start=date(2020, 1, 1)
        )
    return post


def soon(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).strftime("%Y-%m-%dT%H:%MZ")


def person(ref: str, **more: Any) -> dict[str, Any]:
    return {"ref": ref, "sex": "f", "age_band": "25-39", "citizenship": "HN", "flags": [], **more}


@dataclass
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def fields(self) -> dict[str, str]:
        return self.body["error"]["fields"]

    @property
    def code(self) -> str:
        return self.body["error"]["code"]


class CaseRoom(Room):
    """A case as an honest client sees it."""

    def __init__(self, network: Network, at: Desk, kind_code: str = "trafficking") -> None:
        super().__init__(network)
        self.desk, self.kind = at, kind_code
        self.code = new_code(kind(kind_code).prefix)

    def opening(self, persons: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "code": self.code,
            "handling": "H0",
            "desk": str(self.desk.pk),
            "persons": persons or [person("P1")],
        }

    def open(self, founder: Person, persons: list[dict[str, Any]] | None = None, **members: Any) -> "CaseRoom":
        answer = self.try_open(founder, persons, **members)
        assert answer.status == 201, answer.body
        assert answer.body["code"] == self.code
        return self

    def try_open(self, founder: Person, persons: list[dict[str, Any]] | None = None, **how: Any) -> Answer:
        wire, grants = self.genesis(founder, how.get("members"), kind="case")
        self.take(wire)
        opening = self.opening(persons) | how.get("said", {})
        act = self.clear(founder, events.ACT, body("case.open", opening))
        self.take(act)
        record = self.seal(founder, ["rec", "case", [["title", "Caso de prueba"]]], events.RECORD)
        self.take(record)
        answer = founder.post("/api/cases", sent([wire, act, record], grants))
        return Answer(answer.status_code, answer.json())

    def act(self, who: Person, name: str, /, **data: Any) -> Answer:
        """Try one act; the room's own replay takes it when the server did."""
        wire = self.clear(who, events.ACT, body(name, data))
        answer = self.send(who, wire)
        if answer.status_code == 200:
            self.take(wire)
            self.last = b64u(events.parse(wire).event_id)
        return Answer(answer.status_code, answer.json())

    def does(self, who: Person, name: str, /, **data: Any) -> str:
        """An act that must succeed; its event id."""
        answer = self.act(who, name, **data)
        assert answer.status == 200, answer.body
        return self.last

    def states(self, who: Person, name: str, value: str, basis: str, **extras: Any) -> str:
        said = {"name": name, "value": value, "basis": basis, "on": date.today().isoformat(), "persons": "all"}
        return self.does(who, "fact", **said | extras)

    def consents(self, who: Person, *purposes: str) -> None:
        for purpose in purposes:
            extras = {"purpose": purpose, "recipients": "both", "language": "es", "guardian": False}
            self.states(who, "consent", "given", "written", **extras)

    def refers(self, who: Person, to: Desk, purpose: str = "reception") -> str:
        said = {"to": to.authority_id, "post": str(to.pk), "persons": "all", "purpose": purpose, "due": soon(days=2)}
        return self.does(who, "referral.propose", **said)

    def answers(self, who: Person, name: str, /, **data: Any) -> Answer:
        """An act by somebody who is no member: signed for T_0 and the current epoch."""
        wire = self.clear(who, events.ACT, body(name, data), seen_n=0, t_seen=self.state.ts[0])
        answer = self.send(who, wire)
        if answer.status_code == 200:
            self.take(wire)
            self.last = b64u(events.parse(wire).event_id)
        return Answer(answer.status_code, answer.json())

    def accepted_by(self, who: Person, referral: str) -> None:
        answer = self.answers(who, "referral.accept", reply_to=referral, officers=[b64u(who.kid)])
        assert answer.status == 200, answer.body

    def brings_in(self, who: Person, newcomer: Person, role: str = "w") -> Answer:
        """Add somebody without history: a new epoch for everybody."""
        members = [*self.people.values(), newcomer]
        wire, grants = self.control(who, [["add", newcomer.kid, role]], members=members)
        answer = self.send(who, wire, grants=grants)
        if answer.status_code == 200:
            self.take(wire)
            self.people[newcomer.kid] = newcomer
        return Answer(answer.status_code, answer.json())

    def seen_by(self, who: Person) -> dict[str, Any]:
        answer = who.get(f"/api/cases/{self.code}")
        assert answer.status_code == 200, answer.content
        return answer.json()


def body(name: str, data: dict[str, Any]) -> bytes:
    return json.dumps({"act": name, "v": 1, **data}, separators=(",", ":")).encode()
