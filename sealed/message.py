"""What a message says, once it is opened (docs/protocol.md 5.4). Pure: a body in, a plain value out."""

from dataclasses import dataclass
from typing import Any

from sealed.errors import EnlaceError


@dataclass(frozen=True)
class Message:
    text: str
    reply_to: bytes | None = None  # the id of the event it answers


def is_id(value: Any) -> bool:
    return isinstance(value, bytes) and len(value) == 32


def is_text(body: Any) -> bool:
    """Does it claim to be a text? `parse` says whether it is one."""
    return isinstance(body, list) and body[:1] == ["text"]


def parse(body: Any) -> Message:
    """Of ["text", text, reply_to or null]. Raises EnlaceError `bad_message`."""
    if not is_text(body) or len(body) != 3:
        raise EnlaceError("bad_message")
    _, text, reply_to = body
    if not isinstance(text, str) or not (reply_to is None or is_id(reply_to)):
        raise EnlaceError("bad_message")
    return Message(text, reply_to)
