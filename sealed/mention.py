"""Whom a message calls: a person, whoever serves a desk, whoever has a role in an authority (docs/protocol.md 5.6). Pure.

A person and a role are those of certificates. Who serves a desk is the host's word: a host that lies about it can leave a call
unheard, as it can withhold the message, and makes nobody read what was not sealed for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sealed.errors import EnlaceError
from sealed.handling import is_authority

MANY = 64
LONGEST_DESK = 64
ROLES = range(5)  # of sealed.certs

Mention = tuple[Any, ...]  # ("person", subject) · ("desk", id) · ("role", authority, role)


@dataclass(frozen=True)
class Called:
    """Who reads: by the own certificate, and the ids of the desks served."""

    subject: bytes
    authority: str
    role: int
    desks: Collection[str] = ()


def _is_mention(row: Any) -> bool:
    match row:
        case ["person", bytes(subject)]:
            return len(subject) == 16
        case ["desk", str(desk)]:
            return 0 < len(desk) <= LONGEST_DESK and desk.isascii()
        case ["role", authority, role]:
            return is_authority(authority) and type(role) is int and role in ROLES
    return False


def parse_mentions(value: Any) -> tuple[Mention, ...]:
    """Of [["person", subject(16)] | ["desk", id] | ["role", authority, role], ...]. Raises EnlaceError `bad_message`."""
    if not isinstance(value, list) or not 0 < len(value) <= MANY or not all(map(_is_mention, value)):
        raise EnlaceError("bad_message")
    return tuple(map(tuple, value))


def refuse_absent(mentions: Sequence[Mention], present: Sequence[Called]) -> None:
    """Nobody is called who is not here and would never hear it. `present`: the members. Desks are the host's word and are not
    judged. Raises EnlaceError `call_not_member`."""
    for one in mentions:
        if one[0] != "desk" and not any(calls([one], who) for who in present):
            raise EnlaceError("call_not_member")


def calls(mentions: Sequence[Mention], who: Called) -> bool:
    """Does one of them call this person?"""
    own = {("person", who.subject), ("role", who.authority, who.role), *(("desk", desk) for desk in who.desks)}
    return not own.isdisjoint(mentions)
