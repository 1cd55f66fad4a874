"""Writes the rows of a case from its state. The only writer of Case and what hangs on it, so that rebuilding from the
log gives the same rows."""

from datetime import UTC, datetime
from typing import Any

from cases.clocks import next_due, started
from cases.kinds import kind
from cases.kinds.base import signers, standing, waiting
from cases.kinds.state import Act, CaseState, Person
from cases.models import Case, CaseAct, CaseAuthority, CasePerson, CasePost, Clock, Referral
from cases.network import officers_of

FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # urgent cases stand before all others
LAST = datetime(9999, 1, 1, tzinfo=UTC)  # no term runs
CHANGING = ("sex", "age_band", "citizenship", "flags", "extras", "state")


def write(channel_id: str, before: CaseState | None, after: CaseState, act: Act) -> Case:
    """Bring the rows from `before` to `after`; `before` None writes all of them. Call inside a transaction.

    What the act left as it was is not written again: most acts change the case's own row and nothing else."""
    case = Case(channel_id=channel_id, **case_values(after, act))
    case.save(force_insert=before is None)
    if before is None or (before.parts, _turns(before)) != (after.parts, _turns(after)):
        _write_parts(case, after)
    if before is None or before.parts != after.parts:
        _write_posts(case, after)
    if before is None or before.referrals != after.referrals:
        _write_referrals(case, after)
    if before is None or started(kind(before.kind), before) != started(kind(after.kind), after):
        _write_clocks(case, after)
    _write_persons(case, before, after)
    return case


def _turns(state: CaseState) -> dict[str, Any]:
    """{authority: why it is its turn}."""
    return {one.authority: one.reason for one in waiting(kind(state.kind), state)}


def keep_act(case: Case, act: Act, officer: Any) -> None:
    CaseAct.objects.create(
        case=case,
        n=act.n,
        event_id=act.event_id,
        act=act.name,
        authority=act.authority,
        officer=officer,
        subject=act.subject,
        kid=act.kid,
        at=act.at,
        data=act.data,
    )


def read_acts(channel_id: str) -> list[Act]:
    """The acts of a case in their order, as the projection takes them."""
    rows = CaseAct.objects.filter(case_id=channel_id).order_by("n")
    return [Act(r.n, r.event_id, r.act, r.data, r.authority, r.subject, r.kid, r.at) for r in rows]


def case_values(state: CaseState, act: Act) -> dict[str, Any]:
    sort = kind(state.kind)
    due_at, due_clock = next_due(sort, state)
    turns = waiting(sort, state)
    alert = next((alert.code for alert in sort.alerts if alert.rings(state)), "")
    return {
        "code": state.code,
        "kind": state.kind,
        "stage": standing(sort, state).stage,
        "handling": state.handling,
        "authority": state.opener,
        "owner": state.owner,
        "opened": state.opened,
        "closed": state.closed,
        "outcome": state.outcome,
        "persons": len(state.present()),
        "due_at": due_at,
        "due_clock": due_clock,
        "waiting_for": turns[0].authority if turns else "",
        "waiting_reason": turns[0].reason if turns else "",
        "needs_signature": _needs_signature(state),
        "urgent": alert,
        "version": act.n,
        "last_act": act.name,
        "last_at": act.at,
        "sort_at": state.closed or (FIRST if alert else due_at or LAST),
    }


def _needs_signature(state: CaseState) -> str:
    if state.closed:
        return ""
    if state.closing is not None:
        return signers(state)[0]
    return next((one.by for one in state.withheld.values() if one.lift_event and not one.lifted), "")


def person_state(state: CaseState, person: Person) -> str:
    if person.off:
        return "off"
    if person.received:
        return "received"
    if not kind(state.kind).in_scope(state, person):
        return "held"
    if person.given_to:
        return "given"
    return "departed" if person.departed else "present"


def _write_parts(case: Case, state: CaseState) -> None:
    turns = _turns(state)
    kids = [part.assignee for part in state.parts.values() if part.assignee]
    officers = officers_of(kids) if kids else {}
    CaseAuthority.objects.filter(case=case).delete()
    CaseAuthority.objects.bulk_create(
        CaseAuthority(
            case=case,
            authority=part.code,
            role=part.role,
            since=part.since,
            assignee=officers.get(part.assignee),
            waiting=turns.get(part.code, ""),
        )
        for part in state.parts.values()
    )


def _write_posts(case: Case, state: CaseState) -> None:
    CasePost.objects.filter(case=case).delete()
    CasePost.objects.bulk_create(
        CasePost(case=case, post_id=post, authority=part.code) for part in state.parts.values() for post in part.posts
    )


def _write_referrals(case: Case, state: CaseState) -> None:
    Referral.objects.filter(case=case).delete()
    Referral.objects.bulk_create(
        Referral(
            case=case,
            event_id=one.event_id,
            sender=one.sender,
            to=one.to,
            post_id=one.post,
            purpose=one.purpose,
            persons=len(one.persons),
            due_at=one.due,
            state=one.state,
            reason=one.reason,
            answered=one.answered,
        )
        for one in state.referrals.values()
    )


def _write_clocks(case: Case, state: CaseState) -> None:
    Clock.objects.filter(case=case).delete()
    Clock.objects.bulk_create(
        Clock(case=case, name=one.name, due_at=one.due_at, state="running" if one.due_at else "stopped")
        for one in started(kind(state.kind), state)
    )


def _write_persons(case: Case, before: CaseState | None, after: CaseState) -> None:
    """Only rows that change are touched: a manifest has hundreds of persons and an act concerns few of them."""
    new, changed = [], []
    for ref, person in after.persons.items():
        values = _person_values(after, person)
        if before is None or ref not in before.persons:
            new.append(CasePerson(case=case, number=int(ref[1:]), **values))
        elif values != _person_values(before, before.persons[ref]):
            changed.append((int(ref[1:]), values))
    CasePerson.objects.bulk_create(new)
    if changed:
        _update_persons(case, dict(changed))


def _update_persons(case: Case, changed: dict[int, dict[str, Any]]) -> None:
    rows = list(CasePerson.objects.filter(case=case, number__in=changed))
    for row in rows:
        for name, value in changed[row.number].items():
            setattr(row, name, value)
    CasePerson.objects.bulk_update(rows, CHANGING, batch_size=200)


def _person_values(state: CaseState, person: Person) -> dict[str, Any]:
    return {
        "sex": person.sex,
        "age_band": person.age_band,
        "citizenship": person.citizenship,
        "flags": list(person.flags),
        "extras": dict(person.extras),
        "state": person_state(state, person),
    }
