"""Rows as JSON. Every list is a fixed number of queries, however many channels there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from liaison import keys
from liaison.names import b64u
from messaging import hooks
from messaging.access import channels_of
from messaging.announce import iso, wire_view
from messaging.models import AMENDING_KINDS, KIND_CONTROL, Channel, Event, Grant, Member, Receipt
from realtime.hub import hub
from sealed import cbor
from sealed.keylog import Directory

FIRST = (1, 2)  # where a title was posted when the channel was made
IDS_PER_PAGE = 10_000
HEADERS_PER_PAGE = 2_000
PAGE_ROOM = 3 * 1024 * 1024  # bytes of wires in one answer


def channel_list(officer: Any) -> list[dict[str, Any]]:
    """The officer's channels, newest activity first. `first` are the wires that may hold the title, `recent` the
    newest; the server cannot open either. `unread_from` is the officer's own read mark, `unread` the events after it that are
    more than a change of a message or a mark under one."""
    channels = list(channels_of(officer).order_by("-last_at"))
    ids = [c.pk for c in channels]
    members = members_of(ids)
    marks = _own_marks(ids, officer)
    edges = _edge_wires(channels)
    cases = hooks.case_views([c.pk for c in channels if c.kind == "case"], officer)
    return [_list_row(c, officer, members[c.pk], *marks[c.pk], edges[c.pk], cases.get(c.pk)) for c in channels]


def _list_row(
    channel: Channel,
    officer: Any,
    members: list[dict[str, Any]],
    read_n: int,
    amending: int,
    wires: dict[int, dict[str, Any]],
    case: dict[str, Any] | None,
) -> dict[str, Any]:
    return head_of(channel) | {
        "unread_from": read_n,
        "unread": max(0, channel.head_n - read_n - amending),
        "my_role": role_of(members, officer),
        "members": members,
        "first": [wires[n] for n in FIRST if n in wires],
        "recent": wires.get(channel.head_n - 1),
        "case": case,
    }


def channel_detail(channel: Channel, officer: Any) -> dict[str, Any]:
    """All a client needs to verify and open one channel: control events from genesis, its own grants, all receipts."""
    members = members_of([channel.pk])[channel.pk]
    return head_of(channel) | {
        "guest": False,
        "focal": False,
        "my_role": role_of(members, officer),
        "members": members,
        "control": _control_views(channel),
        "grants": own_grants(channel, officer),
        "receipts": receipt_views(channel),
        "case": hooks.case_views([channel.pk], officer).get(channel.pk) if channel.kind == "case" else None,
    }


def guest_detail(channel: Channel) -> dict[str, Any]:
    """What a guest must know to sign its answer, and no more."""
    return {"id": channel.pk, "kind": channel.kind, "epoch": channel.epoch, "guest": True, "focal": False}


def focal_detail(channel: Channel, *, guest: bool) -> dict[str, Any]:
    """What a focal point, no member, must know to sign the removal of its own officers: who is in, and the head."""
    more = {"guest": guest, "focal": True, "my_role": None, "members": members_of([channel.pk])[channel.pk]}
    return head_of(channel) | more | {"control": _control_views(channel)}


def heads(channels: Iterable[Channel]) -> list[dict[str, Any]]:
    return [head_of(channel) for channel in channels]


def own_grants(channel: Channel, officer: Any) -> list[dict[str, Any]]:
    """Grants to the keys by which this officer is or was a member."""
    kids = Member.objects.filter(channel=channel, officer=officer).values("kid")
    return [grant_view(g) for g in Grant.objects.filter(channel=channel, rcpt_kid__in=kids).order_by("n", "pk")]


def grant_view(g: Grant) -> dict[str, Any]:
    return {"n": g.n, "granter_kid": b64u(g.granter_kid), "rcpt_kid": b64u(g.rcpt_kid), "blob": b64u(g.blob)}


def receipt_views(channel: Channel) -> list[dict[str, Any]]:
    rows = Receipt.objects.filter(channel=channel).order_by("-n")
    return [{"kid": b64u(r.kid), "n": r.n, "receipt": b64u(r.data), "at": iso(r.at)} for r in rows]


def events_after(channel: Channel, after: int, limit: int, room: int = PAGE_ROOM) -> list[Event]:
    """Events from position `after` on: the reader holds that many. Stops early when the wires fill `room` bytes."""
    return _within(Event.objects.filter(channel=channel, n__gte=after).order_by("n")[:limit], room)


def events_before(channel: Channel, before: int, limit: int) -> list[Event]:
    """The newest events at positions below `before`, oldest first."""
    rows = _within(Event.objects.filter(channel=channel, n__lt=before).order_by("-n")[:limit], PAGE_ROOM)
    return rows[::-1]


def event_ids(channel: Channel, after: int) -> bytes:
    """32 bytes for each event from position `after` on, at most 10,000 of them."""
    rows = Event.objects.filter(channel=channel, n__gte=after).order_by("n")
    return b"".join(bytes(i) for i in rows.values_list("event_id", flat=True)[:IDS_PER_PAGE])


def headers(channel: Channel, after: int) -> list[bytes]:
    """The signed headers (docs/protocol.md 5.1) of the events from position `after` on, at most 2,000 of them."""
    rows = Event.objects.filter(channel=channel, n__gte=after).order_by("n")
    return [
        bytes(cbor.decode(bytes(wire))[0])
        for wire in rows.values_list("wire", flat=True)[:HEADERS_PER_PAGE].iterator(chunk_size=200)
    ]


def _within(rows: QuerySet[Event], room: int) -> list[Event]:
    kept: list[Event] = []
    for row in rows.iterator(chunk_size=200):
        room -= len(row.wire)
        if kept and room < 0:
            break
        kept.append(row)
    return kept


def _control_views(channel: Channel) -> list[dict[str, Any]]:
    return [wire_view(row) for row in Event.objects.filter(channel=channel, kind=KIND_CONTROL).order_by("n")]


def head_of(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.pk,
        "kind": channel.kind,
        "head_n": channel.head_n,
        "head_t": b64u(channel.head_t),
        "epoch": channel.epoch,
        "rekey_pending": channel.rekey_pending,
        "log_size": channel.log_size,
        "created": iso(channel.created),
        "last_at": iso(channel.last_at),
    }


def role_of(members: Sequence[dict[str, Any]], officer: Any) -> str | None:
    return next((m["role"] for m in members if m["officer"] == str(officer.pk)), None)


def members_of(channel_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    directory = keys.directory()
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = Member.objects.filter(channel_id__in=list(channel_ids), left_n=None).select_related("officer")
    for m in rows.order_by("joined_n", "pk"):
        found[m.channel_id].append(_member(m, directory))
    return found


def _member(member: Member, directory: Directory) -> dict[str, Any]:
    """`officer` is the id that typing and presence frames name; null when the key has no account here."""
    officer, kid = member.officer, bytes(member.kid)
    key = directory.key(kid)
    return {
        "kid": b64u(kid),
        "officer": str(officer.pk) if officer else None,
        "name": officer.name if officer else (key.display if key else ""),
        "subject": b64u(key.subject) if key else None,
        "authority": member.authority_code,
        "role": member.role,
        "joined_n": member.joined_n,
        "vouched": directory.vouched(kid),
        "online": officer is not None and hub.is_online(str(officer.pk)),
    }


def _own_marks(channel_ids: list[str], officer: Any) -> dict[str, tuple[int, int]]:
    """{channel: (how far the officer has read it, how many events after that change a message or mark one)}."""
    kids = Member.objects.filter(officer=officer, channel_id__in=channel_ids).values("kid")
    read = Receipt.objects.filter(channel=OuterRef("pk"), kid__in=kids).values("channel").annotate(most=Max("n")).values("most")
    amending = Event.objects.filter(channel=OuterRef("pk"), kind__in=AMENDING_KINDS, n__gte=OuterRef("read_n"))
    many = amending.values("channel").annotate(many=Count("pk")).values("many")
    rows = Channel.objects.filter(pk__in=channel_ids).annotate(read_n=Coalesce(Subquery(read), 0))
    rows = rows.annotate(amending=Coalesce(Subquery(many), 0))
    return {pk: (read_n, amending) for pk, read_n, amending in rows.values_list("pk", "read_n", "amending")}


def _edge_wires(channels: list[Channel]) -> dict[str, dict[int, dict[str, Any]]]:
    found: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    ids = [c.pk for c in channels]
    for row in Event.objects.filter(channel_id__in=ids, n__in=FIRST):
        found[row.channel_id][row.n] = wire_view(row)
    for row in Event.objects.filter(channel_id__in=ids, n=F("channel__head_n") - 1):
        found[row.channel_id][row.n] = wire_view(row)
    return found
