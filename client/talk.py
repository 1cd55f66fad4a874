"""What was said in a room and what has become of it: edits, withdrawals and reactions applied (docs/protocol.md 5.4)."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from client.b64 import b64u
from sealed import files, message
from sealed.amend import AMENDMENTS, Amendments, Word
from sealed.errors import EnlaceError, as_read
from sealed.events import EDIT, FILE, POST, REACTION, REDACT
from sealed.handling import OPEN, Handling, may_export, may_forward, may_open_history
from sealed.mention import Called, Mention, calls
from sealed.message import Message

if TYPE_CHECKING:
    from client.rooms import Room, Row


@dataclass(frozen=True)
class Withdrawal:
    by: bytes  # kid
    at: str
    reason: str


@dataclass(frozen=True)
class Said:
    """One message, or a file with its name. `text` as it stands now, "" where it was withdrawn; `versions` every text it had, the
    first first."""

    n: int
    at: str
    by: bytes  # kid
    text: str
    reply_to: bytes | None = None
    versions: list[str] = field(default_factory=list)
    withdrawn: Withdrawal | None = None
    reactions: dict[str, list[bytes]] = field(default_factory=dict)  # mark -> subjects
    handling: Handling = OPEN
    evaluation: tuple[str, int] | None = None
    mentions: tuple[Mention, ...] = ()
    origin: str = ""  # the authority whose words these are


def _is_said(word: Word) -> bool:
    return word.kind == FILE or (word.kind == POST and message.is_text(word.body))


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
        self.said = [word for word in words if _is_said(word) and self._stands(word)]
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
            elif word.kind == FILE:
                files.parse_body(word.body)
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
        versions = [self._read(one) for one in standing.versions]
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
            versions[-1].handling,
            versions[-1].evaluation,
            versions[-1].mentions,
            versions[-1].origin or self._authority(row.event.sender_kid if row.event else b""),
        )

    def _read(self, word: Word) -> Message:
        """Of a text, an edit, or a file, which has words beside it and a name."""
        if word.kind == FILE:
            return replace(files.message_of(word.body), text=self.rows[word.n].text)
        return message.parse(word.body[1] if word.kind == EDIT else word.body)

    def _authority(self, kid: bytes) -> str:
        key = self.room.enlace.directory.key(kid)
        return key.authority if key else ""

    def line(self, row: "Row") -> str:
        """One opened event in words, "" where there is nothing to say: for those who follow a channel as it is written."""
        code = row.code or self.refused.get(row.n)
        if code:
            return f"[{code}] {as_read(code)}"
        if row.event is None or not isinstance(row.body, list):
            return ""
        if row.event.kind == EDIT:
            return f"(edited) {row.body[1][1]}"
        if row.event.kind == REDACT:
            return f"(withdrew a message: {row.body[1]})"
        if row.event.kind == REACTION:
            return f"({row.body[1] if row.body[2] else f'not {row.body[1]}'})"
        return row.text

    def calls_me(self, said: Said) -> bool:
        """Does the message mention this officer, a desk that he serves, or his role?"""
        enlace = self.room.enlace
        key = enlace.directory.key(enlace.identity.kid)
        desks = [desk for row in enlace.people() if row["kid"] == b64u(enlace.identity.kid) for desk in row["posts"]]
        return key is not None and calls(said.mentions, Called(key.subject, key.authority, key.role, desks))

    # --- Handling: what may be done with it beyond reading it here (docs/protocol.md 5.6) -------------------------------------

    def may_export(self, said: Said) -> bool:
        """Into a file, by this officer?"""
        return may_export(said.handling, said.origin, self._authority(self.room.enlace.identity.kid))

    def forwarded(self, n: int, members: Collection[bytes]) -> list[object]:
        """The body that carries the message at n into a channel of these members (kids), its code with it. Raises
        `handling_forbids`."""
        said = next((one for one in self.messages() if one.n == n and not one.withdrawn), None)
        if said is None or self._target(n).kind == FILE:
            raise EnlaceError("target_not_message")
        if not may_forward(said.handling, said.origin, {self._authority(kid) for kid in members}):
            raise EnlaceError("handling_forbids")
        return message.body_of(Message(said.text, None, said.handling, said.evaluation, origin=said.origin))

    def open_from(self, newcomer: str, first: int) -> int:
        """The first epoch, not before `first`, from which on nothing is kept from the authority `newcomer`: one after the current
        epoch where something in that one is. Every version of a message counts, a withdrawn one too: its key opens them."""
        state = self.room.state
        for said in self.messages():
            for word in self._events_of(said):
                present = {self._authority(kid) for kid in state.spans if state.member_at(word.n, kid)}
                if not may_open_history(said.handling, said.origin, newcomer, present):
                    first = max(first, state.epoch_at(word.n) + 1)
        return first

    def _events_of(self, said: Said) -> list[Word]:
        return self.amendments.standing(next(word.event_id for word in self.said if word.n == said.n)).versions

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
        """New words under the handling code and evaluation that stand."""
        target = self._target(n)
        now = self._read(self.amendments.standing(target.event_id).versions[-1])
        return self._judged(EDIT, [target.event_id, message.body_of(replace(now, text=text))])

    def withdrawal(self, n: int, reason: str) -> list[object]:
        return self._judged(REDACT, [self._target(n).event_id, reason])

    def reaction(self, n: int, mark: str, given: bool) -> list[object]:
        return self._judged(REACTION, [self._target(n).event_id, mark, given])
