"""Who hears what in this process, and the one queue through which everything reaches a socket.

Every public method of `hub` may be called from any thread: it puts an order into a queue that the event loop works
off in order, so "expel, then publish" means what it says, and all that one commit publishes leaves each socket as one
write. With a bus the same orders go to the other processes. Nothing here is a promise of delivery: the rows are the
messages, frames only wake; heads in every heartbeat tell a client what it missed.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from realtime import frames, logs
from realtime.bus import Bus, bus_for
from realtime.outbound import Outlet

log = logging.getLogger("enlace.hub")
Order = tuple[Any, ...]
SLICE = 1000  # sockets written before other work of the loop gets a turn
HELD_CAP = 1024 * 1024
GRACE = 5.0  # seconds an officer may be gone (a page load) before others see it
ROSTER_LIFE = 30.0  # seconds after which a silent process counts as dead, and its officers as offline


class Member:
    """One socket in the hub. `topics` is the only truth about what it hears and may pull."""

    __slots__ = (
        "_held",
        "_out",
        "acted",
        "beat_at",
        "checked_at",
        "heard_at",
        "key",
        "officer",
        "outlet",
        "session",
        "topics",
    )

    def __init__(self, officer: str, key: str, outlet: Outlet) -> None:
        self.officer, self.key, self.outlet = officer, key, outlet
        self.topics: set[str] = set()
        self.session: Any = None
        self.acted = False  # since the last look at its rights its person wrote something
        self.beat_at = self.checked_at = self.heard_at = time.monotonic()
        self._out: list[bytes] = []
        self._held: dict[str, list[tuple[int, bytes]]] = {}

    def hold(self, topic: str) -> None:
        """Keep back the topic's live frames while its backlog is being read."""
        self._held[topic] = []

    def release(self, topic: str, upto: int) -> list[bytes]:
        """-> what was held and ends after `upto`; the rest is in the backlog already."""
        return [data for head, data in self._held.pop(topic, []) if head > upto or not head]

    def take_held(self, topic: str, head: int, data: bytes) -> bool:
        """True when the frame was kept back. Too much to keep is dropped: the head in the next beat tells."""
        held = self._held.get(topic)
        if held is None:
            return False
        if sum(len(kept) for _, kept in held) + len(data) <= HELD_CAP:
            held.append((head, data))
        return True


