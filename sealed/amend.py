"""What later events say of earlier messages: edits, withdrawals, reactions (docs/protocol.md 5.4).

They name their target inside the encryption, so they are judged after opening, by position and by person, never by the clock.
Pages are opened newest first: words may be taken in any order and the answers are the same. No secret, no I/O."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sealed import message
from sealed.errors import EnlaceError
from sealed.events import EDIT, FILE, POST, REACTION, REDACT

AMENDMENTS = frozenset((EDIT, REDACT, REACTION))
REASONS = (
    "mistake",
    "wrong_channel",
    "person_at_risk",
    "no_consent",
    "other",
)  # of a withdrawal; coded, so that each reads his own language
MARKS = ("received", "yes", "no", "on_it", "done", "thanks")  # of a reaction


@dataclass(frozen=True)
class Word:
    """One event that passed the checks of its place. `subject`: whom its key was certified for (16 bytes); `role`: the member's
    role at position `n`; `body` as opened, or None where the ciphertext is gone."""

    n: int
    event_id: bytes
    kind: int
    subject: bytes
    role: str
    body: Any


@dataclass(frozen=True)
class Standing:
    """What a message has become. `versions` from the first to the one that stands; `redacted` the word that withdrew it."""

    versions: list[Word]
    redacted: Word | None = None
    reactions: dict[str, list[bytes]] = field(default_factory=dict)  # mark -> subjects, in the order of their words


def target_of(word: Word) -> bytes:
    """The id of the event that an amendment speaks of. Raises EnlaceError `bad_amendment` or `bad_message`."""
    body = word.body
    length = 3 if word.kind == REACTION else 2
    if not isinstance(body, list) or len(body) != length or not message.is_id(body[0]):
        raise EnlaceError("bad_amendment")
    if word.kind == EDIT:
        message.parse(body[1])
        good = True
    elif word.kind == REDACT:
        good = body[1] in REASONS
    else:
        good = body[1] in MARKS and type(body[2]) is bool
    if not good:
        raise EnlaceError("bad_amendment")
    return bytes(body[0])


def _is_message(word: Word) -> bool:
    return word.kind == FILE or (word.kind == POST and (word.body is None or message.is_text(word.body)))


class Amendments:
    """The words of one channel. `place(event_id)` -> its position among the channel's own verified ids, or None."""

    def __init__(self, place: Callable[[bytes], int | None]) -> None:
        self.place = place
        self.words: dict[bytes, Word] = {}
        self.about: dict[bytes, list[Word]] = defaultdict(list)

    def take(self, word: Word) -> None:
        """Keeps a word; taken again, the later copy stands (a key that came later may have opened it)."""
        self.words[word.event_id] = word
        if word.kind not in AMENDMENTS:
            return
        try:
            said = self.about[target_of(word)]
        except EnlaceError:
            return
        said[:] = sorted([other for other in said if other.n != word.n] + [word], key=lambda one: one.n)

    def check(self, word: Word) -> None:
        """Raises EnlaceError with the code of the first rule that an amendment breaks. Where its target is not opened here there
        is nothing to show it on, and nothing is said of it."""
        place = self.place(target_of(word))
        if place is None or place >= word.n:
            raise EnlaceError("target_unknown")
        target = self.words.get(target_of(word))
        if target is None:
            return
        if not _is_message(target):
            raise EnlaceError("target_not_message")
        self._check_right(word, target)
        if any(other.kind == REDACT and other.n < word.n and self._stands(other) for other in self.about[target.event_id]):
            raise EnlaceError("target_redacted")

    @staticmethod
    def _check_right(word: Word, target: Word) -> None:
        """By person and not by key: whoever got a new key may still mend his own words, and a colleague may not."""
        own = word.subject == target.subject
        if word.kind == EDIT:
            if not own:
                raise EnlaceError("edit_not_author")
            if target.kind != POST:
                raise EnlaceError("target_not_message")
            # Else a "yes" could be moved under another question.
            if target.body is not None and message.parse(word.body[1]).reply_to != message.parse(target.body).reply_to:
                raise EnlaceError("edit_changes_reply")
        elif word.kind == REDACT and not own and word.role != "o":
            raise EnlaceError("redact_not_allowed")

    def _stands(self, word: Word) -> bool:
        try:
            self.check(word)
        except EnlaceError:
            return False
        return True

    def standing(self, event_id: bytes) -> Standing:
        """Of a message that is opened here."""
        versions, redacted = [self.words[event_id]], None
        marks: dict[tuple[str, bytes], bool] = {}
        for word in filter(self._stands, self.about.get(event_id, [])):
            if word.kind == EDIT:
                versions.append(word)
            elif word.kind == REDACT:
                redacted = word
            else:
                _, mark, on = word.body
                marks.pop((mark, word.subject), None)
                if on:
                    marks[mark, word.subject] = True
        reactions = {mark: [who for one, who in marks if one == mark] for mark in MARKS}
        return Standing(versions, redacted, {mark: who for mark, who in reactions.items() if who})
