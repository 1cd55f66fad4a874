"""The read door: the only place where a channel id from outside becomes a Channel.

"Not yours" and "not there" are the same EnlaceError("not_found"), so that nobody learns which channels exist."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from messaging import hooks
from messaging.models import Attachment, Channel, Member
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


def channels_shared_with(officer: Any, subject: bytes) -> QuerySet[Channel]:
    """Those of the officer's channels where this person is or once was a member: a revoked key is often taken out before
    anybody thinks of the successor."""
    stays = Member.objects.filter(officer__subject=subject)
    return channels_of(officer).filter(pk__in=stays.values("channel_id"))


def attachment_for(officer: Any, channel_id: str, file_id: bytes) -> Attachment:
    """A file of a channel the officer is a member of now; one that is still on its way is only its sender's."""
    found = Attachment.objects.filter(channel=channel_for(officer, channel_id), file_id=file_id).first()
    if found is None or (found.shared_at is None and found.officer_id != officer.pk):
        raise EnlaceError("not_found")
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What an officer is to a channel, now. Only a member reads.

    `focal`: a focal point, no member, whose authority has members there: may remove them (protocol.md 8.5), so that an
    authority can always take back its own keys. `guest`: no member, but a referral asks the officer's authority for an
    answer: may give it, and nothing else (protocol.md 16)."""

    member: bool = False
    focal: bool = False
    guest: bool = False


def channel_and_standing(officer: Any, channel_id: str) -> tuple[Channel, Standing]:
    """For those who may do something in the channel without reading it; EnlaceError("not_found") for all others."""
    return _with_standing(officer, Channel.objects.filter(pk=channel_id).first())


def locked(officer: Any, channel_id: str) -> tuple[Channel, Standing]:
    """The same, with the channel's row locked until the transaction ends and membership read under that lock: a member
    removed a moment ago is no member. (SQLite has no row locks; its transactions are IMMEDIATE instead.)"""
    return _with_standing(officer, Channel.objects.select_for_update(no_key=True).filter(pk=channel_id).first())


def _with_standing(officer: Any, channel: Channel | None) -> tuple[Channel, Standing]:
    if channel is None:
        raise EnlaceError("not_found")
    members = Member.objects.filter(channel=channel, left_n=None)
    if members.filter(officer=officer).exists():
        return channel, Standing(member=True)
    focal = officer.role == "focal" and members.filter(authority_code=officer.authority_id).exists()
    guest = hooks.guest_access(officer, channel)
    if not focal and not guest:
        raise EnlaceError("not_found")
    return channel, Standing(focal=focal, guest=guest)


def channels_of_key(officer: Any, kid: bytes) -> QuerySet[Channel]:
    """Where a key of the focal point's own authority is a member, so that it can be removed everywhere; empty for all
    others, as for a key that is nowhere."""
    stays = Member.objects.filter(kid=kid, left_n=None, authority_code=officer.authority_id)
    return Channel.objects.filter(pk__in=stays.values("channel_id") if officer.role == "focal" else [])
