"""What realtime asks of the app that knows officers and channels (settings.ENLACE_SOCKET_DOOR names its object)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

Frame = dict[str, Any]
Reply = Callable[[Frame], None]


@dataclass(frozen=True)
class Session:
    """Who a socket is, as of the last look.

    `heads`: channel id -> number of its events, for the channels this officer may read. `topics`: what else it hears.
    `key` names the login session, so that signing it out closes its sockets. `data` is the door's own."""

    officer: str
    key: str
    topics: frozenset[str]
    heads: dict[str, int]
    data: Any = field(default=None, compare=False)


class Door(Protocol):
    """All methods are synchronous. open, recheck and pull run in a reader thread and may use the ORM; post and receipt
    run on the event loop and must only queue. An int instead of a Session is a close code."""

    def open(self, scope: dict[str, Any]) -> Session | int: ...

    def recheck(self, sessions: list[Session], acted: frozenset[str]) -> list[Session | int]:
        """`acted`: keys of those whose person wrote since the last look. Beats and pulls come from a page left alone, too."""

    def pull(self, channel: str, after: int, limit: int) -> Frame: ...

    def post(self, session: Session, frame: Frame, reply: Reply) -> None: ...

    def receipt(self, session: Session, frame: Frame, reply: Reply) -> None: ...


def door() -> Door:
    return cast(Door, import_string(settings.ENLACE_SOCKET_DOOR))
