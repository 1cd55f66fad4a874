"""Cases as JSON and as what templates render: the same dictionaries for both, in the reader's language.

Every list costs a fixed number of queries, however long it is. Nothing in here is sealed: names and stories are opened
in the reader's own page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import rows, timeline
from cases.access import Sight, may_sign, sight
from cases.clocks import started
from cases.kinds import kind
from cases.kinds.base import Gate, Kind, Missing, signers, standing
from cases.kinds.common import AGE_BANDS, HANDLING, OFF_REASONS, SEXES
from cases.kinds.fields import OneOf, SomeOf, labelled
from cases.kinds.state import TAKING_PART, Act, CaseState, FactNow, Person, Referral
from cases.models import Case, CaseAct, CaseAuthority, CasePost
from cases.names import Names, person_view
from cases.projection import replay
from liaison.names import b64u
from messaging.models import Member

REASONS = {
    "answer": _("Answer to a referral"),
    "signature": _("Signature of the closing"),
    "lift": _("Second officer for a withholding"),
    "receipt": _("Receipt of persons"),
    "step": _("Next step"),
    "": "",
}
PERSON_STATES = {
    "present": _("Still here"),
    "held": _("Held back"),
    "departed": _("On the way"),
    "given": _("Handed over, not yet received"),
    "received": _("Received"),
    "off": _("Off the case"),
}
ROLES = {
    "owner": _("Holds the case"),
    "partner": _("Partner"),
    "transit": _("In transit"),
    "former": _("Held the case before"),
    "invited": _("Asked to join"),
}
REFERRAL_STATES = {
    "proposed": _("Waits for an answer"),
    "accepted": _("Accepted"),
    "declined": _("Declined"),
    "revoked": _("Revoked"),
}
SOON = 48 * 3600


def iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def clock_state(due_at: datetime | None, now: datetime) -> str:
    """ "overdue", "soon" (within two days), "ok", or "" without a term."""
    if due_at is None:
        return ""
    left = (due_at - now).total_seconds()
    return "overdue" if left < 0 else "soon" if left < SOON else "ok"


# --- The row of a list -----------------------------------------------------------------------------------------------


def row_views(cases: Sequence[Case], officer: Any, names: Names | None = None) -> list[dict[str, Any]]:
    """A row for each case. The caller has already asked access which cases these may be."""
    names = names or Names(officer)
    ids = [case.pk for case in cases]
    parts: dict[str, list[CaseAuthority]] = defaultdict(list)
    for part in CaseAuthority.objects.filter(case__in=ids).select_related("assignee").order_by("since", "authority"):
        parts[part.case_id].append(part)
    posts: dict[str, list[str]] = defaultdict(list)
    for post in CasePost.objects.filter(case__in=ids).order_by("pk"):
        posts[post.case_id].append(str(post.post_id))
    newest = CaseAct.objects.filter(case__in=ids, n=F("case__version"))
    last = {act.case_id: act for act in newest}
    content = Member.objects.filter(channel__in=ids, officer=officer, left_n=None).values_list("channel_id", flat=True)
    inside = set(content)
    now = timezone.now()
    return [_row(case, parts[case.pk], posts[case.pk], last.get(case.pk), names, now, case.pk in inside) for case in cases]


def _row(
    case: Case,
    parts: list[CaseAuthority],
    posts: list[str],
    last: CaseAct | None,
    names: Names,
    now: datetime,
    inside: bool,
) -> dict[str, Any]:
    sort = kind(case.kind)
    codes = [stage.code for stage in sort.stages]
    mine = next((part for part in parts if names.mine(part.authority)), None)
    waiting_us = bool(mine and mine.waiting)
    reason = mine.waiting if mine and waiting_us else case.waiting_reason
    return {
        "code": case.code,
        "channel": case.pk,
        "version": case.version,
        "kind": case.kind,
        "kind_label": str(sort.label),
        "stage": case.stage,
        "stage_label": str(sort.stage(case.stage).label),
        "step": codes.index(case.stage) + 1,
        "steps": len(codes),
        "handling": case.handling,
        "opened": iso(case.opened),
        "closed": iso(case.closed),
        "outcome": case.outcome,
        "outcome_label": str(sort.outcomes[case.outcome]) if case.outcome else "",
        "authority": case.authority,
        "owner": case.owner,
        "role": mine.role if mine else "",
        "role_label": str(ROLES[mine.role]) if mine else "",
        "partners": [part.authority for part in parts if not names.mine(part.authority)],
        "partner_names": names.authority_list(part.authority for part in parts if not names.mine(part.authority)),
        "posts": [names.post(post) for post in posts],
        "post_names": ", ".join(names.post(post)["name"] for post in posts),
        "persons": case.persons,
        "due_at": iso(case.due_at),
        "due_clock": case.due_clock,
        "due_label": _clock_label(sort, case.due_clock),
        "clock": clock_state(case.due_at, now),
        "overdue": case.due_at is not None and case.due_at < now,
        "waiting_for": case.waiting_for,
        "waiting_reason": reason,
        "waiting_us": waiting_us,
        "waiting_label": _waiting_label(case, waiting_us, names),
        "reason_label": str(REASONS[reason]),
        "needs_signature": case.needs_signature,
        "urgent": case.urgent,
        "urgent_label": next((str(one.label) for one in sort.alerts if one.code == case.urgent), ""),
        "assignee": person_view(mine.assignee) if mine else None,
        "last": {"sentence": timeline.sentence(sort, last.act, last.data, names), "at": iso(last.at)} if last else None,
        "sight": "content" if inside else "status",
        "url": f"/cases/{case.code}/",
    }


def _clock_label(sort: Kind, name: str) -> str:
    return next((str(one.label) for one in sort.clocks if one.code == name), "")


def _waiting_label(case: Case, us: bool, names: Names) -> str:
    if us:
        return str(_("Waits for us"))
    if not case.waiting_for:
        return ""
    return str(_("Waits for {authority}")).format(authority=names.authority(case.waiting_for))


# --- One case, whole -------------------------------------------------------------------------------------------------


def case_view(case: Case, officer: Any) -> dict[str, Any]:
    """Everything that stands in the clear about one case, for this reader: the contract is in CASES of docs/."""
    names = Names(officer)
    acts = rows.read_acts(case.pk)
    state = replay(acts)
    if state is None:
        raise ValueError(f"case {case.code} has no acts")
    sort, seen = kind(case.kind), sight(officer, case)
    return {
        "case": row_views([case], officer, names)[0],
        "sight": seen,
        "handling_label": str(HANDLING[state.handling]),
        "stages": stage_views(sort, state),
        "next": next_view(sort, state, names),
        "gates": gate_views(sort, state),
        "alerts": alert_views(sort, state),
        "persons": [person_row(sort, state, person) for person in state.persons.values()],
        "timeline": step_views(sort, acts, case, names),
        "referrals": [referral_view(sort, one, names) for one in state.referrals.values()],
        "clocks": clock_views(sort, state),
        "authorities": part_views(case, state, names),
        "withheld": withheld_views(sort, state, names),
        "closing": closing_view(sort, state, officer, names),
        "plan": plan_view(state, names),
        "counts": [
            {"place": one.place, "post": names.post(one.post), "persons": one.persons, "at": iso(one.at)} for one in state.counts
        ],
        "powers": power_view(case, state, officer, seen),
        "strangers": strangers(case, state),
        "records": {
            "person": [one.shape() for one in sort.sealed_person],
            "case": [one.shape() for one in sort.sealed_case],
        },
    }


def stage_views(sort: Kind, state: CaseState) -> list[dict[str, Any]]:
    now = standing(sort, state).stage
    place = next(i for i, stage in enumerate(sort.stages) if stage.code == now)
    views = []
    for i, stage in enumerate(sort.stages):
        applies = stage.applies(state)
        if i == place:
            said = "now"
        elif not applies or (state.closed and i > place):
            said = "skipped"
        else:
            said = "done" if i < place else "next"
        views.append({"code": stage.code, "label": str(stage.label), "state": said})
    return views


def next_view(sort: Kind, state: CaseState, names: Names) -> dict[str, Any] | None:
    """What the next gate asks for, in sentences; None once the case is closed."""
    stands = standing(sort, state)
    if not stands.next:
        return None
    return {
        "stage": stands.next,
        "label": str(sort.stage(stands.next).label),
        "missing": [missing_view(one, names) for one in stands.missing],
    }


def missing_view(one: Missing, names: Names) -> dict[str, Any]:
    return {
        "gate": one.gate,
        "sentence": str(one.sentence),
        "persons": list(one.persons),
        "turn": one.turn,
        "turn_name": names.authority(one.turn),
        "mine": names.mine(one.turn),
        "fact": one.fact,
        "act": one.act,
    }


def gate_views(sort: Kind, state: CaseState) -> list[dict[str, Any]]:
    """Every gate that applies, with the decisions it rests on: what, on which basis, by whom, since when."""
    return [
        {
            "stage": stage.code,
            "gate": gate.code,
            "label": str(gate.label),
            "open": gate.missing(state) is None,
            "decisions": _decisions(sort, state, gate),
        }
        for stage in sort.stages
        if stage.applies(state)
        for gate in stage.gates
    ]


def _decisions(sort: Kind, state: CaseState, gate: Gate) -> list[dict[str, Any]]:
    """Equal decisions about many persons are one line."""
    merged: dict[tuple[str, ...], list[str]] = {}
    for key in gate.facts:
        for person in state.present():
            if now := person.facts.get(key):
                merged.setdefault((key[0], now.value, now.basis, now.authority, now.on), []).append(person.ref)
    return [
        {
            "value_label": str(sort.by_name[name].values[value]),
            "basis_label": str(sort.by_name[name].bases[basis]),
            "authority": authority,
            "on": on,
            "persons": refs,
        }
        for (name, value, basis, authority, on), refs in merged.items()
    ]


def alert_views(sort: Kind, state: CaseState) -> list[dict[str, str]]:
    found = ((alert, alert.rings(state)) for alert in sort.alerts)
    return [{"code": a.code, "label": str(a.label), "sentence": str(said)} for a, said in found if said]


def person_row(sort: Kind, state: CaseState, person: Person) -> dict[str, Any]:
    standing_now = rows.person_state(state, person)
    return {
        "ref": person.ref,
        "sex": person.sex,
        "sex_label": str(SEXES[person.sex]),
        "age_band": person.age_band,
        "age_label": str(AGE_BANDS[person.age_band]),
        "citizenship": person.citizenship,
        "flags": [{"code": flag, "label": str(sort.flags[flag])} for flag in person.flags],
        "extras": _extras(sort, person),
        "child": person.child,
        "off": person.off,
        "off_label": str(OFF_REASONS[person.off]) if person.off else "",
        "state": standing_now,
        "state_label": str(PERSON_STATES[standing_now]),
        "departed": person.departed,
        "given_to": person.given_to,
        "received": person.received,
        "facts": [_fact_view(sort, key, now) for key, now in person.facts.items()],
    }


def brief(persons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a page's forms need to know of each person to offer the right ones; the rest stands on the page."""
    kept = ("ref", "state", "child", "departed", "given_to", "received", "off")
    return [{name: one[name] for name in kept} for one in persons]


