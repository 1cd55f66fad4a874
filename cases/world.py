"""What the rules must know of the network to judge an act: authorities, posts and keys it names. A plain snapshot, so
that the rules run without a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class PostFacts:
    authority: str
    tz: str  # IANA
    capacity: int | None
    is_open: Callable[[datetime], bool]

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.tz))


@dataclass(frozen=True)
class KeyFacts:
    authority: str
    subject: str  # b64u, the same for all keys an officer ever had


@dataclass(frozen=True)
class World:
    """Only vouched, current keys and active authorities and posts are in it; what is not in it does not exist."""

    authorities: frozenset[str] = frozenset()
    posts: Mapping[str, PostFacts] = field(default_factory=dict)
    keys: Mapping[str, KeyFacts] = field(default_factory=dict)
    members: frozenset[str] = frozenset()  # authorities that have a key in the channel