class Hub:
    """The table of one process. Use the module's `hub`."""

    def __init__(self) -> None:
        self.serial = 0
        self._bus: Bus | None = None
        self._changed: dict[str, int] = {}
        self.heads: dict[str, int] = {}
        self.on_refresh: Callable[[Iterable[Member]], None] = lambda members: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._orders: deque[Order] = deque()
        self._scheduled = False
        self._topics: dict[str, set[Member]] = {}
        self._officers: dict[str, set[Member]] = {}
        self._sessions: dict[str, set[Member]] = {}
        self._dirty: deque[Member] = deque()
        self._elsewhere: dict[str, tuple[float, set[str]]] = {}
        self._leaving: dict[str, asyncio.TimerHandle] = {}

    # --- from any thread -------------------------------------------------------------------------------------------
    def publish(
        self,
        frame: dict[str, Any],
        to: str | None = None,
        *,
        officer: str | None = None,
        session: str | None = None,
        head: int | None = None,
        skip: str = "",
    ) -> None:
        """Send `frame` to all who hear topic `to`, or to all sockets of one officer or one login session.

        `head` is the topic's number of events; frames of kind "events" carry it themselves. `skip`: an officer who
        need not hear it. Call after COMMIT only; never raises for a lost peer or a lost Redis."""
        data = frames.encode(frame)
        if to is not None:
            if frame.get("t") == "events":
                head = frame["from"] + len(frame["wires"])
            self._tell_all(("topic", to, head or 0, skip, data))
        elif officer is not None:
            self._tell_all(("officer", officer, data))
        elif session is not None:
            self._tell_all(("session", session, data))
        else:
            raise ValueError("publish to a topic, an officer or a session")

    def admit(self, officer: str, topic: str, head: int | None = None) -> None:
        """All sockets of the officer begin to hear the topic. A `head` makes it a channel: it may be pulled."""
        self._tell_all(("admit", officer, topic, -1 if head is None else head))

    def expel(self, officer: str, topic: str) -> None:
        """All sockets of the officer stop hearing the topic; what is published after this does not reach them."""
        self._tell_all(("expel", officer, topic))

    def close(self, code: int, *, officer: str | None = None, session: str | None = None) -> None:
        """Close the sockets of an officer or of one login session with a code of the socket contract."""
        if officer is None and session is None:
            raise ValueError("close an officer's or a session's sockets")
        self._tell_all(("close", code, officer, session))

    def refresh(self, officer: str | None = None) -> None:
        """Have the door look again at once: rights of this officer (or of everybody) changed."""
        self._tell_all(("refresh", officer))

    def reply(self, member: Member, frame: dict[str, Any]) -> None:
        """Answer one socket, in order with what was published before."""
        self._tell(("member", member, frames.encode(frame)))

    def is_online(self, officer: str) -> bool:
        """Is a socket of the officer open here, or was one in another process within the last 30 s?"""
        if officer in self._officers or officer in self._leaving:
            return True
        now = time.monotonic()
        return any(officer in officers and until > now for until, officers in list(self._elsewhere.values()))

    @property
    def bus(self) -> Bus:
        """Made at first use, so that a command without sockets reaches those of the servers."""
        if self._bus is None:
            self._bus = bus_for(getattr(settings, "ENLACE_REDIS_URL", ""))
        return self._bus

    @property
    def sockets(self) -> int:
        return sum(len(members) for members in self._officers.values())

    def receive(self, origin: str, orders: list[Order]) -> None:
        """From the bus: orders that another process gave."""
        for order in orders:
            self._tell((*order, origin) if order[0] in ("here", "gone", "roster") else order)

    def _tell_all(self, order: Order) -> None:
        self._tell(order)
        self.bus.send(order)

    def _tell(self, order: Order) -> None:
        loop = self._loop
        if loop is None:
            return  # a command without sockets: only the bus carries its words
        self._orders.append(order)
        if not self._scheduled:
            self._scheduled = True
            try:
                loop.call_soon_threadsafe(self.flush)
            except RuntimeError:  # the loop has closed: the process is ending
                self._orders.clear()

    # --- on the event loop -----------------------------------------------------------------------------------------
    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called once by the server before it listens."""
        self._loop = loop
        self.bus.start(self)

    def changed_since(self, serial: int, officer: str, key: str) -> bool:
        """Were rights of the officer or the login session changed after `serial`? Then what was read before is stale:
        acting on it would let a removed officer back in."""
        return max(self._changed.get(officer, 0), self._changed.get(key, 0)) > serial

    def _change(self, who: str) -> None:
        self.serial += 1
        self._changed[who] = self.serial

    def members(self, topic: str | None = None) -> list[Member]:
        """The sockets that hear a topic, or all."""
        if topic is not None:
            return list(self._topics.get(topic, ()))
        return [member for members in self._officers.values() for member in members]

    def join(self, member: Member, topic: str) -> None:
        member.topics.add(topic)
        self._topics.setdefault(topic, set()).add(member)

    def leave(self, member: Member, topic: str) -> None:
        member.topics.discard(topic)
        members = self._topics.get(topic)
        if members is not None:
            members.discard(member)
            if not members:
                del self._topics[topic]

    def revise(self, member: Member, topics: Iterable[str], heads: dict[str, int]) -> None:
        """Make the member hear exactly these topics and channels, and learn their heads."""
        wanted = {*topics, *heads}
        for topic in member.topics - wanted:
            self.leave(member, topic)
        for topic in wanted - member.topics:
            self.join(member, topic)
        for topic, head in heads.items():
            self.learn(topic, head)

    def learn(self, topic: str, head: int) -> None:
        """Heads only grow: a slow read must not take back what a commit has told."""
        if head > self.heads.get(topic, -1):
            self.heads[topic] = head

    def arrive(self, member: Member) -> None:
        """A socket is authenticated: it may be found by officer and by session."""
        self._officers.setdefault(member.officer, set()).add(member)
        self._sessions.setdefault(member.key, set()).add(member)
        if (leaving := self._leaving.pop(member.officer, None)) is not None:
            leaving.cancel()
        elif len(self._officers[member.officer]) == 1:
            self._announce(member.officer, online=True)
            self.bus.send(("here", member.officer))

    def depart(self, member: Member) -> None:
        """A socket is gone, whatever the reason."""
        for topic in list(member.topics):
            self.leave(member, topic)
        for table, key in ((self._officers, member.officer), (self._sessions, member.key)):
            members = table.get(key)
            if members is not None:
                members.discard(member)
                if not members:
                    del table[key]
        if member.officer not in self._officers and member.officer not in self._leaving and self._loop:
            self._leaving[member.officer] = self._loop.call_later(GRACE, self._gone, member.officer)

    def heads_of(self, member: Member) -> dict[str, int]:
        heads = self.heads
        return {topic: heads[topic] for topic in member.topics if topic in heads}

    def online_for(self, member: Member) -> list[str]:
        """The officers, of those whose presence this socket hears, who are online now."""
        followed = (topic.removeprefix("presence:") for topic in member.topics if topic.startswith("presence:"))
        return sorted(officer for officer in followed if self.is_online(officer))

    def feed(self, member: Member, data: bytes) -> None:
        """Queue bytes for one socket; they leave at the end of this flush, behind what was queued before."""
        if not member._out:
            self._dirty.append(member)
        member._out.append(data)

    def flush(self) -> None:
        """Work off the orders given so far, then write each socket once."""
        self._scheduled = False
        orders = self._orders
        for _ in range(len(orders)):
            if not orders:  # _merge took several at once
                break
            order = orders.popleft()
            if order[0] == "topic":
                order = self._merge(order)
            try:
                getattr(self, f"_do_{order[0]}")(*order[1:])
            except Exception as error:  # an order of another version on the bus must not stop the others
                logs.failure(log, "hub order", error)
        self.write()

    @property
    def waiting(self) -> bool:
        """Is there anything that has not been handed to a socket yet?"""
        return bool(self._orders or self._dirty)

    def write(self) -> None:
        """Write up to SLICE waiting sockets now and the rest after the loop has done other work."""
        dirty = self._dirty
        for _ in range(min(len(dirty), SLICE)):
            member = dirty.popleft()
            out, member._out = member._out, []
            member.outlet.write(out[0] if len(out) == 1 else b"".join(out))
        if dirty and self._loop:
            self._loop.call_soon(self.write)

    def _merge(self, order: Order) -> Order:
        """One write for what one commit published to one topic in a row."""
        _, topic, head, skip, data = order
        parts, orders = [data], self._orders
        while orders and orders[0][0] == "topic" and orders[0][1] == topic and orders[0][3] == skip:
            following = orders.popleft()
            head = max(head, following[2])
            parts.append(following[4])
        return ("topic", topic, head, skip, b"".join(parts) if len(parts) > 1 else data)

    # --- the orders ------------------------------------------------------------------------------------------------
    def _do_topic(self, topic: str, head: int, skip: str, data: bytes) -> None:
        if head:
            self.learn(topic, head)
        for member in self._topics.get(topic, ()):
            if member._held and member.take_held(topic, head, data):
                continue
            if skip and member.officer == skip:
                continue
            self.feed(member, data)

    def _do_officer(self, officer: str, data: bytes) -> None:
        for member in self._officers.get(officer, ()):
            self.feed(member, data)

    def _do_session(self, key: str, data: bytes) -> None:
        for member in self._sessions.get(key, ()):
            self.feed(member, data)

    def _do_member(self, member: Member, data: bytes) -> None:
        self.feed(member, data)

    def _do_admit(self, officer: str, topic: str, head: int) -> None:
        self._change(officer)
        if head >= 0:
            self.learn(topic, head)
        for member in self._officers.get(officer, ()):
            self.join(member, topic)
            if head >= 0:
                self.feed(member, frames.encode({"t": "joined", "channel": topic, "head": self.heads[topic]}))

    def _do_expel(self, officer: str, topic: str) -> None:
        self._change(officer)
        for member in self._officers.get(officer, ()):
            if topic in member.topics:
                self.leave(member, topic)
                if topic in self.heads:
                    self.feed(member, frames.encode({"t": "left", "channel": topic}))

    def _do_close(self, code: int, officer: str | None, session: str | None) -> None:
        self._change(officer if officer is not None else session or "")
        self.write()
        found = self._officers.get(officer, set()) if officer is not None else self._sessions.get(session or "", set())
        for member in list(found):
            for topic in list(member.topics):
                self.leave(member, topic)  # deaf at once, even while the closing handshake is under way
            member.outlet.close(code)

    def _do_refresh(self, officer: str | None) -> None:
        self.on_refresh(self.members() if officer is None else list(self._officers.get(officer, ())))

    # --- presence: each process tells changes of its own view ---------------------------------------------------------
    def _gone(self, officer: str) -> None:
        self._leaving.pop(officer, None)
        if officer not in self._officers:
            self.bus.send(("gone", officer))
            if not self.is_online(officer):
                self._announce(officer, online=False)

    def _announce(self, officer: str, *, online: bool) -> None:
        state = "online" if online else "offline"
        self._tell(
            (
                "topic",
                f"presence:{officer}",
                0,
                "",
                frames.encode({"t": "presence", "officer": officer, "state": state}),
            )
        )

    def _do_here(self, officer: str, origin: str) -> None:
        self._change_elsewhere(origin, self._elsewhere.get(origin, (0.0, set()))[1] | {officer})

    def _do_gone(self, officer: str, origin: str) -> None:
        self._change_elsewhere(origin, self._elsewhere.get(origin, (0.0, set()))[1] - {officer})

    def _do_roster(self, officers: list[str], origin: str) -> None:
        self._change_elsewhere(origin, set(officers))

    def _change_elsewhere(self, origin: str, officers: set[str]) -> None:
        before = self._elsewhere.get(origin, (0.0, set()))[1]
        came = {officer for officer in officers - before if not self.is_online(officer)}
        self._elsewhere[origin] = (time.monotonic() + ROSTER_LIFE, officers)
        for officer in came:
            self._announce(officer, online=True)
        for officer in before - officers:
            if not self.is_online(officer):
                self._announce(officer, online=False)

    def tell_roster(self) -> None:
        """Every heartbeat: remind the other processes who is here, and forget processes that fell silent."""
        self.bus.send(("roster", sorted(self._officers)))
        now = time.monotonic()
        for origin, (until, _) in list(self._elsewhere.items()):
            if until <= now:
                officers = self._elsewhere.pop(origin)[1]
                for officer in officers:
                    if not self.is_online(officer):
                        self._announce(officer, online=False)


hub = Hub()
