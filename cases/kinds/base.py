"""What a case kind is: stages with gates, facts, clocks, acts and a form, all plain data.

A stage is never set: it is read off the acts (`standing`). A gate is the condition to reach a stage; while it is shut
it says in a sentence what is missing, for whom, and whose turn it is. A new kind is a folder beside trafficking/ whose
package has a `KIND`; nothing else changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.kinds.fields import ALL, ActSchema, Codes, Errors, Field, Label, Sentence, labelled, shapes, spans
from cases.kinds.state import TAKING_PART, Act, CaseState, Person

OWNER_STEP, RECEIVER_STEP = "owner", "receiver"
Scope = Callable[[CaseState, Person], bool]


@dataclass(frozen=True)
class Fact:
    """A coded decision. `values` and `bases` are its enums; `step` is the stage it helps to reach.

    `keys` are extra fields that tell facts of one name apart (consent per purpose). `by` limits who may state it."""

    name: str
    label: Label
    values: Codes
    bases: Codes
    step: str
    per_person: bool = True
    extras: tuple[Field, ...] = ()
    keys: tuple[str, ...] = ()
    by: str = ""  # "", RECEIVER_STEP

    def key(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        return (self.name, *(data[name] for name in self.keys))

    def shape(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": str(self.label),
            "values": labelled(self.values),
            "bases": labelled(self.bases),
            "step": self.step,
            "per_person": self.per_person,
            "by": self.by,
            "extras": shapes(self.extras),
        }


@dataclass(frozen=True)
class Missing:
    """Why a gate is shut: the sentence, the persons concerned (none: the case as a whole) and whose turn it is."""

    gate: str
    sentence: Sentence
    persons: tuple[str, ...]
    turn: str  # an authority code
    fact: str = ""  # the fact that opens it
    act: str = ""  # or the act


@dataclass(frozen=True)
class Gate:
    code: str
    label: Label
    missing: Callable[[CaseState], Missing | None]
    facts: tuple[tuple[str, ...], ...] = ()  # the keys whose decisions it rests on


def always(state: CaseState) -> bool:
    return True


def never(state: CaseState) -> bool:
    return False


@dataclass(frozen=True)
class Stage:
    """`gates`: what must hold to reach it. `applies`: some cases never pass here. `happened`: it cannot be undone, so
    that nothing stated later leads back before it."""

    code: str
    label: Label
    gates: tuple[Gate, ...] = ()
    applies: Callable[[CaseState], bool] = always
    happened: Callable[[CaseState], bool] = never


@dataclass(frozen=True)
class Clock:
    """A term. It starts with what `starts` finds, runs `hours` (the default, as data) or to what `due` finds, and
    stands still once `stops` holds."""

    code: str
    label: Label
    starts: Callable[[CaseState], datetime | None]
    stops: Callable[[CaseState], bool]
    hours: int = 0
    due: Callable[[CaseState], datetime | None] | None = None

    def due_at(self, state: CaseState) -> datetime | None:
        """When it rings; None while it has not started or once it was stopped. A `due` act overrides it."""
        start = self.starts(state)
        if start is None or self.stops(state):
            return None
        if self.code in state.dues:
            return state.dues[self.code]
        return self.due(state) if self.due else start + timedelta(hours=self.hours)


@dataclass(frozen=True)
class Alert:
    """Something both desks must see at once."""

    code: str
    label: Label
    rings: Callable[[CaseState], Sentence | None]


@dataclass(frozen=True)
class SealedField:
    """A field of the sealed record that goes with a person or the case; the server never sees its value."""

    name: str
    label: Label
    type: str  # text, long, date, phone, email

    def shape(self) -> dict[str, str]:
        return {"name": self.name, "label": str(self.label), "type": self.type}


def everybody(state: CaseState, person: Person) -> bool:
    return True


def no_brakes(state: CaseState) -> dict[str, tuple[str, ...]]:
    return {}


def no_more_rules(state: CaseState, act: Act, world: Any, refs: tuple[str, ...]) -> Errors:
    return {}


@dataclass(frozen=True)
class Kind:
    code: str
    prefix: str  # of its case codes
    label: Label
    about: Label
    stages: tuple[Stage, ...]
    facts: tuple[Fact, ...]
    clocks: tuple[Clock, ...]
    acts: Mapping[str, ActSchema]
    flags: Codes
    purposes: Codes  # of a referral
    outcomes: Codes  # of a closing
    early: frozenset[str]  # outcomes that may close a case before its last stage
    departure: str  # the stage that persons reach by leaving
    departure_gives: bool = False  # leaving is the giver's signature of the handover
    person_fields: tuple[Field, ...] = ()
    sealed_person: tuple[SealedField, ...] = ()
    sealed_case: tuple[SealedField, ...] = ()
    alerts: tuple[Alert, ...] = ()
    in_scope: Scope = everybody  # whom the gates wait for
    brakes: Callable[[CaseState], dict[str, tuple[str, ...]]] = no_brakes
    travels: Scope = everybody  # who of them may depart and be handed over
    check: Callable[[CaseState, Act, Any, tuple[str, ...]], Errors] = no_more_rules  # persons named are resolved
    by_name: Mapping[str, Fact] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {fact.name: fact for fact in self.facts})

    def stage(self, code: str) -> Stage:
        return next(stage for stage in self.stages if stage.code == code)

    def scope(self, state: CaseState) -> tuple[Person, ...]:
        return tuple(person for person in state.present() if self.in_scope(state, person))

    def shape(self) -> dict[str, Any]:
        """Everything a browser or the command line needs to build its forms, in the active language."""
        return {
            "code": self.code,
            "prefix": self.prefix,
            "label": str(self.label),
            "about": str(self.about),
            "stages": [{"code": stage.code, "label": str(stage.label)} for stage in self.stages],
            "facts": [fact.shape() for fact in self.facts],
            "acts": [schema.shape() for schema in self.acts.values()],
            "clocks": [{"code": clock.code, "label": str(clock.label), "hours": clock.hours} for clock in self.clocks],
            "sealed": {
                "person": [one.shape() for one in self.sealed_person],
                "case": [one.shape() for one in self.sealed_case],
            },
        }


TRAVEL_ACTS = frozenset(("plan", "depart", "handover.give"))


def targets(kind: Kind, state: CaseState, act: Act) -> tuple[str, ...]:
    """The persons an act names. "all" means those it can concern at that moment: who travels and is still here for a
    journey, who was handed to the signer for a receipt, who counts in the case otherwise."""
    refs = act.data.get("persons", ())
    if refs != ALL:
        return tuple(refs)
    if act.name == "handover.receive":
        return tuple(p.ref for p in state.present() if p.given_to == act.authority and not p.received)
    if act.name in TRAVEL_ACTS:
        going = (p for p in kind.scope(state) if kind.travels(state, p))
        done = {"plan": lambda p: False, "depart": lambda p: p.departed, "handover.give": lambda p: bool(p.given_to)}
        return tuple(p.ref for p in going if not done[act.name](p))
    if act.name == "referral.propose":
        return tuple(p.ref for p in kind.scope(state))
    return tuple(p.ref for p in state.present())


# --- Gates in one line each ------------------------------------------------------------------------------------------


def turn_of(state: CaseState, who: str) -> str:
    return state.receiver if who == RECEIVER_STEP else state.owner


def needs(
    kind_scope: Scope,
    fact: str,
    accepted: frozenset[str] | set[str],
    label: Label,
    asks: Label,
    blocks: Mapping[str, Label] | None = None,
    keys: tuple[str, ...] = (),
    only: Scope = everybody,
    turn: str = OWNER_STEP,
) -> Gate:
    """Shut until each person in scope (and of `only`) has the fact with an accepted value.

    `asks` speaks while it is unstated, `blocks` holds another sentence for a value that keeps the gate shut; both may
    use {persons}."""
    key = (fact, *keys)
    code = "-".join(key)

    def missing(state: CaseState) -> Missing | None:
        waiting: dict[str, list[str]] = {}
        for person in state.present():
            if kind_scope(state, person) and only(state, person) and person.says(*key) not in accepted:
                waiting.setdefault(person.says(*key), []).append(person.ref)
        if not waiting:
            return None
        value = next((value for value in waiting if value and blocks and value in blocks), next(iter(waiting)))
        text = blocks[value] if blocks and value in blocks else asks
        everyone = tuple(ref for refs in waiting.values() for ref in refs)
        return Missing(code, Sentence(text, {"persons": spans(waiting[value])}), everyone, turn_of(state, turn), fact)

    return Gate(code, label, missing, (key,))


def needs_act(
    code: str,
    act: str,
    label: Label,
    asks: Label,
    lacking: Callable[[CaseState], Sequence[str] | None],
    turn: str = OWNER_STEP,
) -> Gate:
    """Shut while `lacking` names persons (or, for the case as a whole, an empty list); None opens it."""

    def missing(state: CaseState) -> Missing | None:
        refs = lacking(state)
        if refs is None:
            return None
        return Missing(code, Sentence(asks, {"persons": spans(refs)}), tuple(refs), turn_of(state, turn), "", act)

    return Gate(code, label, missing)


def signed_by_both(state: CaseState) -> Missing | None:
    if state.closed:
        return None
    if state.closing is None:
        text, turn, act = _("Propose to close the case; another authority then signs."), state.owner, "close.propose"
    else:
        text, turn, act = _("The closing waits for its second signature."), signers(state)[0], "close.sign"
    return Missing("closing", Sentence(text), (), turn, "", act)


CLOSING = Gate("closing", _("Closed with two signatures"), signed_by_both)
CLOSED = Stage("closed", _("Closed"), (CLOSING,), happened=lambda state: state.closed is not None)


def signers(state: CaseState) -> tuple[str, ...]:
    """Whose second signature would close the case: any other authority, or the own one where no other takes part."""
    if state.closing is None:
        return ()
    by = state.closing.by
    return tuple(code for code in state.taking_part() if code != by) or (by,)


# --- Where a case stands ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    stage: str
    next: str  # "" once closed
    missing: tuple[Missing, ...]


def standing(kind: Kind, state: CaseState) -> Standing:
    """The stage the acts amount to, the next one, and what its gates ask for."""
    stages = [stage for stage in kind.stages if stage.applies(state)]
    place = max((i for i, stage in enumerate(stages) if stage.happened(state)), default=0)
    for current, following in zip(stages[place:], stages[place + 1 :], strict=False):
        shut = tuple(found for gate in following.gates if (found := gate.missing(state)))
        if shut:
            return Standing(current.code, following.code, shut)
    return Standing(stages[-1].code, "", ())


def barriers(kind: Kind, state: CaseState, before: str, refs: Sequence[str]) -> tuple[Missing, ...]:
    """What keeps these persons from the stage `before`: every shut gate of the stages up to it, not its own."""
    found: list[Missing] = []
    for stage in kind.stages:
        if stage.code == before:
            break
        if stage.applies(state):
            found += [one for gate in stage.gates if (one := gate.missing(state))]
    return tuple(one for one in found if not one.persons or set(one.persons) & set(refs))


@dataclass(frozen=True)
class Waiting:
    authority: str
    reason: str  # answer, signature, lift, receipt, step


def waiting(kind: Kind, state: CaseState) -> tuple[Waiting, ...]:
    """On whom the case waits, the most pressing first; each authority once. Nobody once it is closed."""
    if state.closed:
        return ()
    found = [Waiting(referral.to, "answer") for referral in state.open_referrals()]
    if state.closing is not None:
        found += [Waiting(code, "signature") for code in signers(state)]
    found += [Waiting(one.by, "lift") for one in state.withheld.values() if one.lift_event and not one.lifted]
    found += [Waiting(p.given_to, "receipt") for p in state.present() if p.given_to and not p.received][:1]
    if not found:
        found = [Waiting(shut.turn, "step") for shut in standing(kind, state).missing]
    once: dict[str, Waiting] = {}
    for one in found:
        once.setdefault(one.authority, one)
    return tuple(once.values())


def partner_lacking(state: CaseState) -> Sequence[str] | None:
    """None once another authority takes part."""
    others = [part for part in state.parts.values() if part.role in TAKING_PART and part.code != state.owner]
    return None if others else ()
