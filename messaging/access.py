"""The read door: the only place where a channel id from outside becomes a Channel.

"Not yours" and "not there" are the same EnlaceError("not_found"), so that nobody learns which channels exist."""

from typing import Any

from django.db.models import QuerySet

from messaging import hooks
from messaging.models import Channel, Member
from sealed.errors import EnlaceError


def channel_for(officer: Any, channel_id: str) -> Channel:
    """The channel, if the officer is a member of it now; EnlaceError("not_found") otherwise."""
    channel = channels_of(officer).filter(pk=channel_id).first()
    if channel is None:
        raise EnlaceError("not_found")
    return channel


def channels_of(officer: Any) -> QuerySet[Channel]:
    """Every channel the officer is a member of now. Former members find nothing here from the commit that removed them."""
    return Channel.objects.filter(pk__in=Member.objects.filter(officer=officer, left_n=None).values("channel_id"))


def channel_or_guest(officer: Any, channel_id: str) -> tuple[Channel, bool]:
    """(channel, guest): guest is true for an officer who is no member but whose authority a referral asks for an answer.
    A guest may post that answer and know where to post it; nothing else (protocol.md 16)."""
    channel = channels_of(officer).filter(pk=channel_id).first()
    if channel is not None:
        return channel, False
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is not None and hooks.guest_access(officer, channel):
        return channel, True
    raise EnlaceError("not_found")


def locked(officer: Any, channel_id: str) -> tuple[Channel, bool]:
    """The same, with the channel's row locked until the transaction ends and membership read under that lock: a member
    removed a moment ago is no member. (SQLite has no row locks; its transactions are IMMEDIATE instead.)"""
    channel = Channel.objects.select_for_update(no_key=True).filter(pk=channel_id).first()
    if channel is None:
        raise EnlaceError("not_found")
    if Member.objects.filter(channel=channel, officer=officer, left_n=None).exists():
        return channel, False
    if hooks.guest_access(officer, channel):
        return channel, True
    raise EnlaceError("not_found")
