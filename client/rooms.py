"""One channel as a verified replica: what the server says is recomputed, what is written is sealed here."""

import json
import time
from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client import files as client_files
from client.b64 import b64u, unb64u
from client.files import Progress
from client.talk import Talk
from sealed import events, files
from sealed.channel import COORDINATOR, CUSTODIAN, ChannelState
from sealed.errors import EnlaceError
from sealed.events import ACT, CONTROL, EDIT, FILE, POST, REACTION, RECORD, REDACT, Event
from sealed.files import File
from sealed.keylog import Key
from sealed.mention import Called, refuse_absent
from sealed.message import Message, body_of
from sealed.open_channel import Keyring
from sealed.open_events import Author, control_body, sign_receipt
from sealed.open_suite import random_bytes
from sealed.suite import sha256

if TYPE_CHECKING:
    from client.enlace import Enlace

Fields = Sequence[tuple[str, Any]]  # of a record: (field, value)
Gifts = Sequence[tuple[bytes, bytes]]  # (kid, grant)
Make = Callable[[], tuple[list[bytes], Gifts]]  # -> (wires, grants)
Change = Callable[[], tuple[list[Any], Any, Gifts]]  # -> (changes, new_epoch, grants)
PAGE = 200
TRIES = 6
AGAIN = frozenset(("stale_head", "wrong_epoch", "unknown_head", "wrong_transcript", "rekey_pending", "key_log_behind"))


def runs(epochs: Collection[int]) -> list[tuple[int, int]]:
    """The stretches without a gap in them: [(first, last)]."""
    firsts = sorted(epoch for epoch in epochs if epoch - 1 not in epochs)
    return list(zip(firsts, sorted(epoch for epoch in epochs if epoch + 1 not in epochs), strict=True))