def _extras(sort: Kind, person: Person) -> list[dict[str, Any]]:
    views = []
    for one in sort.person_fields:
        value = person.extras.get(one.name)
        if value in (None, []):
            continue
        codes = one.type.codes if isinstance(one.type, OneOf | SomeOf) else {}
        listed = value if isinstance(value, list) else [value]
        text = ", ".join(str(codes.get(item, item)) for item in listed)
        views.append({"name": one.name, "label": str(one.label), "value": value, "text": text})
    return views


def _fact_view(sort: Kind, key: tuple[str, ...], now: FactNow) -> dict[str, Any]:
    fact = sort.by_name[key[0]]
    return {
        "name": key[0],
        "key": list(key),
        "label": timeline.fact_title(fact, now.extras),
        "value": now.value,
        "value_label": str(fact.values[now.value]),
        "basis": now.basis,
        "basis_label": str(fact.bases[now.basis]),
        "extras": dict(now.extras),
        "on": now.on,
        "authority": now.authority,
    }


def step_views(sort: Kind, acts: Sequence[Act], case: Case, names: Names) -> list[dict[str, Any]]:
    """The timeline, oldest first: one sentence for each act."""
    signers_of = {act.n: act.officer for act in CaseAct.objects.filter(case=case).select_related("officer").defer("data")}
    reader = b64u(names.officer.subject)
    return [_step(sort, act, signers_of.get(act.n), names, reader) for act in acts]


