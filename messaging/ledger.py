"""The running head of one locked channel: what may be appended next, and what it becomes.

Both lanes append through a Ledger, so a post by socket and a post by HTTP meet the same rules (protocol.md 8.1 to 8.5).
It takes no lock and opens no transaction: messaging/actions.py does, before it makes one."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from liaison.names import unb64u
from messaging.models import Channel, Event, Member
from sealed import events as enl
from sealed.errors import EnlaceError

WRITERS = frozenset("ow")
PLACES_KEPT = 8192
ROLLS_KEPT = 1024
PLACES_PER_QUERY = 100


class Recent:
    """A bounded memory of facts that never change once committed, so that no entry can be stale. The oldest go first."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._known: dict = {}

    def get(self, key):
        return self._known.get(key)

    def put(self, key, value) -> None:
        self._known[key] = value
        while len(self._known) > self._room:
            try:
                self._known.pop(next(iter(self._known)), None)
            except (StopIteration, RuntimeError):  # another thread is dropping too
                return


places = Recent(PLACES_KEPT)  # (channel id, n) -> T_n
rolls = Recent(ROLLS_KEPT)  # (channel id, control_n) -> {kid: role}: who is a member changes only by a control event


class Ledger:
    """One channel's head while events are placed. `seen` holds the T values fetched for the events at hand."""

    def __init__(self, channel: Channel, roll: dict[bytes, str], seen: dict[int, bytes]) -> None:
        self.channel = channel
        self.roll = roll
        self._t = seen
        self._t[channel.head_n] = bytes(channel.head_t)

    def judge_post(self, event: enl.Event) -> None:
        """Kinds 1 to 6 and members' acts: written by a writer, for today's epoch, on our own transcript."""
        role = self.roll.get(event.sender_kid)
        if role is None:
            raise EnlaceError("not_found")
        if role not in WRITERS:
            raise EnlaceError("not_allowed")
        if self.channel.rekey_pending:
            raise EnlaceError("rekey_pending")
        if event.epoch != self.channel.epoch:
            raise EnlaceError("wrong_epoch")
        self.judge_seen(event)

    def judge_seen(self, event: enl.Event) -> None:
        """A sender who saw another past is told so at once: its event would be refused by every reader."""
        self.judge_place(event.seen_n, event.t_seen)

    def judge_place(self, n: int, t: bytes) -> None:
        if n > self.channel.head_n:
            raise EnlaceError("unknown_head")
        if self._t.get(n) != t:
            raise EnlaceError("wrong_transcript")

    def place(self, event: enl.Event, wire: bytes, at: datetime) -> Event:
        """Give the judged event its n and move the head. Returns the row, not saved."""
        channel = self.channel
        t = enl.transcript(bytes(channel.head_t), event.event_id)
        row = Event(
            channel_id=channel.pk,
            n=channel.head_n,
            event_id=event.event_id,
            kind=event.kind,
            sender_kid=event.sender_kid,
            client_id=event.client_id,
            client_seq=event.client_seq,
            epoch=event.epoch,
            wire=wire,
            t=t,
            at=at,
        )
        channel.head_n, channel.head_t, channel.last_at = row.n + 1, t, at
        self._t[channel.head_n] = t
        return row


def open_ledgers(channels: Iterable[Channel], wanted: Iterable[tuple[str, int]], *, locked: bool = True) -> dict[str, Ledger]:
    """Ledgers by channel id, with T at the `wanted` (channel id, seen_n). At most a few queries for all of them.

    `locked`: the channels' rows are locked and nothing was changed yet in this transaction. Only then may what is read
    be remembered: without the lock a control event could commit between the two reads and leave a roll filed under the
    wrong control_n, and a removed member would go on posting."""
    channels = list(channels)
    seen = _fetch_places(set(wanted), {c.pk: c.head_n for c in channels})
    rolls_now = _fetch_rolls(channels, locked)
    return {c.pk: Ledger(c, dict(rolls_now[c.pk]), seen.get(c.pk, {})) for c in channels}


def _fetch_rolls(channels: list[Channel], locked: bool) -> dict[str, dict[bytes, str]]:
    found: dict[str, dict[bytes, str]] = {}
    missing = []
    for channel in channels:
        roll = rolls.get((channel.pk, channel.control_n))
        if roll is None:
            missing.append(channel)
        found[channel.pk] = {} if roll is None else roll
    rows = Member.objects.filter(channel__in=missing, left_n=None) if missing else Member.objects.none()
    for pk, kid, role in rows.values_list("channel_id", "kid", "role"):
        found[pk][bytes(kid)] = role
    if locked:
        for channel in missing:
            rolls.put((channel.pk, channel.control_n), found[channel.pk])
    return found


def _fetch_places(wanted: set[tuple[str, int]], heads: dict[str, int]) -> dict[str, dict[int, bytes]]:
    found: dict[str, dict[int, bytes]] = {}
    missing = []
    for pk, n in wanted:
        if pk not in heads or n >= heads[pk]:
            continue  # the ledger knows its own head; beyond it there is nothing
        t = enl.transcript_start(unb64u(pk)) if n == 0 else places.get((pk, n))
        if t is None:
            missing.append((pk, n))
        else:
            found.setdefault(pk, {})[n] = t
    for start in range(0, len(missing), PLACES_PER_QUERY):
        chunk = missing[start : start + PLACES_PER_QUERY]
        rows = Event.objects.filter(reduce(or_, (Q(channel_id=pk, n=n - 1) for pk, n in chunk)))
        for pk, n, t in rows.values_list("channel_id", "n", "t"):
            found.setdefault(pk, {})[n + 1] = bytes(t)
    return found


def remember(rows: Iterable[Event]) -> None:
    """Call it only after COMMIT: a rolled back T must never enter the memory."""
    for row in rows:
        places.put((row.channel_id, row.n + 1), bytes(row.t))
