"""What was said in a room and what has become of it: edits, withdrawals and reactions applied (docs/protocol.md 5.4)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sealed import message
from sealed.amend import AMENDMENTS, Amendments, Word
from sealed.errors import EnlaceError
from sealed.events import EDIT, POST, REACTION, REDACT

if TYPE_CHECKING:
    from client.rooms import Room, Row


@dataclass(frozen=True)
class Withdrawal:
    by: bytes  # kid
    at: str
    reason: str


@dataclass(frozen=True)
class Said:
    """One message. `text` as it stands now, "" where it was withdrawn; `versions` every text it had, the first first."""

    n: int
    at: str
    by: bytes  # kid
    text: str
    reply_to: bytes | None = None
    versions: list[str] = field(default_factory=list)
    withdrawn: Withdrawal | None = None
    reactions: dict[str, list[bytes]] = field(default_factory=dict)  # mark -> subjects


class Talk:
    """Of one room, as it stands when this is made. `refused` {n: code}: amendments and messages that break a rule."""

    def __init__(self, room: "Room") -> None:
        self.room = room
        self.rows: dict[int, Row] = {}
        self.refused: dict[int, str] = {}
        places: dict[bytes, int] = {}
        for row in room.rows:
            if row.event is not None:
                places.setdefault(row.event.event_id, row.n)
        self.amendments = Amendments(places.get)
        words = [word for word in map(self._word, room.opened()) if word]
        for word in words:
            self.amendments.take(word)
        self.said = [word for word in words if word.kind == POST and message.is_text(word.body) and self._stands(word)]
        for word in words:
            if word.kind in AMENDMENTS:
                self._stands(word)

    def _word(self, row: "Row") -> Word | None:
        key = self.room.enlace.directory.key(row.event.sender_kid) if row.event else None
        if row.event is None or row.body is None or key is None:
            return None
        self.rows[row.n] = row
        role = self.room.state.member_at(row.n, key.kid) or ""
        return Word(row.n, row.event.event_id, row.event.kind, key.subject, role, row.body)

    def _stands(self, word: Word) -> bool:
        try:
            if word.kind == POST:
                message.parse(word.body)
            else:
                self.amendments.check(word)
        except EnlaceError as error:
            self.refused[word.n] = error.code
            return False
        return True

    def messages(self) -> list[Said]:
        """In the order of the channel."""
        return [self._message(word) for word in self.said]

    def _message(self, word: Word) -> Said:
        standing = self.amendments.standing(word.event_id)
        row = self.rows[word.n]
        versions = [message.parse(one.body[1] if one.kind == EDIT else one.body) for one in standing.versions]
        gone = standing.redacted and self.rows[standing.redacted.n]
        withdrawn = Withdrawal(gone.event.sender_kid, gone.at, gone.body[1]) if gone and gone.event else None
        return Said(
            word.n,
            row.at,
            row.event.sender_kid if row.event else b"",
            "" if withdrawn else versions[-1].text,
            versions[-1].reply_to,
            [] if withdrawn else [one.text for one in versions],
            withdrawn,
            standing.reactions,
        )

    def line(self, row: "Row") -> str:
        """One opened event in words, "" where there is nothing to say: for those who follow a channel as it is written."""
        code = row.code or self.refused.get(row.n)
        if code:
            return f"[{code}]"
        if row.event is None or not isinstance(row.body, list):
            return ""
        if row.event.kind == EDIT:
            return f"(edited) {row.body[1][1]}"
        if row.event.kind == REDACT:
            return f"(withdrew a message: {row.body[1]})"
        if row.event.kind == REACTION:
            return f"({row.body[1] if row.body[2] else f'not {row.body[1]}'})"
        return row.text

    # --- Bodies of what is about to be said, judged as every reader will judge them ------------------------------------------

    def _target(self, n: int) -> Word:
        word = next((word for word in self.said if word.n == n), None)
        if word is None:
            raise EnlaceError("target_not_message")
        return word

    def _judged(self, kind: int, body: list[object]) -> list[object]:
        own = self.room.enlace.directory.key(self.room.enlace.identity.kid)
        if own is None:
            raise EnlaceError("unknown_key")
        role = self.room.state.members.get(own.kid, "")
        self.amendments.check(Word(len(self.room.rows), b"", kind, own.subject, role, body))
        return body

    def edit(self, n: int, text: str) -> list[object]:
        target = self._target(n)
        return self._judged(EDIT, [target.event_id, ["text", text, message.parse(target.body).reply_to]])

    def withdrawal(self, n: int, reason: str) -> list[object]:
        return self._judged(REDACT, [self._target(n).event_id, reason])

    def reaction(self, n: int, mark: str, given: bool) -> list[object]:
        return self._judged(REACTION, [self._target(n).event_id, mark, given])