def act_bytes(act: dict[str, Any]) -> bytes:
    return json.dumps(act, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Row:
    """One event as a reader sees it: `body` is opened, or None with `code` saying which check failed."""

    n: int
    at: str
    event: Event | None
    body: Any
    code: str | None

    @property
    def file(self) -> File | None:
        """What the message says of its file. Raises `bad_file`."""
        return files.parse_body(self.body)[1] if self.event is not None and self.event.kind == FILE and self.body else None

    @property
    def text(self) -> str:
        """The text of a post, the name of a file, "" for anything else."""
        if self.event is not None and self.event.kind == FILE and self.body:
            return " ".join(part for part in (self.body[1], f"[{self.body[2][2]}]") if part)
        if self.event is not None and self.event.kind == POST and isinstance(self.body, list) and self.body[0] == "text":
            return str(self.body[1])
        return ""


@dataclass(frozen=True)
class Departure:
    """What nobody can bring back: the epochs that only this member was given; the authority of which nobody is left, or ""."""

    epochs: set[int]
    authority: str


class Room:
    def __init__(self, enlace: "Enlace", channel_id: bytes) -> None:
        self.enlace, self.channel_id = enlace, channel_id
        self.id = b64u(channel_id)
        self.state = ChannelState(channel_id)
        self.ring = Keyring(enlace.identity, channel_id, enlace.identities)
        self.author = Author(enlace.identity, random_bytes(8))
        self.rows: list[Row] = []
        self.code = ""  # of the case, where it is one
        self.bad_grants: list[tuple[Key, str]] = []  # (who gave it, why it is not used) of keys promised to this officer
        self.forked: set[bytes] = set()  # members who signed another past of this channel than the one the host shows here
        self._ahead: ChannelState | None = None

    # --- Reading -------------------------------------------------------------------------------------------------------------

    def load(self) -> "Room":
        """Everything from the first event on, and the keys to it."""
        detail = self.enlace.http.get(f"/api/channels/{self.id}")
        if detail["log_size"] > self.enlace.directory.size:
            self.enlace.sync()
        case = detail.get("case")
        self.code = case["code"] if case else ""
        self.refresh(detail["grants"])
        self._heed(detail["receipts"])
        return self

    def refresh(self, grants: Sequence[dict[str, Any]] | None = None) -> "Room":
        """Fetches and verifies everything new. `grants` as the host has just shown them, else they are fetched when needed."""
        while True:
            answer = self.enlace.http.get(f"/api/channels/{self.id}/events", after=len(self.rows), limit=PAGE)
            for row in answer["events"]:
                self._take(row)
            if len(self.rows) >= answer["head_n"]:
                break
            if not answer["events"]:
                raise EnlaceError("wrong_transcript", "the host announces more than it shows")
        self._arrived(grants)
        return self

    def hear(self, frame: dict[str, Any]) -> None:
        """Takes a live frame of events; what is missing before it is fetched."""
        if frame["from"] > len(self.rows) or len(frame["wires"]) < frame["head"] - frame["from"]:
            self.refresh()
            return
        for row in frame["wires"]:
            if row["n"] == len(self.rows):
                self._take(row)
        self._arrived(None)

    def _arrived(self, grants: Sequence[dict[str, Any]] | None) -> None:
        self._ahead = None
        self._take_grants(grants)
        self._pin()

    def _pin(self) -> None:
        """Remembers the head. A host that once showed more, or something else there, is found out."""
        if self.enlace.vault is None:
            return
        n, t = self.enlace.vault.heads.get(self.channel_id, (0, b""))
        if n and self.state.ts.get(n) != t:
            raise EnlaceError("channel_rollback")
        self.enlace.vault.heads[self.channel_id] = (self.state.head_n, self.state.head_t)

    def _take(self, row: dict[str, Any]) -> None:
        if row["n"] != len(self.rows):
            raise EnlaceError("wrong_transcript", "a hole")
        event: Event | None = None
        try:
            event = events.parse(unb64u(row["wire"]))
            try:
                self.state.apply(event, self.enlace.directory)
            except EnlaceError as error:
                if error.code not in ("unknown_key", "key_log_behind", "not_vouched"):
                    raise
                self.state.apply(event, self.enlace.sync())
            self.rows.append(Row(row["n"], row["at"], event, None, None))
        except EnlaceError as error:
            if event is None or event.kind == CONTROL:
                # Whoever changes a channel saw all that stands before: another head here is another past.
                code = "wrong_transcript" if error.code == "stale_head" else error.code
                raise EnlaceError(code, error.detail, n=row["n"]) from None
            self.state.place(self.state.head_n + 1, events.transcript(self.state.head_t, event.event_id))
            self.rows.append(Row(row["n"], row["at"], event, None, error.code))

    def _take_grants(self, grants: Sequence[dict[str, Any]] | None) -> None:
        lacking = [epoch for epoch in self.state.commits if epoch not in self.ring.secrets]
        promised = self.state.grants_for(*self.ring.own)
        if any(grant.first <= epoch <= grant.last for grant in promised for epoch in lacking):
            shown = grants if grants is not None else self.enlace.http.get(f"/api/channels/{self.id}")["grants"]
            failed = self.ring.take_all(self.state, [(grant["n"], unb64u(grant["blob"])) for grant in shown])
            missing = [
                (grant, code) for grant, code in failed if not self.ring.holds(grant)
            ]  # others may have given the same again
            given = [(self.enlace.directory.key(grant.granter), code) for grant, code in missing]
            self.bad_grants = [(granter, code) for granter, code in given if granter]

    def opened(self) -> list[Row]:
        """All rows, bodies opened where this officer holds the key."""
        return [self._opened(row) for row in self.rows]

    def _opened(self, row: Row) -> Row:
        if row.event is None or row.code is not None:
            return row
        if row.event.kind == ACT:
            return Row(row.n, row.at, row.event, json.loads(row.event.payload), None)
        if row.event.kind == CONTROL:
            return row
        try:
            body, told = self.ring.open_told(row.event)
        except EnlaceError as error:
            return Row(row.n, row.at, row.event, None, error.code)
        if told is not None:
            self.enlace.hear(told)
        return Row(row.n, row.at, row.event, body, None)

    def talk(self) -> Talk:
        """What was said, with what became of it."""
        return Talk(self)

    def texts(self) -> list[str]:
        """The messages that stand, as they stand now."""
        return [said.text for said in self.talk().messages() if said.text]

    def records(self) -> dict[str, dict[str, Any]]:
        """{ref: {field: value}}, the last writer of a field stands."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.opened():
            if row.event is not None and row.event.kind == RECORD and isinstance(row.body, list) and row.body[0] == "rec":
                found.setdefault(row.body[1], {}).update(dict(row.body[2]))
        return found

    @property
    def title(self) -> str:
        records = self.records()
        named = records.get("channel", {}).get("title") or records.get("case", {}).get("title")
        if named:
            return str(named)
        titles = [row.body[1] for row in self.opened() if isinstance(row.body, list) and row.body[:1] == ["title"]]
        return titles[-1] if titles else ""

    # --- Writing -------------------------------------------------------------------------------------------------------------

    @property
    def _head(self) -> ChannelState:
        """The state as it will stand after what was made but not yet sent."""
        return self._ahead or self.state

    def foresee(self, wire: bytes) -> None:
        """Applies an own event that is about to be sent with others, so that the next one stands on it."""
        self._ahead = deepcopy(self._head)
        self._ahead.apply(events.parse(wire), self.enlace.directory)

    def sealed_wire(self, kind: int, body: Any) -> bytes:
        head = self._head
        secret = self.ring.secret(head.epoch)
        place = (self.channel_id, head.epoch, kind, head.head_n, head.head_t, now_ms())
        return self.author.seal(secret, *place, body, self.enlace.log.head)

    def act_wire(self, act: dict[str, Any]) -> bytes:
        head = self._head
        return self.author.clear(self.channel_id, head.epoch, ACT, head.head_n, head.head_t, now_ms(), act_bytes(act))

    def record_wire(self, ref: str, fields: Fields) -> bytes:
        return self.sealed_wire(RECORD, ["rec", ref, [list(pair) for pair in fields]])

    def send(self, make: Make, attached: Sequence[bytes] = ()) -> list[dict[str, Any]]:
        """`make()` -> (wires, grants); made anew and sent again when somebody was faster. `attached`: ids of the files that the
        messages refer to. All or nothing."""
        for attempt in range(TRIES):
            self._settle()
            first = self.author.next_seq
            wires, grants = make()
            try:
                answer = self._put(wires, grants, attached)
            except EnlaceError as error:
                # A refused event was never stored: its number is used again, so that readers see no gap.
                self.author.next_seq = self.author.next_seq if error.code == "unreachable" else first
                if error.code not in AGAIN or attempt == TRIES - 1:
                    raise
                self.enlace.sync()
                self.refresh()
            else:
                self._took(wires, answer)
                return answer
        raise EnlaceError("stale_head")

    def founded(self, wires: Sequence[bytes]) -> "Room":
        """The host took these as the first events of the channel."""
        self._took(wires, [{"n": n, "at": iso_now()} for n in range(len(wires))])
        return self

    def _put(self, wires: Sequence[bytes], grants: Gifts, attached: Sequence[bytes] = ()) -> list[dict[str, Any]]:
        body: dict[str, Any] = {"wires": [b64u(wire) for wire in wires]}
        body["grants"] = [[b64u(kid), b64u(blob)] for kid, blob in grants]
        body["files"] = [b64u(file_id) for file_id in attached]
        return list(self.enlace.http.post(f"/api/channels/{self.id}/events", body)["events"])

    def _took(self, wires: Sequence[bytes], answer: Sequence[dict[str, Any]]) -> None:
        """Own events that got the very next places need not be fetched again; they pass the same checks."""
        if [row["n"] for row in answer] != list(range(len(self.rows), len(self.rows) + len(wires))):
            self.refresh()
            return
        for wire, row in zip(wires, answer, strict=True):
            self._take({"n": row["n"], "at": row["at"], "wire": b64u(wire)})
        self._arrived([])

    def _settle(self) -> None:
        """Before anything is written: one's own new key takes its place, a revoked member is removed, or goes on with the next
        key that the revoked one named in time, and a pending change of key is made."""
        self.take_own_place()
        gone = [kid for kid in self.state.members if self.enlace.directory.revoked(kid)]
        if gone or self.state.rekey_pending:
            self._control(lambda: self.with_new_epoch(*self.without(gone)))

    def without(self, gone: Sequence[bytes]) -> tuple[list[Any], set[bytes]]:
        """-> (changes, who stays): a revoked key goes, or its holder goes on with the next that it named in time."""
        changes, staying = [], set(self.state.members) - set(gone)
        for kid in gone:
            anew = self._successor_of(kid)
            if anew is not None and self.enlace.directory.continues(kid, anew.kid) and anew.kid not in staying:
                changes.append(["rekey", kid, anew.kid, None])
                staying.add(anew.kid)
            else:
                changes.append(["remove", kid, None])
        return changes, staying

    def _successor_of(self, kid: bytes) -> Key | None:
        """The key that the same person has now, where it is another one."""
        key = self.enlace.directory.key(kid)
        current = self.enlace.directory.current(key.subject) if key else None
        return current if current is not None and current.kid != kid else None

    def take_own_place(self, not_mine_since: datetime | None = None) -> None:
        """Where an earlier key of this officer is the member, the newest takes its place. `not_mine_since`: what the earlier
        one wrote from then on is disowned. Raises `not_confirmed` after a key reset: then a colleague must `confirm` it."""
        own = self.enlace.identity
        old = next((kid for kid in self.state.members if (anew := self._successor_of(kid)) and anew.kid == own.kid), None)
        if old is None or own.kid in self.state.members:
            return
        if not self.enlace.directory.continues(old, own.kid):
            raise EnlaceError("not_confirmed")
        since = not_mine_since.astimezone(UTC) if not_mine_since else None
        first = next((row.n for row in self.rows if since and datetime.fromisoformat(row.at) >= since), None)
        staying = {*self.state.members, own.kid} - {old}
        self.ring.identity, self.author = own, Author(own, random_bytes(8))
        self._control(lambda: self.with_new_epoch([["rekey", old, own.kid, first]], staying))

    def awaiting(self) -> list[tuple[bytes, Key]]:
        """Members who have a new key that their old one did not name: [(key in the channel, the new one)]. Until somebody who has
        compared the safety number confirms it, they read nothing new."""
        found = [(kid, anew) for kid in self.state.members if (anew := self._successor_of(kid))]
        return [(kid, anew) for kid, anew in found if not self.enlace.directory.continues(kid, anew.kid)]

    def confirm(self, kid: bytes) -> None:
        """As another member, after the digits were compared: the new key of the member `kid` takes the old one's place and is
        given the epochs that the old one had and this officer holds. Raises `not_vouched` where there is no new key."""
        anew = self._successor_of(kid)
        if anew is None:
            raise EnlaceError("not_vouched")

        def change() -> tuple[list[Any], Any, Gifts]:
            changes, given = self._what_it_had(kid, anew)
            rekey = [["rekey", kid, anew.kid, None], *changes]
            changes, new_epoch, grants = self.with_new_epoch(rekey, {*self.state.members, anew.kid} - {kid})
            return changes, new_epoch, [*grants, *given]

        self._control(change)

    def _what_it_had(self, kid: bytes, anew: Key) -> tuple[list[Any], Gifts]:
        """-> (changes, grants): the epochs that one key was given, for another; none where this officer may not open the past."""
        if self.state.policy[1] == 1 and self.state.members.get(self.enlace.identity.kid) not in (COORDINATOR, CUSTODIAN):
            return [], []
        return self._given_to(anew.kid, self.given(kid))

    def given(self, *kids: bytes) -> set[int]:
        """The epochs that signed events say these keys were given."""
        return {epoch for ref in self.state.grants_for(*kids) for epoch in range(ref.first, ref.last + 1)}

    def _given_to(self, kid: bytes, epochs: Collection[int]) -> tuple[list[Any], Gifts]:
        """-> (changes, grants) that open those of the epochs that this officer holds."""
        kem_pub = self.enlace.key(kid, entering=False).kem_pub
        stretches = runs(set(epochs) & set(self.ring.secrets))
        blobs = [self.ring.grant_to(kid, kem_pub, first, last) for first, last in stretches]
        changes = [["hist", kid, first, last, sha256(blob)] for (first, last), blob in zip(stretches, blobs, strict=True)]
        return changes, [(kid, blob) for blob in blobs]

    def give_history(self, kid: bytes) -> None:
        """As any member who holds it: opens the past to another member, again where a key that somebody gave did not open. What
        was given before is given again; beyond that only what its author does not keep from that authority. Raises
        `missing_epoch_key` where there is nothing to give."""
        self._settle()

        def change() -> tuple[list[Any], Any, Gifts]:
            state = self.state
            changes, grants = self._given_to(kid, self.given(kid) | set(range(self.first_open_to([kid]), state.epoch + 1)))
            if not changes:
                raise EnlaceError("missing_epoch_key")
            return changes, None, grants

        self._control(change)

    def post(self, text: str, reply_to: bytes | None = None, **how: Any) -> int:
        """`how`: `handling`, `evaluation` and `mentions` of sealed.message.Message. -> the position of the message. Raises
        `call_not_member`."""
        said = Message(text, reply_to, **how)
        return self._post(lambda: body_of(self._heard(said)))

    def _heard(self, said: Message) -> Message:
        """The message, where everybody whom it calls is here. Raises `call_not_member`."""
        keys = [key for kid in self.state.members if (key := self.enlace.directory.key(kid))]
        refuse_absent(said.mentions, [Called(key.subject, key.authority, key.role) for key in keys])
        return said

    def _post(self, body: Callable[[], Any]) -> int:
        return int(self.send(lambda: ([self.sealed_wire(POST, body())], []))[-1]["n"])

    def forward(self, n: int, room: "Room") -> int:
        """Carries the message at position n into another room, its handling code with it. -> its position there. Raises
        `handling_forbids`."""
        return room._post(lambda: self.talk().forwarded(n, room.state.members))

    def attach(self, path: Path, text: str = "", *, mime: str = "", progress: Progress | None = None, **how: Any) -> int:
        """Seals, uploads and shares a file; `how` as in post. -> the position of the message. The file goes as it is: photos keep
        what their camera wrote into them, which a browser takes out. Raises `file_too_large`, `file_changed`."""
        said = self._heard(Message(text, **how))
        more = {"progress": progress} if progress else {}
        file = client_files.send(self.enlace.http, self.channel_id, path, mime=mime, **more)
        body = files.body_of(said, file)
        return int(self.send(lambda: ([self.sealed_wire(FILE, body)], []), [file.file_id])[-1]["n"])

    def fetch(self, n: int, target: Path, *, progress: Progress | None = None) -> None:
        """Opens the file of the message at position n into `target`, which comes to be only when the last byte was checked.
        Raises `target_redacted` for one that was withdrawn."""
        if any(said.withdrawn for said in self.talk().messages() if said.n == n):
            raise EnlaceError("target_redacted")
        file = self._opened(self.rows[n]).file
        if file is None:
            raise EnlaceError("bad_file")
        client_files.fetch(self.enlace.http, self.channel_id, file, target, **({"progress": progress} if progress else {}))

    def edit(self, n: int, text: str) -> None:
        """Says the message at position n anew; the words before stay to be read. Raises `edit_not_author`, `target_redacted`."""
        self.send(lambda: ([self.sealed_wire(EDIT, self.talk().edit(n, text))], []))

    def redact(self, n: int, reason: str) -> None:
        """Withdraws the message at position n: one's own, or as a coordinator. `reason` one of sealed.amend.REASONS. Raises
        `redact_not_allowed`."""
        self.send(lambda: ([self.sealed_wire(REDACT, self.talk().withdrawal(n, reason))], []))

    def react(self, n: int, mark: str, given: bool = True) -> None:
        """`mark` one of sealed.amend.MARKS; not `given`: taken back."""
        self.send(lambda: ([self.sealed_wire(REACTION, self.talk().reaction(n, mark, given))], []))

    def record(self, ref: str, fields: Fields) -> None:
        self.send(lambda: ([self.record_wire(ref, fields)], []))

    def rename(self, title: str) -> None:
        self.record("channel", [("title", title)])

    def act(self, name: str, records: Sequence[tuple[str, Fields]] = (), **fields: Any) -> str:
        """Signs one act, with sealed records beside it, all or nothing. -> b64u of its event id."""
        return self.acts([(name, fields)], records)[0]

    def acts(self, steps: Sequence[tuple[str, dict[str, Any]]], records: Sequence[tuple[str, Fields]] = ()) -> list[str]:
        """Several acts [(name, fields)] in one request, all or nothing. -> b64u of their event ids."""

        def make() -> tuple[list[bytes], Gifts]:
            wires = [self.act_wire({"act": name, "v": 1, **fields}) for name, fields in steps]
            return wires + [self.record_wire(ref, pairs) for ref, pairs in records], []

        return [str(row["event_id"]) for row in self.send(make)[: len(steps)]]

    # --- Members ---------------------------------------------------------------------------------------------------------------

    def add(self, kids: list[bytes], role: str = "w", *, history: bool = True) -> None:
        """With history: every epoch this officer holds without a gap up to now and that holds nothing kept from them by its
        handling code; `history_restricted` where already the current one does. Without: a new epoch for all."""
        if not history:
            self._control(lambda: self.with_new_epoch([["add", kid, role] for kid in kids], {*self.state.members, *kids}))
            return

        def change() -> tuple[list[Any], Any, Gifts]:
            first = self.first_open_to(kids)
            if first > self.state.epoch:
                raise EnlaceError("history_restricted")
            given, grants = self.history_for(kids, first)
            return [["add", kid, role] for kid in kids] + given, None, grants

        self._control(change)

    def first_open_to(self, kids: Sequence[bytes]) -> int:
        """The first epoch of the history that may be opened to all of them: held here without a gap up to now, and nothing in it
        kept from their authorities. One after the current epoch where already that one may not."""
        first = self.state.epoch
        while first > 0 and first - 1 in self.ring.secrets:
            first -= 1
        talk = self.talk()
        return max(talk.open_from(self.enlace.key(kid).authority, first) for kid in kids)

    def history_for(self, kids: Sequence[bytes], first: int) -> tuple[list[Any], Gifts]:
        """-> (changes, grants) that open the epochs from `first` up to now."""
        last = self.state.epoch
        grants = [(kid, self.ring.grant_to(kid, self.enlace.key(kid).kem_pub, first, last)) for kid in kids]
        return [["hist", kid, first, last, sha256(blob)] for kid, blob in grants], grants

    def departure(self, kid: bytes) -> "Departure":
        """What goes with a member who goes."""
        state, directory = self.state, self.enlace.directory
        staying = set(state.members) - {kid}
        authority = directory.keys[kid].authority
        alone = state.kind != "direct" and all(directory.keys[one].authority != authority for one in staying)
        return Departure(self.given(kid) - self.given(*staying), authority if alone else "")

    def _warn_of_departure(self, kid: bytes) -> None:
        found = self.departure(kid)
        if found.epochs:
            raise EnlaceError("last_key_holder")
        if found.authority:
            raise EnlaceError("last_of_authority")

    def remove(self, kid: bytes, *, sure: bool = False) -> None:
        """Raises `last_key_holder`, `last_of_authority` before anything is signed, unless the person is `sure`."""
        if not sure:
            self._warn_of_departure(kid)
        self._control(lambda: self.with_new_epoch([["remove", kid, None]], set(self.state.members) - {kid}))

    def leave(self, *, sure: bool = False) -> None:
        """The others' clients change the key before anybody writes again. Raises as `remove` does, unless `sure`."""
        if not sure:
            self._warn_of_departure(self.enlace.identity.kid)
        body = control_body(self.enlace.directory.size, [["remove", self.enlace.identity.kid, None]], None)
        self._put([self.control_wire(body)], [])

    def set_role(self, kid: bytes, role: str) -> None:
        self._control(lambda: ([["role", kid, role]], None, []))

    def rotate(self) -> None:
        self._control(lambda: self.with_new_epoch([], set(self.state.members)))

    def with_new_epoch(self, changes: list[Any], kids: set[bytes]) -> tuple[list[Any], Any, Gifts]:
        """An expired certificate stops nobody who is in already: else one late renewal would hold up every change of the key."""
        keys = {kid: self.enlace.key(kid, entering=kid not in self.state.members).kem_pub for kid in kids}
        new_epoch, grants = self.ring.new_epoch(self.state.epoch + 1, keys)
        return changes, new_epoch, list(grants.items())

    def _control(self, change: Change) -> None:
        """`change()` is judged anew on the newest head when somebody was faster."""
        for attempt in range(TRIES):
            self.enlace.fresh()
            first, known = self.author.next_seq, dict(self.ring.secrets)
            changes, new_epoch, grants = change()
            wire = self.control_wire(control_body(self.enlace.directory.size, changes, new_epoch))
            try:
                answer = self._put([wire], grants)
            except EnlaceError as error:
                # The secret of an epoch that never came to be must not open or seal anything.
                self.author.next_seq, self.ring.secrets = first, known
                if error.code not in AGAIN or attempt == TRIES - 1:
                    raise
                self.enlace.sync()
                self.refresh()
            else:
                self._took([wire], answer)
                return

    def control_wire(self, body: bytes) -> bytes:
        head = self._head
        return self.author.clear(self.channel_id, head.epoch, CONTROL, head.head_n, head.head_t, now_ms(), body)

    # --- Receipts ------------------------------------------------------------------------------------------------------------

    def seen_by(self) -> dict[bytes, int]:
        """{kid: number of events read}, of those receipts that verify on this transcript."""
        return self._heed(self.enlace.http.get(f"/api/channels/{self.id}")["receipts"])

    def _heed(self, rows: Sequence[dict[str, Any]]) -> dict[bytes, int]:
        """A read mark is also a signed word about the past: another past than ours means that the host tells two. One that does
        not verify says nothing."""
        found = {}
        for receipt in filter(None, (self._receipt(row) for row in rows)):
            if self.state.ts.get(receipt.n) == receipt.t:
                found[receipt.kid] = receipt.n
            elif receipt.n in self.state.ts and receipt.kid in self.state.members:
                self.forked.add(receipt.kid)
        return found

    def _receipt(self, row: dict[str, Any]) -> events.Receipt | None:
        try:
            receipt = events.parse_receipt(unb64u(row["receipt"]))
            key = self.enlace.directory.key(receipt.kid)
            if key is None or receipt.channel_id != self.channel_id:
                return None
            events.verify_receipt(receipt, key.sig_pub)
        except EnlaceError:
            return None
        return receipt

    def receipt(self) -> str:
        return b64u(sign_receipt(self.enlace.identity, self.channel_id, self.state.head_n, self.state.head_t, now_ms()))

    def read(self) -> None:
        """Says, signed, that everything so far was read."""
        self.enlace.http.post(f"/api/channels/{self.id}/receipt", {"receipt": self.receipt()})


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def iso_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
