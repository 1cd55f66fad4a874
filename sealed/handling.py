"""Handling codes: what may be done with a message beyond reading it where it was written (docs/protocol.md 5.6, ADR 19).

Chosen by the author at writing, kept by the readers' clients. They bind whoever uses an honest client; who has read something
can always repeat it. Codes as in SIENA: H0 for the network, H1 not for judicial use without the author's authority, H2 no onward
sharing, H3 named authorities alone. `released` widens each to the authorities it names. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sealed.errors import EnlaceError

H0, H1, H2, H3 = range(4)
MANY = 64
AUTHORITY = re.compile(r"[!-~]{1,16}")


@dataclass(frozen=True)
class Handling:
    code: int = H0
    released: tuple[str, ...] = ()

    def reaches(self, origin: str, authority: str) -> bool:
        """Is this the author's own authority, or one that he released it to?"""
        return authority == origin or authority in self.released


OPEN = Handling()


def is_authority(value: Any) -> bool:
    return isinstance(value, str) and AUTHORITY.fullmatch(value) is not None


def parse_handling(value: Any) -> Handling:
    """Of [code, [authority, ...]]. Raises EnlaceError `bad_message`."""
    code, released = value if isinstance(value, list) and len(value) == 2 else (None, None)
    if type(code) is not int or not H0 <= code <= H3 or not isinstance(released, list) or len(released) > MANY:
        raise EnlaceError("bad_message")
    if not all(map(is_authority, released)) or released != sorted(set(released)):
        raise EnlaceError("bad_message")
    if code == H0 and released:
        raise EnlaceError("bad_message")
    return Handling(code, tuple(released))


def may_forward(handling: Handling, origin: str, authorities: Collection[str]) -> bool:
    """Into another channel, whose members are of these authorities? The code travels with the words."""
    return handling.code <= H1 or all(handling.reaches(origin, one) for one in authorities)


def may_export(handling: Handling, origin: str, reader: str) -> bool:
    """Into a file, which leaves Enlace and may end before a court? `reader`: the authority of the officer who exports."""
    return handling.code == H0 or handling.reaches(origin, reader)


def may_open_history(handling: Handling, origin: str, newcomer: str, present: Collection[str]) -> bool:
    """To somebody who was not here when it was written? `newcomer`: his authority; `present`: the authorities of the members at
    that place. A successor at a desk that has read it inherits an H2, never an H3."""
    if handling.code <= H1 or handling.reaches(origin, newcomer):
        return True
    return handling.code == H2 and newcomer in present
