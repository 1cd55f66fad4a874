"""What a message says, once it is opened (docs/protocol.md 5.4). Pure: a body in, a plain value out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sealed.errors import EnlaceError
from sealed.handling import OPEN, Handling, is_authority, parse_handling
from sealed.mention import Mention, parse_mentions

SOURCES = "ABCX"  # always reliable, mostly reliable, mostly unreliable, not assessed
MANY = 64


@dataclass(frozen=True)
class Message:
    text: str
    reply_to: bytes | None = None  # the id of the event it answers
    handling: Handling = OPEN
    evaluation: tuple[str, int] | None = None  # 4x4: the source A, B, C, X and the information 1..4
    mentions: tuple[Mention, ...] = ()
    origin: str | None = None  # of a forwarded message: the authority whose words these are


def is_id(value: Any) -> bool:
    return isinstance(value, bytes) and len(value) == 32


def is_text(body: Any) -> bool:
    """Does it claim to be a text? `parse` says whether it is one."""
    return isinstance(body, list) and body[:1] == ["text"]


def _parse_evaluation(value: Any) -> tuple[str, int]:
    source, information = value if isinstance(value, list) and len(value) == 2 else (None, None)
    if not isinstance(source, str) or len(source) != 1 or source not in SOURCES:
        raise EnlaceError("bad_message")
    if type(information) is not int or not 1 <= information <= 4:
        raise EnlaceError("bad_message")
    return source, information


def _parse_origin(value: Any) -> str:
    if not is_authority(value):
        raise EnlaceError("bad_message")
    return str(value)


MORE: dict[str, Callable[[Any], Any]] = {
    "evaluation": _parse_evaluation,
    "handling": parse_handling,
    "mentions": parse_mentions,
    "origin": _parse_origin,
}


def _parse_more(rows: Any) -> dict[str, Any]:
    """[[name, value], ...], each name once. A name that is not known here says nothing here; a known one that is malformed spoils
    the message, else a reader who reads less strictly would pass on what he may not."""
    if not isinstance(rows, list) or len(rows) > MANY:
        raise EnlaceError("bad_message")
    found: dict[str, Any] = {}
    for row in rows:
        if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], str) or row[0] in found:
            raise EnlaceError("bad_message")
        found[row[0]] = MORE[row[0]](row[1]) if row[0] in MORE else None
    return {name: value for name, value in found.items() if name in MORE}


def parse(body: Any) -> Message:
    """Of ["text", text, reply_to or null] or the same with more. Raises EnlaceError `bad_message`."""
    if not is_text(body) or len(body) not in (3, 4):
        raise EnlaceError("bad_message")
    _, text, reply_to, *more = body
    if not isinstance(text, str) or not (reply_to is None or is_id(reply_to)):
        raise EnlaceError("bad_message")
    return Message(text, reply_to, **(_parse_more(more[0]) if more else {}))


def more_of(message: Message) -> list[list[Any]]:
    """What stands beside the text: what is left out says nothing."""
    more: list[list[Any]] = []
    if message.evaluation:
        more.append(["evaluation", list(message.evaluation)])
    if message.handling != OPEN:
        more.append(["handling", [message.handling.code, list(message.handling.released)]])
    if message.mentions:
        more.append(["mentions", [list(one) for one in message.mentions]])
    if message.origin:
        more.append(["origin", message.origin])
    return more


def body_of(message: Message) -> list[Any]:
    """The body that `parse` reads back."""
    more = more_of(message)
    return ["text", message.text, message.reply_to, *([more] if more else [])]
