"""Control events on the server: judge them by sealed.channel, then project them into rows.

Clients believe only what they replay themselves; the server repeats the rules so that a mistake or an attack is refused
with its reason before it has a place (protocol.md 8.5)."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from liaison import keys
from liaison.names import unb64u
from messaging import hooks
from messaging.ledger import Ledger, Recent, rolls
from messaging.models import KIND_CONTROL, Channel, Event, Grant, Member
from sealed import channel as rules
from sealed import events as enl
from sealed.errors import EnlaceError
from sealed.suite import sha256

STATES_KEPT = 256
MAX_GRANT = 16 * 1024
Gift = tuple[bytes, bytes]  # (recipient kid, sealed grant)

states = Recent(STATES_KEPT)  # (channel id, control_n) -> ChannelState after that control event


@dataclass
class Change:
    """What the control events of one request did: for their grants, and for the sockets and the audit afterwards."""

    state: rules.ChannelState | None = None
    joined: list[Member] = field(default_factory=list)
    left: list[Member] = field(default_factory=list)
    promised: list[rules.GrantRef] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)  # (verb of the audit, key id it was about or "")


def new_channel(name: str, genesis: enl.Event, now: datetime) -> Channel:
    """The unsaved row of a channel that begins with this event; nothing is judged yet but the form."""
    changes = rules.parse_control(genesis.payload).changes
    if len(changes) != 1 or changes[0][0] != "genesis":
        raise EnlaceError("bad_genesis")
    start = enl.transcript_start(genesis.channel_id)
    return Channel(id=name, kind=changes[0][2][2], head_t=start, created=now, last_at=now)


def append(book: Ledger, event: enl.Event, wire: bytes, now: datetime, change: Change, officer: Any) -> Event:
    """Judge one control event, place it, save it and project it. The tracker may refuse it for a case."""
    channel = book.channel
    state = change.state or _state_of(channel)
    state.place(channel.head_n, bytes(channel.head_t))
    before, promised = dict(state.members), len(state.grants)
    body = state.apply_control(event, keys.directory())
    row = book.place(event, wire, now)
    row.save(force_insert=True)
    book.roll = dict(state.members)
    change.state = state
    change.promised += state.grants[promised:]
    change.facts += _facts(event, body)
    _project_members(channel, before, state, row.n, change)
    _project_channel(channel, state, row.n)
    if channel.kind == "case" and row.n > 0:
        hooks.judge_control(channel, row, body.changes, officer)
    return row


def take_grants(channel: Channel, change: Change, gifts: Sequence[Gift], *, repeated: bool) -> None:
    """Store the grants beside the events that promise them by hash: exactly those, so that nobody is left without a key
    and nothing unsigned is kept. `repeated`: part of the request was stored before, and brings its old grants again."""
    given = {(kid, sha256(blob)): blob for kid, blob in gifts}
    promised = {(ref.kid, ref.hash): ref for ref in change.promised}
    if any(len(blob) > MAX_GRANT for blob in given.values()) or promised.keys() - given.keys():
        raise EnlaceError("wrong_grants")
    if given.keys() - promised.keys() and not repeated:
        raise EnlaceError("wrong_grants")
    Grant.objects.bulk_create(
        Grant(channel=channel, n=ref.n, granter_kid=ref.granter, rcpt_kid=ref.kid, digest=ref.hash, blob=given[key])
        for key, ref in promised.items()
    )


def remember(channel: Channel, change: Change) -> None:
    """Call it only after COMMIT: a state that was rolled back must never be found again."""
    if change.state is not None:
        states.put((channel.pk, channel.control_n), change.state)
        rolls.put((channel.pk, channel.control_n), dict(change.state.members))


def _state_of(channel: Channel) -> rules.ChannelState:
    """The state after the newest control event: remembered, or replayed from the stored control events. Shallow copy,
    because apply_control replaces what it changes and `place` writes only into `ts`."""
    state = states.get((channel.pk, channel.control_n))
    if state is None:
        state = _replay(channel)
        if channel.head_n:
            states.put((channel.pk, channel.control_n), state)
    state = copy.copy(state)
    state.ts = {}
    return state


def _replay(channel: Channel) -> rules.ChannelState:
    state = rules.ChannelState(unb64u(channel.pk))
    rows = list(Event.objects.filter(channel=channel, kind=KIND_CONTROL).order_by("n"))
    before = Event.objects.filter(channel=channel, n__in=[row.n - 1 for row in rows if row.n])
    t_before = {n + 1: bytes(t) for n, t in before.values_list("n", "t")}
    directory = keys.directory()
    for row in rows:
        if row.n:
            state.place(row.n, t_before[row.n])
        state.apply_control(enl.parse(bytes(row.wire)), directory)
    return state


def _project_members(channel: Channel, before: dict[bytes, str], state: rules.ChannelState, n: int, change: Change) -> None:
    gone = [kid for kid in before if kid not in state.members]
    new = [kid for kid in state.members if kid not in before]
    left = list(Member.objects.filter(channel=channel, kid__in=gone, left_n=None))
    Member.objects.filter(pk__in=[m.pk for m in left]).update(left_n=n)
    for kid, role in state.members.items():
        if kid in before and before[kid] != role:
            Member.objects.filter(channel=channel, kid=kid, left_n=None).update(role=role)
    change.left += left
    change.joined += Member.objects.bulk_create(_members(channel, new, state, n))


def _members(channel: Channel, kids: list[bytes], state: rules.ChannelState, n: int) -> list[Member]:
    found = {kid: keys.directory().key(kid) for kid in kids}
    subjects = [key.subject for key in found.values() if key]
    officers = {bytes(o.subject): o for o in get_user_model().objects.filter(subject__in=subjects)}
    return [
        Member(
            channel=channel,
            officer=officers.get(key.subject),
            kid=kid,
            authority_code=key.authority,
            role=state.members[kid],
            joined_n=n,
        )
        for kid, key in found.items()
        if key
    ]


def _project_channel(channel: Channel, state: rules.ChannelState, n: int) -> None:
    channel.epoch, channel.rekey_pending = state.epoch, state.rekey_pending
    channel.log_size, channel.size, channel.control_n = state.log_size, len(state.members), n


def _facts(event: enl.Event, body: rules.Control) -> list[tuple[str, str]]:
    """What the audit says of a control event: who did what to which key."""
    facts = []
    for change in body.changes:
        about = change[1].hex() if change[0] in ("add", "remove", "hist", "role", "rekey") else ""
        leaving = change[0] == "remove" and change[1] == event.sender_kid
        facts.append(("channel.leave" if leaving else f"channel.{change[0]}", about))
    if body.new_epoch is not None and not body.changes:
        facts.append(("channel.rotate", ""))
    return facts
