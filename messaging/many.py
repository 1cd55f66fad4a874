"""Many channels in one answer, each as it is needed to be verified and opened whole: a fixed number of queries for all.

Whoever hands over a post opens seventy channels at once; asked one by one they would be two hundred requests."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from liaison.names import b64u
from messaging import hooks, shapes
from messaging.access import channels_of
from messaging.announce import wire_view
from messaging.models import KIND_CONTROL, Channel, Event, Grant, Member

NEWEST = 500  # events of each; who needs more asks that channel for its pages


def openings(officer: Any, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Of those of the `ids` that the officer is a member of, in the order asked: what shapes.channel_detail tells, without the
    read marks, and `ids` and `events` as their own addresses give them. Events stop where they fill shapes.PAGE_ROOM."""
    mine = {channel.pk: channel for channel in channels_of(officer).filter(pk__in=ids)}
    channels = [mine[name] for name in dict.fromkeys(ids) if name in mine]
    controls, grants, event_ids, pages = _controls(channels), _grants(channels, officer), _event_ids(channels), _pages(channels)
    members = shapes.members_of(mine)
    cases = hooks.case_views([channel.pk for channel in channels if channel.kind == "case"], officer)
    return [
        shapes.head_of(channel)
        | {
            "my_role": shapes.role_of(members[channel.pk], officer),
            "members": members[channel.pk],
            "control": controls[channel.pk],
            "grants": grants[channel.pk],
            "receipts": [],
            "case": cases.get(channel.pk),
            "ids": b64u(b"".join(event_ids[channel.pk])),
            "events": pages[channel.pk],
        }
        for channel in channels
    ]


def _controls(channels: Sequence[Channel]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in Event.objects.filter(channel__in=channels, kind=KIND_CONTROL).order_by("n"):
        found[row.channel_id].append(wire_view(row))
    return found


def _grants(channels: Sequence[Channel], officer: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    kids = Member.objects.filter(channel__in=channels, officer=officer).values("kid")
    for row in Grant.objects.filter(channel__in=channels, rcpt_kid__in=kids).order_by("n", "pk"):
        found[row.channel_id].append(shapes.grant_view(row))
    return found


def _event_ids(channels: Sequence[Channel]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = defaultdict(list)
    rows = Event.objects.filter(channel__in=channels, n__lt=shapes.IDS_PER_PAGE).order_by("n")
    for channel, event_id in rows.values_list("channel_id", "event_id"):
        found[channel].append(bytes(event_id))
    return found


def _pages(channels: Sequence[Channel]) -> dict[str, list[dict[str, Any]]]:
    """The newest events of each, from the newest back, so that what is left out is left out at the old end."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    room = shapes.PAGE_ROOM
    rows = Event.objects.filter(channel__in=channels, n__gte=F("channel__head_n") - NEWEST)
    for row in rows.order_by("channel", "-n").iterator(chunk_size=200):
        room -= len(row.wire)
        if room < 0:
            break
        found[row.channel_id].insert(0, wire_view(row))
    return found
