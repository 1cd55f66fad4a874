"""The write door of the tracker. Acts reach it through messaging's transaction: the act, its place, the row, the audit
entry and the announcement stand or fall together.

open_case       a new channel whose second event opens the case
take_act        judge one act and project it (hook of messaging)
guard_members   who may be added to a case's channel (hook of messaging)
rebuild         the rows of one case again from its log"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from cases import access, rows
from cases.acts import NotAnActError, judge, parse, withheld_persons
from cases.events import BoardMoved, CaseMoved
from cases.kinds import kind, kinds
from cases.kinds.state import TAKING_PART, Act, CaseState
from cases.models import Case
from cases.network import world_for
from cases.projection import apply, replay
from cases.world import World
from liaison import audit, keys
from liaison.names import b64u
from messaging import actions as channels
from messaging.models import KIND_ACT, Channel, Event
from realtime.hub import hub
from sealed import events as enl
from sealed.errors import EnlaceError


def open_case(officer: Any, wires: Sequence[bytes], grants: Sequence[tuple[bytes, bytes]]) -> Case:
    """Make the channel and open the case in it, with whatever records and acts follow, all or nothing. Raises
    EnlaceError: the refusals of messaging.actions.create_channel, act_refused, bad_act, code_taken."""
    channel = channels.create_channel(officer, wires, grants, case=True)
    return Case.objects.get(pk=channel.pk)


def take_act(channel: Channel, event: Event, body: bytes, officer: Any, authority: str, guest: bool) -> None:
    """Judge an act that has its place and project it, in messaging's transaction. Raises EnlaceError: bad_act,
    guest_cannot_act, code_taken, or act_refused with a sentence for each field."""
    if officer.organization_id is not None:
        raise EnlaceError("guest_cannot_act")
    act = _act(event, body, authority, b64u(officer.subject))
    before = replay(rows.read_acts(channel.pk))
    _refuse_unless_fit(before, act, channel.pk, guest)
    after = apply(before, act)
    case = rows.write(channel.pk, before, after, act)
    rows.keep_act(case, act, officer)
    audit.record(officer, f"case.{act.name}", f"case {after.code}", detail=act.event_id)
    transaction.on_commit(lambda: _announce(channel.pk, before, after))


def guard_members(channel: Channel, event: Event, changes: list[Any], officer: Any) -> None:
    """Nobody enters a case but officers of authorities that accepted it, and never one that a person is withheld from:
    whoever is in the channel reads everything. Raises EnlaceError."""
    added = [change[1] for change in changes if change[0] == "add"]
    if not added:
        return
    state = replay(rows.read_acts(channel.pk))
    if state is None:
        raise EnlaceError("not_in_case")
    directory = keys.directory()
    for kid in added:
        key = directory.key(kid)
        if key is None:
            raise EnlaceError("unknown_key")
        if withheld_persons(kind(state.kind), state, key.authority):
            raise EnlaceError("withheld")
        if state.role(key.authority) not in TAKING_PART:
            raise EnlaceError("not_in_case")


def require_case(channel: Channel, officer: Any) -> None:
    """A case's channel without a case.open would be a room that no board shows."""
    if not Case.objects.filter(pk=channel.pk).exists():
        raise EnlaceError("bad_act")


def may_answer(officer: Any, channel: Channel) -> bool:
    return access.may_answer(officer, channel)


def case_views(channel_ids: list[str], officer: Any) -> dict[str, dict[str, Any]]:
    """{channel: what a list of channels says of its case}, one query for all."""
    found = Case.objects.filter(pk__in=channel_ids).values("pk", "code", "kind", "stage", "urgent", "closed")
    return {
        row["pk"]: {
            "code": row["code"],
            "kind": row["kind"],
            "stage": row["stage"],
            "stage_label": str(kind(row["kind"]).stage(row["stage"]).label),
            "urgent": row["urgent"],
            "closed": row["closed"] is not None,
        }
        for row in found
    }


@transaction.atomic
def rebuild(channel_id: str) -> Case | None:
    """Drop the rows of a case and write them again from the signed log. None for a channel without acts."""
    Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
    Case.objects.filter(pk=channel_id).delete()
    state: CaseState | None = None
    acts: list[tuple[Act, Any]] = []
    for event in Event.objects.filter(channel_id=channel_id, kind=KIND_ACT).order_by("n"):
        act, officer = _logged(event)
        state = apply(state, act)
        acts.append((act, officer))
    if state is None:
        return None
    case = rows.write(channel_id, None, state, acts[-1][0])
    for act, officer in acts:
        rows.keep_act(case, act, officer)
    return case


def _act(event: Event, body: bytes, authority: str, subject: str) -> Act:
    try:
        data = parse(body)
    except NotAnActError:
        raise EnlaceError("bad_act") from None
    return Act(event.n, b64u(event.event_id), data["act"], data, authority, subject, b64u(event.sender_kid), event.at)


def _logged(event: Event) -> tuple[Act, Any]:
    key = keys.directory().key(bytes(event.sender_kid))
    if key is None:
        raise EnlaceError("unknown_key")
    act = _act(event, enl.parse(bytes(event.wire)).payload, key.authority, b64u(key.subject))
    return act, rows.officers_of([act.kid]).get(act.kid)


def _refuse_unless_fit(before: CaseState | None, act: Act, channel_id: str, guest: bool) -> None:
    """In two readings: the form first, without the network, because only a well-formed act names anything to look up."""
    errors = judge(before, act, World(), guest, form_only=True)
    if not errors:
        sort = kind(before.kind) if before else kinds()[act.data["kind"]]
        errors = judge(before, act, world_for(sort, act, channel_id), guest)
    if errors:
        raise EnlaceError("act_refused", fields={field: str(sentence) for field, sentence in errors.items()})
    if before is None and Case.objects.filter(code=act.data["code"]).exists():
        raise EnlaceError("code_taken")


def _announce(channel_id: str, before: CaseState | None, after: CaseState) -> None:
    """To the channel, and to every authority that sees the case now or saw it until this act."""
    hub.publish(CaseMoved(channel_id, after.n).as_dict(), to=channel_id)
    for authority in {*after.parts, *(before.parts if before else ())}:
        frame = BoardMoved(authority)
        hub.publish(frame.as_dict(), to=frame.topic)
