"""Loads the part of the network that one act names, as the plain World that the rules judge by."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model

from cases.acts import named_in
from cases.kinds.base import Kind
from cases.kinds.fields import AUTHORITY, ID32, PostId, RefusedError
from cases.kinds.state import Act
from cases.world import KeyFacts, PostFacts, World
from liaison import keys
from liaison.models import Authority, Post
from liaison.names import b64u, unb64u
from messaging.models import Member


def world_for(sort: Kind, act: Act, channel_id: str) -> World:
    """What exists of all that `act` names. An act that is not well formed names nothing: the rules refuse it before."""
    named = named_in(sort, act)
    return World(
        authorities=authorities({one.id for one in named if one.what == "authority"}),
        posts=posts({one.id for one in named if one.what == "post"}),
        keys=vouched({one.id for one in named if one.what == "key"}),
        members=frozenset(Member.objects.filter(channel_id=channel_id, left_n=None).values_list("authority_code", flat=True)),
    )


def authorities(codes: Iterable[str]) -> frozenset[str]:
    wanted = [code for code in codes if isinstance(code, str) and AUTHORITY.fullmatch(code)]
    return frozenset(Authority.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else frozenset()


def posts(ids: Iterable[str]) -> dict[str, PostFacts]:
    wanted = [one for one in ids if _is_post(one)]
    rows = Post.objects.filter(pk__in=wanted) if wanted else ()
    return {str(row.pk): PostFacts(row.authority_id, row.tz, row.capacity, row.is_open) for row in rows}


def _is_post(text: Any) -> bool:
    try:
        PostId().parse(text)
    except RefusedError:
        return False
    return True


def vouched(kids: Iterable[str]) -> dict[str, KeyFacts]:
    """Keys that an officer uses today: vouched for, not revoked, not replaced."""
    wanted = [kid for kid in kids if isinstance(kid, str) and ID32.fullmatch(kid)]
    rows = get_user_model().objects.filter(kid__in=wanted, is_active=True) if wanted else ()
    return {row.kid: KeyFacts(row.authority_id, b64u(row.subject)) for row in rows if row.kid and row.authority_id}


def officers_of(kids: Iterable[str]) -> dict[str, Any]:
    """{kid: officer} by the key log, old keys included, so that a rebuilt row finds the person of that time."""
    directory = keys.directory()
    subjects = {kid: key.subject for kid in kids if (key := directory.key(unb64u(kid, 32)))}
    rows = get_user_model().objects.filter(subject__in=set(subjects.values())) if subjects else ()
    people = {bytes(row.subject): row for row in rows}
    return {kid: people[subject] for kid, subject in subjects.items() if subject in people}
