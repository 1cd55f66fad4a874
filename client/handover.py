"""Handing over a post: all channels and cases that a predecessor shares with this officer, to a successor, in signed events
of those channels (docs/adr/0028). The twin of messaging/static/messaging/js/handing_over.js.

handover = Handover(ana.enlace, ana_subject, omar_kid, leave=True)
for item in handover.plan(): ...
handover.run()
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from client.b64 import b64u, unb64u
from client.rooms import Room
from sealed.certs import FOCAL, SUPERVISOR
from sealed.channel import COORDINATOR, WRITER
from sealed.errors import EnlaceError
from sealed.events import ACT
from sealed.open_events import control_body

if TYPE_CHECKING:
    from client.enlace import Enlace

AT_ONCE = 10
TRIES = 3
MOVED_ON = frozenset(("stale_head", "wrong_epoch", "rekey_pending", "unknown_head", "wrong_transcript"))
DO, DONE, RESTRICTED, PRIVATE, NO = "do", "done", "restricted", "private", "no"


@dataclass
class Item:
    """One channel. `to`: DO; DONE before or now; RESTRICTED: only without what was written; PRIVATE: of two people, stays; NO,
    and `why` says the code. `first`: the epoch from which the successor will read."""

    id: str
    room: Room | None
    to: str = NO
    why: str = ""
    first: int = 0
    assigning: bool = True

    @property
    def title(self) -> str:
        return " ".join(filter(None, (self.room.code, self.room.title))) if self.room else ""


class Handover:
    """`before`: subject of the predecessor. `leave`: he is taken out; a revoked key is in any case. `unread`: the successor
    enters also where authors keep the past from his authority, without it."""

    def __init__(self, enlace: "Enlace", before: bytes, after: bytes, *, leave: bool = False, unread: bool = False) -> None:
        self.enlace, self.before, self.after, self.leave, self.unread = enlace, before, after, leave, unread
        self.items: list[Item] = []
        self.old: set[bytes] = set()

    def plan(self) -> list[Item]:
        """Reads and judges every channel. Raises `not_vouched`, `key_expired` for the successor's key, `not_allowed` for one of
        another authority: a post stays with its country."""
        directory = self.enlace.sync()
        self.old = {key.kid for key in directory.keys_of(self.before)}
        if self.enlace.key(self.after).authority not in {directory.keys[kid].authority for kid in self.old}:
            raise EnlaceError("not_allowed", "another authority")
        shared = self.enlace.http.get("/api/channels/shared", **{"with": b64u(self.before)})["channels"]
        self.items = [self._opened(row["id"]) for row in shared]
        return self.items

    def run(self, progress: Callable[[int, int], None] = lambda done, of: None) -> list[Item]:
        """Hands over what `plan` found can be. What was answered stays when the line breaks: plan again, run again."""
        waiting = self.waiting()
        of = len(waiting)
        for attempt in range(TRIES):
            again: list[Item] = []
            for at in range(0, len(waiting), AT_ONCE):
                again += self._hand(waiting[at : at + AT_ONCE], last=attempt == TRIES - 1)
                progress(of - len(again) - len(waiting[at + AT_ONCE :]), of)
            waiting = [item for item in map(self._anew, again) if item.to in (DO, RESTRICTED)]
            if not waiting:
                break
        return self.items

    def waiting(self) -> list[Item]:
        """Those that `run` hands over."""
        return [item for item in self.items if self._chosen(item)]

    def _chosen(self, item: Item) -> bool:
        """Who left long ago of his own will is not followed by his successor."""
        if item.room is None or item.to not in (DO, RESTRICTED) or (item.to == RESTRICTED and not self.unread):
            return False
        gone = any(kid in item.room.state.spans and self.enlace.directory.revoked(kid) for kid in self.old)
        return gone or bool(self._here(item.room))

    def _opened(self, channel: str) -> Item:
        item = Item(channel, None)
        try:
            item.room = self.enlace.room(channel)
            self._judge(item, item.room)
        except EnlaceError as error:
            item.why = error.code
        return item

    def _anew(self, item: Item) -> Item:
        fresh = self._opened(item.id)
        item.room, item.to, item.why, item.first = fresh.room, fresh.to, fresh.why, fresh.first
        return item

    # --- Judging, before anything is signed --------------------------------------------------------------------------------

    def _judge(self, item: Item, room: Room) -> None:
        if room.state.kind == "direct":
            item.to = PRIVATE
            return
        if room.state.epoch not in room.ring.secrets:
            item.why = "missing_epoch_key"
            return
        item.first = room.first_open_to([self.after])
        item.why = self._forbidden(room, item.first)
        if not item.why:
            kept = item.first > room.state.epoch and self.after not in room.state.members
            item.to = DONE if self._is_done(room, item.first) else RESTRICTED if kept else DO

    def _here(self, room: Room) -> list[bytes]:
        return [kid for kid in room.state.members if kid in self.old]

    def _going(self, room: Room) -> list[bytes]:
        return [kid for kid in self._here(room) if self.leave or self.enlace.directory.revoked(kid)]

    def _role(self, room: Room) -> str:
        here = self._here(room)
        if here:
            return room.state.members[here[0]]
        stays = [span for kid in self.old for span in room.state.spans.get(kid, ())]
        return str(stays[-1][2]) if stays else WRITER

    def _rises(self, room: Room) -> bool:
        state = room.state
        return state.members.get(self.after) != COORDINATOR and self._role(room) == COORDINATOR and state.policy[0] == 1

    def _is_done(self, room: Room, first: int) -> bool:
        if self.after not in room.state.members or self._going(room) or self._rises(room):
            return False
        return first > room.state.epoch or self._is_given(room, first)

    def _is_given(self, room: Room, first: int) -> bool:
        return room.given(self.after).issuperset(range(first, room.state.epoch + 1))

    def _forbidden(self, room: Room, first: int) -> str:
        """The code of the rule of sealed/channel.py that keeps this officer from it, or ""."""
        state, directory = room.state, self.enlace.directory
        own, mine = state.members.get(self.enlace.identity.kid), directory.keys[self.enlace.identity.kid]
        if own is None:
            return "not_a_member"
        if own != COORDINATOR and state.policy[1] == 1 and first <= state.epoch:
            return "not_allowed"
        authority = self.enlace.key(self.after).authority
        at_home, role = mine.authority == authority, mine.role_at(directory.size)
        present = authority in state.authorities(directory)
        if self.after not in state.members:
            if own != COORDINATOR and not (present and at_home and role in (SUPERVISOR, FOCAL)):
                return "not_allowed"
            if not present and state.policy[0] > 1:
                return "not_enough_countries"
        others = [kid for kid in self._going(room) if kid != mine.kid and not directory.revoked(kid)]
        return "not_allowed" if others and own != COORDINATOR and not (at_home and role == FOCAL) else ""

    # --- The act -----------------------------------------------------------------------------------------------------------

    def _hand(self, items: Sequence[Item], *, last: bool) -> list[Item]:
        """-> those whose channel moved on meanwhile."""
        made = [(item, sent) for item in items if item.room and (sent := self._try_to_sign(item, item.room))]
        if not made:
            return []
        results = self.enlace.http.post("/api/channels/batch", {"sends": [sent for _, sent in made]})["results"]
        return [
            item for (item, _), result in zip(made, results, strict=True) if self._waits(item, result.get("error"), last=last)
        ]

    def _waits(self, item: Item, error: dict[str, Any] | None, *, last: bool) -> bool:
        code = error["code"] if error else ""
        if code == "act_refused" and item.assigning:
            item.assigning = False
            return True
        if code in MOVED_ON and not last:
            return True
        item.to, item.why = (NO, code) if error else (DONE, "")
        return False

    def _try_to_sign(self, item: Item, room: Room) -> dict[str, Any] | None:
        try:
            return self._signed(item, room)
        except EnlaceError as error:
            item.to, item.why = NO, error.code
            return None

    def _signed(self, item: Item, room: Room) -> dict[str, Any]:
        """The events of one channel: who enters, with which history, who goes; the case follows; oneself last."""
        state, own, title = room.state, self.enlace.identity.kid, room.title
        inside, going = self.after in state.members, self._going(room)
        others = [kid for kid in going if kid != own]
        revoked = [kid for kid in state.members if self.enlace.directory.revoked(kid) and kid not in going]
        settled, staying = room.without(revoked)
        changes: list[Any] = [] if inside else [["add", self.after, self._role(room)]]
        grants: list[tuple[bytes, bytes]] = []
        new_epoch = None
        if item.first <= state.epoch and not (inside and self._is_given(room, item.first)):
            given, blobs = room.history_for([self.after], item.first)
            changes, grants = changes + given, list(blobs)
        if inside and self._rises(room) and state.members.get(own) == COORDINATOR:
            changes.append(["role", self.after, COORDINATOR])
        unread = not inside and item.first > state.epoch
        if others or settled or unread or state.rekey_pending:
            changes += [*(["remove", kid, None] for kid in others), *settled]
            changes, new_epoch, sealed = room.with_new_epoch(changes, {*staying, self.after} - set(others))
            grants = [*grants, *sealed]
        wires: list[bytes] = []

        def take(wire: bytes) -> None:
            """Judged as every reader will, before it is sent, and the next stands on it."""
            room.foresee(wire)
            wires.append(wire)

        size = self.enlace.directory.size
        if changes or new_epoch:
            take(room.control_wire(control_body(size, changes, new_epoch)))
        if unread and title:
            take(room.record_wire("channel", [("title", title)]))
        if item.assigning and self._is_assigned(room):
            take(room.act_wire({"act": "assign", "v": 1, "officer": b64u(self.after)}))
        if own in going:
            take(room.control_wire(control_body(size, [["remove", own, None]], None)))
        return {
            "channel": room.id,
            "wires": [b64u(wire) for wire in wires],
            "grants": [[b64u(kid), b64u(blob)] for kid, blob in grants],
        }

    def _is_assigned(self, room: Room) -> bool:
        """Is the predecessor the officer of this case, by his own authority's newest word?"""
        own = self.enlace.directory.keys[self.enlace.identity.kid].authority
        words = [
            row.body["officer"]
            for row in room.opened()
            if row.event is not None and row.event.kind == ACT and row.code is None and row.body["act"] == "assign"
            if (key := self.enlace.directory.key(row.event.sender_kid)) and key.authority == own
        ]
        return bool(words) and unb64u(words[-1]) in self.old