def _step(sort: Kind, act: Act, officer: Any, names: Names, reader: str) -> dict[str, Any]:
    mine = act.subject == reader
    by = str(_("You")) if mine else officer.name if officer else names.authority(act.authority)
    return {
        "n": act.n,
        "event_id": act.event_id,
        "act": act.name,
        "at": iso(act.at),
        "authority": act.authority,
        "authority_name": names.authority(act.authority),
        "officer": person_view(officer),
        "actor": by,
        "mine": mine,
        "ours": names.mine(act.authority),
        "sentence": timeline.sentence(sort, act.name, act.data, names),
        "icon": timeline.ICONS[act.name],
        "tone": timeline.TONES.get(act.name, "calm"),
    }


def referral_view(sort: Kind, one: Referral, names: Names) -> dict[str, Any]:
    now = timezone.now()
    reasons = {}
    if one.reason:
        act = "referral.decline" if one.state == "declined" else "referral.revoke"
        reasons = {"reason": one.reason, "reason_label": timeline.code_label(sort, act, "reason", one.reason)}
    return {
        "event_id": one.event_id,
        "from": one.sender,
        "from_name": names.authority(one.sender),
        "to": one.to,
        "to_name": names.authority(one.to),
        "post": names.post(one.post),
        "persons": list(one.persons),
        "purpose": one.purpose,
        "purpose_label": str(sort.purposes[one.purpose]),
        "due": iso(one.due),
        "clock": clock_state(one.due, now) if one.state == "proposed" else "met",
        "overdue": one.state == "proposed" and one.due < now,
        "state": one.state,
        "state_label": str(REFERRAL_STATES[one.state]),
        "officers": list(one.officers),
        "answered": iso(one.answered),
        "mine": names.mine(one.to),
        "ours": names.mine(one.sender),
    } | reasons


