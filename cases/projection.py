"""apply(state, act): what a case is after one more act. A pure function, so that the rows can always be rebuilt from
the log (`manage.py rebuild_cases`) and every country that replays the acts sees the same case (protocol.md 16)."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from cases.kinds import kind
from cases.kinds.base import targets
from cases.kinds.fields import when
from cases.kinds.state import (
    FORMER,
    INVITED,
    OWNER,
    PARTNER,
    TAKING_PART,
    TRANSIT,
    Act,
    CaseState,
    Closing,
    Count,
    FactNow,
    Part,
    Person,
    Plan,
    Referral,
    Withholding,
)

PLAN_CLOCKS = frozenset(("journey", "departure", "arrival", "reception"))
Step = Callable[[CaseState, Act], CaseState]
PERSON_KEYS = frozenset(("ref", "sex", "age_band", "citizenship", "flags"))
FACT_KEYS = frozenset(("act", "v", "name", "value", "basis", "on", "persons"))


def apply(state: CaseState | None, act: Act) -> CaseState:
    """The case after `act`, which was judged by acts.judge before. `state` is None for case.open only."""
    if state is None:
        return _open(act)
    return replace(STEPS[act.name](state, act), n=act.n)


def replay(acts: Iterable[Act]) -> CaseState | None:
    state: CaseState | None = None
    for act in acts:
        state = apply(state, act)
    return state


def _named(state: CaseState, act: Act) -> tuple[str, ...]:
    return targets(kind(state.kind), state, act)


def _open(act: Act) -> CaseState:
    data = act.data
    state = CaseState(data["kind"], data["code"], data["handling"], data["desk"], act.authority, act.at, act.n)
    state = state.with_part(Part(act.authority, OWNER, act.at, (data["desk"],)))
    return _add_persons(state, act)


def _add_persons(state: CaseState, act: Act) -> CaseState:
    added = {
        one["ref"]: Person(
            ref=one["ref"],
            sex=one["sex"],
            age_band=one["age_band"],
            citizenship=one["citizenship"],
            flags=tuple(one["flags"]),
            extras={key: value for key, value in one.items() if key not in PERSON_KEYS},
        )
        for one in act.data["persons"]
    }
    return replace(state, persons={**state.persons, **added})


def _take_off(state: CaseState, act: Act) -> CaseState:
    return state.with_persons(_named(state, act), off=act.data["reason"])


def _state_fact(state: CaseState, act: Act) -> CaseState:
    data, fact = act.data, kind(state.kind).by_name[act.data["name"]]
    extras = {key: value for key, value in data.items() if key not in FACT_KEYS}
    now = FactNow(data["value"], data["basis"], data["on"], act.authority, act.n, extras)
    key = fact.key(data)
    if not fact.per_person:
        return replace(state, facts={**state.facts, key: now})
    persons = {ref: replace(state.persons[ref], facts={**state.persons[ref].facts, key: now}) for ref in _named(state, act)}
    return replace(state, persons={**state.persons, **persons})


# --- Referrals -------------------------------------------------------------------------------------------------------


def _propose_referral(state: CaseState, act: Act) -> CaseState:
    data = act.data
    persons = _named(state, act)
    due = when(data["due"])
    referral = Referral(act.event_id, act.authority, data["to"], data["post"], persons, data["purpose"], due)
    state = replace(state, referrals={**state.referrals, act.event_id: referral})
    part = state.parts.get(referral.to)
    if part is None or part.role == FORMER:
        return state.with_part(Part(referral.to, INVITED, act.at, (referral.post,)))
    return state


def _accept_referral(state: CaseState, act: Act) -> CaseState:
    referral = state.referrals[act.data["reply_to"]]
    answered = replace(referral, state="accepted", officers=tuple(act.data["officers"]), answered=act.at)
    state = replace(state, referrals={**state.referrals, referral.event_id: answered})
    part = state.parts[referral.to]
    posts = tuple(dict.fromkeys((*part.posts, referral.post)))
    if referral.purpose == "transfer":
        before = state.parts[state.owner]
        state = state.with_part(replace(before, role=FORMER, assignee=""))
        role = OWNER
    elif part.role in TAKING_PART:
        role = part.role
    else:
        role = TRANSIT if referral.purpose == "transit" else PARTNER
    return state.with_part(replace(part, role=role, posts=posts, since=act.at))


def _end_referral(state: CaseState, act: Act, ending: str) -> CaseState:
    referral = state.referrals[act.data["reply_to"]]
    ended = replace(referral, state=ending, reason=act.data["reason"], answered=act.at)
    state = replace(state, referrals={**state.referrals, referral.event_id: ended})
    rest = [r for r in state.referrals.values() if r.to == referral.to and r.state in ("proposed", "accepted")]
    if state.role(referral.to) == OWNER or any(r.state == "accepted" for r in rest):
        return state
    if rest:
        posts = tuple(r.post for r in rest)
        return state.with_part(replace(state.parts[referral.to], role=INVITED, posts=posts, assignee=""))
    return state.without_part(referral.to)


def _decline_referral(state: CaseState, act: Act) -> CaseState:
    return _end_referral(state, act, "declined")


def _revoke_referral(state: CaseState, act: Act) -> CaseState:
    return _end_referral(state, act, "revoked")


# --- Withholding -----------------------------------------------------------------------------------------------------


def _withhold(state: CaseState, act: Act) -> CaseState:
    persons = _named(state, act)
    one = Withholding(act.event_id, act.authority, act.data["from"], persons, act.data["reason"])
    return replace(state, withheld={**state.withheld, act.event_id: one})


def _propose_lift(state: CaseState, act: Act) -> CaseState:
    one = replace(state.withheld[act.data["reply_to"]], lift_event=act.event_id, lift_subject=act.subject)
    return replace(state, withheld={**state.withheld, one.event_id: one})


def _lift(state: CaseState, act: Act) -> CaseState:
    one = next(one for one in state.withheld.values() if one.lift_event == act.data["reply_to"])
    return replace(state, withheld={**state.withheld, one.event_id: replace(one, lifted=True)})


# --- Terms, people, journeys -----------------------------------------------------------------------------------------


def _change_due(state: CaseState, act: Act) -> CaseState:
    return replace(state, dues={**state.dues, act.data["clock"]: when(act.data["at"])})


def _assign(state: CaseState, act: Act) -> CaseState:
    return state.with_part(replace(state.parts[act.authority], assignee=act.data["officer"]))


def _plan(state: CaseState, act: Act) -> CaseState:
    data = act.data
    plan = Plan(
        n=act.n,
        by=act.authority,
        to=data["to"],
        post=data["post"],
        persons=_named(state, act),
        depart=when(data["depart_at"]),
        arrive=when(data["arrive_at"]),
        legs=tuple(data.get("legs", ())),
        exceptions=tuple(data.get("exceptions", ())),
    )
    # The terms of the journey follow the newest plan: a term that was moved for the old one no longer holds.
    dues = {clock: due for clock, due in state.dues.items() if clock not in PLAN_CLOCKS}
    return replace(state, plan=plan, dues=dues)


def _depart(state: CaseState, act: Act) -> CaseState:
    data, refs = act.data, _named(state, act)
    state = state.with_persons(refs, departed=True)
    if "count" in data:
        counted = Count(act.n, "departure", data["post"], data["count"], act.authority, when(data["at"]))
        state = replace(state, counts=(*state.counts, counted))
    if kind(state.kind).departure_gives:
        state = replace(state.with_persons(refs, given_to=data["to"]), given_at=when(data["at"]))
    return state


def _count(state: CaseState, act: Act) -> CaseState:
    data = act.data
    counted = Count(act.n, data["place"], data["post"], data["persons"], act.authority, when(data["at"]))
    return replace(state, counts=(*state.counts, counted))


def _give(state: CaseState, act: Act) -> CaseState:
    state = state.with_persons(_named(state, act), given_to=act.data["to"], departed=True)
    return replace(state, given_at=when(act.data["at"]))


def _receive(state: CaseState, act: Act) -> CaseState:
    return state.with_persons(_named(state, act), received=True)


# --- Closing ---------------------------------------------------------------------------------------------------------


def _propose_closing(state: CaseState, act: Act) -> CaseState:
    return replace(state, closing=Closing(act.event_id, act.authority, act.subject, act.data["outcome"], act.at))


def _sign_closing(state: CaseState, act: Act) -> CaseState:
    return replace(state, closed=act.at, outcome=state.closing.outcome if state.closing else "")


def _decline_closing(state: CaseState, act: Act) -> CaseState:
    return replace(state, closing=None)


STEPS: dict[str, Step] = {
    "person.add": _add_persons,
    "person.off": _take_off,
    "fact": _state_fact,
    "referral.propose": _propose_referral,
    "referral.accept": _accept_referral,
    "referral.decline": _decline_referral,
    "referral.revoke": _revoke_referral,
    "withhold": _withhold,
    "withhold.lift.propose": _propose_lift,
    "withhold.lift": _lift,
    "due": _change_due,
    "assign": _assign,
    "plan": _plan,
    "depart": _depart,
    "count": _count,
    "handover.give": _give,
    "handover.receive": _receive,
    "close.propose": _propose_closing,
    "close.sign": _sign_closing,
    "close.decline": _decline_closing,
}
