"""Who may ask the local door, and what must not leave by it."""

import hmac
import json
import re
import secrets
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from mnemonic import Mnemonic

from sealed.errors import EnlaceError
from sealed.open_keys import WORD_LISTS, normalise, parse_recovery_code

COOKIE = "enlace-open"
WORDS = 7
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z \-]{32,80}[0-9A-Za-z]")


class Door:
    """One browser is let in, by an address that works once: other programs of this machine reach the port as well, and pages of
    other sites can send to it. `origin`: http://127.0.0.1:PORT."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._token: str | None = secrets.token_urlsafe(32)
        self._key = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        return f"{self.origin}/open/{self._token}"

    def enters(self, path: str) -> str | None:
        """-> the cookie of who came by the address, the first time; None for everybody else."""
        if self._token is None or not hmac.compare_digest(path.encode(), f"/open/{self._token}".encode()):
            return None
        self._token = None
        return f"{COOKIE}={self._key}; HttpOnly; SameSite=Strict; Path=/"

    def named_rightly(self, host: str | None) -> bool:
        """A name of another site that was made to lead here (DNS rebinding) comes with that name."""
        return host == self.origin.removeprefix("http://")

    def is_open_to(self, cookies: str, origin: str | None, site: str | None, *, reads: bool) -> bool:
        """The browser that was let in, from a page of this door. `site`: Sec-Fetch-Site. What changes something names its origin.
        A page at another port of this machine sends our cookie, too: it is of the same "site", but not of the same origin."""
        given = dict(part.strip().partition("=")[::2] for part in cookies.split(";"))
        if not hmac.compare_digest(given.get(COOKIE, "").encode(), self._key.encode()):
            return False
        if site not in (None, "same-origin", "none"):
            return False
        return origin == self.origin if origin is not None or not reads else True


# --- What must not leave ---------------------------------------------------------------------------------------------------


@cache
def _lists() -> dict[str, frozenset[str]]:
    """{word: the languages that have it}"""
    found: dict[str, set[str]] = {}
    for language, name in WORD_LISTS.items():
        for word in Mnemonic(name).wordlist:
            found.setdefault(normalise(word), set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


def holds_a_secret(content_type: str, body: bytes, query: str) -> bool:
    """Seven words of one list, or a recovery code, in what a browser is about to send: pages of the release never send them, so a
    page of the host has asked for them. Fields of one form count together. Raises EnlaceError `bad_request` for a body of a
    sort that pages never send."""
    texts = [value for _, value in parse_qsl(query, keep_blank_values=True)]
    sort = content_type.partition(";")[0].strip().lower()
    if sort == "application/x-www-form-urlencoded":
        texts += [value for _, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)]
    elif sort == "application/json":
        try:
            texts += _texts(json.loads(body or b"null"))
        except (ValueError, RecursionError):
            raise EnlaceError("bad_request") from None
    elif body and sort != "application/octet-stream":
        raise EnlaceError("bad_request")
    return _seven_words(texts) or any(_recovery_code(text) for text in [*texts, "".join(texts)])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value if isinstance(value, list) else value.values():
            yield from _texts(one)


def _seven_words(texts: list[str]) -> bool:
    run, languages = 0, frozenset(WORD_LISTS)
    for word in re.findall(r"[^\W\d_]+", normalise(" ".join(texts))):
        known = _lists().get(word, frozenset())
        run, languages = (
            (run + 1, languages & known) if languages & known else (1 if known else 0, known or frozenset(WORD_LISTS))
        )
        if run >= WORDS:
            return True
    return False


def _recovery_code(text: str) -> bool:
    for found in CODE.findall(text):
        try:
            parse_recovery_code(found)
        except EnlaceError:
            continue
        return True
    return False