def clock_views(sort: Kind, state: CaseState) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "name": one.name,
            "label": _clock_label(sort, one.name),
            "due_at": iso(one.due_at),
            "state": clock_state(one.due_at, now) if one.due_at else "met",
        }
        for one in started(sort, state)
    ]


def part_views(case: Case, state: CaseState, names: Names) -> list[dict[str, Any]]:
    assigned = {part.authority: part.assignee for part in case.parts.select_related("assignee")}
    return [
        {
            "code": part.code,
            "name": names.authority(part.code),
            "role": part.role,
            "role_label": str(ROLES[part.role]),
            "since": iso(part.since),
            "posts": [names.post(post) for post in part.posts],
            "assignee": person_view(assigned.get(part.code)),
            "mine": names.mine(part.code),
        }
        for part in state.parts.values()
    ]


def withheld_views(sort: Kind, state: CaseState, names: Names) -> list[dict[str, Any]]:
    return [
        {
            "event_id": one.event_id,
            "from": one.source,
            "from_name": names.authority(one.source),
            "persons": list(one.persons),
            "reason": one.reason,
            "reason_label": timeline.code_label(sort, "withhold", "reason", one.reason),
            "by": one.by,
            "ours": names.mine(one.by),
            "lift_event": one.lift_event,
            "lift_mine": one.lift_subject == b64u(names.officer.subject),
        }
        for one in state.withheld.values()
        if not one.lifted
    ]


