"""A case as one officer works it: acts that the host judges, sealed records beside them, other desks brought in.

case = Case.open(ana.enlace, "trafficking", desk, [person("P1", sex="f")], {"P1": {"name": "María López"}})
case.fact("screened", "safe", "interview")
referral = case.refer("MX", tapachula, "reception")
bashir.enlace.answer_referral(case.code, referral, accept=True)
case.bring_in()
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from client.b64 import b64u, unb64u
from client.codes import new_code
from client.enlace import Enlace
from client.rooms import Fields, Room
from sealed.errors import EnlaceError
from sealed.events import ACT

Sealed = Mapping[str, Mapping[str, Any]]  # {"P1" or "case": {field: value}}
Step = tuple[str, dict[str, Any]]  # (act, its fields)
DRAWS = 4


def moment(at: datetime) -> str:
    """A time as acts carry it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def later(**spans: float) -> str:
    return moment(datetime.now(UTC) + timedelta(**spans))


def person(
    ref: str, *, sex: str = "unknown", age_band: str = "unknown", citizenship: str = "XX", flags: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """The coded half of a person, as case.open and person.add take it."""
    return {"ref": ref, "sex": sex, "age_band": age_band, "citizenship": citizenship, "flags": list(flags), **more}


def fact(name: str, value: str, basis: str, *, persons: Any = None, on: str = "", **extras: Any) -> Step:
    """`persons` "all", a list of refs, or None for facts of the whole case. `on` a day, today by default."""
    fields = {"name": name, "value": value, "basis": basis, "on": on or datetime.now(UTC).date().isoformat(), **extras}
    return "fact", fields if persons is None else fields | {"persons": persons}


class Case:
    def __init__(self, enlace: Enlace, code: str, room: Room) -> None:
        self.enlace, self.code, self.room = enlace, code, room

    @classmethod
    def open(
        cls,
        enlace: Enlace,
        kind: str,
        desk: str,
        persons: Sequence[dict[str, Any]],
        sealed: Sealed | None = None,
        *,
        handling: str = "H0",
        members: Mapping[bytes, str] | None = None,
    ) -> "Case":
        """`desk` a post of the own authority; `members` {kid: role} colleagues who read the case from the start. Raises
        `act_refused` with a sentence for each field."""
        records = [(ref, list(fields.items())) for ref, fields in (sealed or {}).items()]
        return cls.open_with(enlace, kind, desk, persons, records, handling=handling, members=members)

    @classmethod
    def open_with(
        cls,
        enlace: Enlace,
        kind: str,
        desk: str,
        persons: Sequence[dict[str, Any]],
        records: Sequence[tuple[str, Fields]],
        *,
        handling: str = "H0",
        members: Mapping[bytes, str] | None = None,
    ) -> "Case":
        """The same with sealed records as they are written: [(ref, [(field, value)])]."""
        for attempt in range(DRAWS):
            code = new_code(kind)
            opening = {"kind": kind, "code": code, "handling": handling, "desk": desk, "persons": list(persons)}
            try:
                return cls(enlace, code, enlace.open_case(opening, records, dict(members or {})))
            except EnlaceError as error:
                if error.code != "code_taken" or attempt == DRAWS - 1:
                    raise
        raise EnlaceError("code_taken")

    @classmethod
    def at(cls, enlace: Enlace, code: str) -> "Case":
        """The case as a member reads it: verified and opened."""
        return cls(enlace, code, enlace.room(enlace.case(code)["case"]["channel"]))

    def view(self) -> dict[str, Any]:
        """What the host says of it: row, persons, timeline, referrals, clocks, gates."""
        return self.enlace.case(self.code)

    @property
    def stage(self) -> str:
        return str(self.view()["case"]["stage"])

    def act(self, name: str, sealed: Sealed | None = None, **fields: Any) -> str:
        """One step, with sealed records beside it. -> its event id."""
        return self.steps([(name, fields)], sealed)[0]

    def steps(self, steps: Sequence[Step], sealed: Sealed | None = None) -> list[str]:
        """Several steps at once, all or nothing. -> their event ids."""
        return self.room.acts(steps, [(ref, list(fields.items())) for ref, fields in (sealed or {}).items()])

    def fact(self, name: str, value: str, basis: str, *, persons: Any = "all", **extras: Any) -> str:
        return self.steps([fact(name, value, basis, persons=persons, **extras)])[0]

    def refer(self, to: str, post: str, purpose: str, *, persons: Any = "all", due: str = "", **more: Any) -> str:
        """Asks a desk of another authority to take part. -> the id that its answer names."""
        fields = {"to": to, "post": post, "persons": persons, "purpose": purpose, "due": due or later(days=2), **more}
        return self.act("referral.propose", **fields)

    def bring_in(self, kids: Iterable[bytes] | None = None, *, history: bool = True) -> list[bytes]:
        """Adds, with the whole past, the officers whom other desks named when they accepted (or `kids`). -> their keys. Raises
        `history_restricted` where an author keeps something from them; without `history` they see nothing from before."""
        self.room.refresh()
        named = self._accepted() if kids is None else set(kids)
        waiting = sorted(named - set(self.room.state.members))
        if waiting:
            self.room.add(waiting, history=history)
        return waiting

    def _accepted(self) -> set[bytes]:
        """Whom verified acts name, of the authority that was asked: the host's word lets nobody in."""
        asked: dict[str, str] = {}
        named: dict[str, set[bytes]] = {}
        for row in self.room.opened():
            if row.event is None or row.event.kind != ACT or row.code is not None:
                continue
            act, answered = row.body, str(row.body.get("reply_to"))
            if act["act"] == "referral.propose":
                asked[b64u(row.event.event_id)] = act["to"]
            elif act["act"] == "referral.accept" and answered in asked:
                named[answered] = {kid for kid in map(unb64u, act["officers"]) if self._is_of(kid, asked[answered])}
            elif act["act"] == "referral.revoke":
                named.pop(answered, None)
        return set().union(*named.values())

    def _is_of(self, kid: bytes, authority: str) -> bool:
        key = self.enlace.directory.key(kid)
        return key is not None and key.authority == authority

    def texts(self) -> list[str]:
        return self.room.texts()

    def sealed(self) -> dict[str, dict[str, Any]]:
        """{"P1" or "case": {field: value}}, as far as this officer's keys open it."""
        return self.room.records()
