"""One ticker for all sockets of a process: beats with heads, a fresh look at everybody's rights, silence noticed.

A beat carries the head of every channel, so a client that missed a frame (a full buffer, a Redis that died) knows
within ten seconds and pulls.
"""

import asyncio
import logging
import random
import time
from collections.abc import Iterable

from realtime import frames, logs, readers
from realtime.door import door
from realtime.hub import Member, hub

log = logging.getLogger("enlace.heartbeat")
BEAT = 8.5  # seconds; ticks are 1 s apart and the contract says 10
RECHECK = 7.0  # seconds; before the beat, so that the beat carries what was found
UNCHECKED = 30.0  # rights that could not be looked up for so long are not rights
SILENT = 60.0
BATCH = 500
LATER = 4503

_ticking: asyncio.Task[None] | None = None
_rechecking: asyncio.Task[None] | None = None
_due: set[Member] = set()


def start(loop: asyncio.AbstractEventLoop) -> None:
    """Idempotent; called when a socket enters."""
    global _ticking
    if _ticking is None or _ticking.done():
        hub.on_refresh = refresh
        _ticking = loop.create_task(_tick_for_ever())


def refresh(members: Iterable[Member]) -> None:
    """Look again at these without waiting for their turn."""
    _due.update(members)
    _recheck_due()


async def _tick_for_ever() -> None:
    ticks = 0
    while True:
        await asyncio.sleep(1)
        try:
            tick(time.monotonic())
            ticks += 1
            if ticks % 10 == 0:
                hub.tell_roster()
        except Exception as error:
            logs.failure(log, "tick", error)


def tick(now: float) -> None:
    """Everything that is due for anybody at `now`."""
    for member in hub.members():
        if now - member.heard_at > SILENT or now - member.checked_at > UNCHECKED:
            member.outlet.close(LATER)
            hub.depart(member)
            continue
        if now - member.checked_at > RECHECK:
            _due.add(member)
        if now - member.beat_at > BEAT:
            beat(member, now)
    _recheck_due()


def beat(member: Member, now: float) -> None:
    frame: dict[str, object] = {"t": "beat", "heads": hub.heads_of(member), "at": time.time_ns() // 1_000_000}
    if hub.bus.state == "down":
        frame["delayed"] = True
    member.outlet.write(frames.encode(frame))
    member.beat_at = now


def _recheck_due() -> None:
    global _rechecking
    if _due and (_rechecking is None or _rechecking.done()):
        _rechecking = asyncio.get_running_loop().create_task(_recheck_all())


async def _recheck_all() -> None:
    while _due:
        batch = [_due.pop() for _ in range(min(len(_due), BATCH))]
        serial = hub.serial
        acted = frozenset(member.key for member in batch if member.acted)
        for member in batch:
            member.acted = False
        try:
            sessions = await readers.recheck(door().recheck, [member.session for member in batch], acted)
        except Exception as error:
            logs.failure(log, "recheck", error)  # tried again at the next tick
            return
        now = time.monotonic()
        for member, session in zip(batch, sessions, strict=True):
            if hub.changed_since(serial, member.officer, member.key):
                _due.add(member)  # looked up while rights changed: look again
            elif isinstance(session, int):
                hub.depart(member)
                member.outlet.close(session)
            elif member.outlet.open:
                _apply(member, session, now)


def _apply(member: Member, session: object, now: float) -> None:
    before = hub.heads_of(member)
    member.session, member.checked_at = session, now - random.random()  # spread, or a restart would tick in step
    hub.revise(member, session.topics, session.heads)  # type: ignore[attr-defined]
    if hub.heads_of(member) != before:
        beat(member, now)