def closing_view(sort: Kind, state: CaseState, officer: Any, names: Names) -> dict[str, Any] | None:
    """The closing that waits for its second signature, or the one that was signed; None before any."""
    if state.closing is None:
        return None
    wanted = () if state.closed else signers(state)
    return {
        "event_id": state.closing.event_id,
        "outcome": state.closing.outcome,
        "outcome_label": str(sort.outcomes[state.closing.outcome]),
        "by": state.closing.by,
        "by_name": names.authority(state.closing.by),
        "at": iso(state.closing.at),
        "signers": list(wanted),
        "signer_names": names.authority_list(wanted),
        "signed": iso(state.closed),
        "mine": officer.authority_id in wanted and b64u(officer.subject) != state.closing.subject,
    }


def plan_view(state: CaseState, names: Names) -> dict[str, Any] | None:
    if state.plan is None:
        return None
    return {
        "to": state.plan.to,
        "post": names.post(state.plan.post),
        "persons": list(state.plan.persons),
        "depart_at": iso(state.plan.depart),
        "arrive_at": iso(state.plan.arrive),
        "legs": [{"post": names.post(leg["post"]), "arrive_at": leg["arrive_at"]} for leg in state.plan.legs],
        "exceptions": list(state.plan.exceptions),
    }


def power_view(case: Case, state: CaseState, officer: Any, seen: Sight) -> dict[str, Any]:
    """What this reader may sign here. The rules judge every act again; this only decides what the page offers."""
    signs = may_sign(officer, case) and state.closed is None
    taking_part = state.role(officer.authority_id) in TAKING_PART
    return {
        "content": seen == "content",
        "sign": signs and taking_part,
        "answer": state.closed is None
        and officer.organization_id is None
        and any(one.to == officer.authority_id for one in state.open_referrals()),
        "owner": state.owner == officer.authority_id,
        "receiver": state.receiver == officer.authority_id,
    }


def strangers(case: Case, state: CaseState) -> list[str]:
    """Keys still in the channel whose authority no longer takes part: a coordinator's client removes them."""
    members = Member.objects.filter(channel_id=case.pk, left_n=None).values_list("kid", "authority_code")
    return [b64u(kid) for kid, authority in members if state.role(authority) not in TAKING_PART]


# --- Forms and boards ------------------------------------------------------------------------------------------------


def form_views(sort: Kind) -> dict[str, Any]:
    """What is asked at which stage: {stage: {facts: [...], acts: [...]}} by the kind's own definition."""
    steps: dict[str, Any] = {stage.code: {"label": str(stage.label), "facts": [], "acts": []} for stage in sort.stages}
    for fact in sort.facts:
        steps[fact.step]["facts"].append(fact.shape())
    for schema in sort.acts.values():
        if schema.step:
            steps[schema.step]["acts"].append(schema.shape())
    return steps


def count_views(counts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Counts by kind and stage with every stage of the kinds that occur, in the kind's order."""
    found = {(row["kind"], row["stage"]): row["n"] for row in counts}
    present = dict.fromkeys(code for code, _stage in found)
    return [
        {
            "kind": code,
            "label": str(kind(code).label),
            "total": sum(n for (of, _stage), n in found.items() if of == code),
            "stages": [
                {"stage": stage.code, "label": str(stage.label), "n": found.get((code, stage.code), 0)}
                for stage in kind(code).stages
                if stage.code != "closed"
            ],
        }
        for code in present
    ]


def handling_choices() -> list[dict[str, str]]:
    return labelled(HANDLING)
