"""The socket: one lean ASGI application. It parses, checks size and rate, and hands on; it never touches the database.

Nothing here waits in the path of a frame, so a socket has no inbound queue of its own: what is too fast is refused at
the door with a `nack` that says when to try again.
"""

import asyncio
import logging
import time
from collections import deque
from typing import Any
from urllib.parse import parse_qs

from realtime import frames, heartbeat, logs, readers
from realtime.door import Door, Frame, Session, door
from realtime.frames import BadFrameError
from realtime.hub import Member, hub
from realtime.limits import Bucket
from realtime.outbound import Outlet, Send, outlet_for

log = logging.getLogger("enlace.socket")
PROTOCOL = 1
BAD_MESSAGE, SIGN_IN, NO_RIGHTS, NO_SUCH_PLACE, TOO_OLD, TOO_FAST, LATER = 4400, 4401, 4403, 4404, 4409, 4429, 4503
WHY = {SIGN_IN: "sign_in_again", NO_RIGHTS: "not_allowed"}
RATES = {"post": (20, 60), "pull": (10, 40), "receipt": (5, 20), "typing": (2, 4), "beat": (2, 10)}
MOST_PULLS = 32  # waiting on one socket
PULL_LIMIT = 500
_pulls: dict[tuple[str, int, int], "asyncio.Task[Frame]"] = {}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def socket(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """/ws. The origin has been checked before."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    outlet = outlet_for(scope, send)
    asked = parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).get("protocol", [str(PROTOCOL)])
    if asked != [str(PROTOCOL)]:
        outlet.close(TOO_OLD)  # the page knows what to say: it must be loaded again
    elif isinstance(session := await _open(door(), scope), int):
        refuse(outlet, session, WHY.get(session, "unavailable"))
    elif outlet.open:
        await Conversation(session, outlet).run(scope, receive)
        return
    while (await receive())["type"] != "websocket.disconnect":
        continue


async def nowhere(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Any other path: a clear code instead of a 500 with a traceback (M11)."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": NO_SUCH_PLACE})
    while (await receive())["type"] != "websocket.disconnect":
        continue


def refuse(outlet: Outlet, code: int, why: str) -> None:
    """An error frame first: a browser shows the page nothing of a refused handshake (M9)."""
    outlet.write(frames.encode({"t": "error", "code": why}))
    outlet.close(code)


async def _open(door: Door, scope: dict[str, Any]) -> Session | int:
    """The door's answer, asked again when rights changed while it was looking."""
    if readers.crowded():
        return LATER
    for _ in range(3):
        serial = hub.serial
        try:
            session = await readers.read(door.open, scope)
        except Exception as error:
            logs.failure(log, "open", error)
            return LATER
        if isinstance(session, int) or not hub.changed_since(serial, session.officer, session.key):
            return session
    return LATER


class Conversation:
    """One authenticated socket, from hello to goodbye."""

    def __init__(self, session: Session, outlet: Outlet) -> None:
        self.member = Member(session.officer, session.key, outlet)
        self.member.session = session
        self.outlet = outlet
        self._door = door()
        self._buckets = {kind: Bucket(*rate) for kind, rate in RATES.items()}
        self._patience = Bucket(0.1, 3)  # bad frames forgiven
        self._temper = Bucket(1, 40)  # refusals for speed before the door closes
        self._pulls: deque[tuple[str, int, int, Any]] = deque()
        self._pulling: asyncio.Task[None] | None = None

    async def run(self, scope: dict[str, Any], receive: Any) -> None:
        self._enter()
        protocol = scope.get("enlace.socket")
        if protocol is not None:
            protocol.listen(self.take)  # frames come straight from the server, without a queue and a task wake
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                self.take(message.get("text"))
        finally:
            hub.depart(self.member)
            self.outlet.close(1000)
            if self._pulling is not None:
                self._pulling.cancel()

    def _enter(self) -> None:
        """Into the hub first, hello second, in one step of the loop: no frame can fall between heads and live."""
        member, session = self.member, self.member.session
        hub.revise(member, session.topics, session.heads)
        hub.arrive(member)
        hello = {
            "t": "hello",
            "protocol": PROTOCOL,
            "you": session.officer,
            "heads": hub.heads_of(member),
            "online": hub.online_for(member),
            "at": now_ms(),
        }
        self.outlet.write(frames.encode(hello))
        heartbeat.start(asyncio.get_running_loop())

    def reply(self, frame: Frame) -> None:
        """From any thread."""
        hub.reply(self.member, frame)

    # --- frames ----------------------------------------------------------------------------------------------------
    def take(self, text: str | None) -> None:
        """One text from the client; None for a binary message."""
        if not self.outlet.open:
            return
        self.member.heard_at = time.monotonic()
        try:
            frame = frames.parse(text if text is not None else "")
            bucket = self._buckets.get(frame["t"])
            if bucket is None:
                raise BadFrameError("unknown kind")
            wait = bucket.take()
            if wait:
                self._too_fast(frame, wait)
            else:
                getattr(self, f"_on_{frame['t']}")(frame)
        except BadFrameError:
            self._bad()
        except Exception as error:
            logs.failure(log, "frame", error)
            self._answer({"t": "error", "code": "server_error"})

    def _bad(self) -> None:
        if self._patience.take():
            refuse(self.outlet, BAD_MESSAGE, "bad_request")
        else:
            self._answer({"t": "error", "code": "bad_request"})

    def _too_fast(self, frame: Frame, wait: float) -> None:
        if self._temper.take():
            refuse(self.outlet, TOO_FAST, "too_fast")
        elif frame["t"] in ("post", "pull", "receipt"):
            kind = "nack" if frame["t"] == "post" else "error"
            self._answer({"t": kind, "ref": frame.get("ref"), "code": "too_fast", "retry_after": max(0.1, round(wait, 1))})

    def _answer(self, frame: Frame) -> None:
        self.outlet.write(frames.encode(frame))

    def _on_beat(self, frame: Frame) -> None:
        return None  # being heard is all

    def _on_post(self, frame: Frame) -> None:
        self.member.acted = True
        wire = text_of(frame, "wire", frames.MAX_WIRE)
        post = {"t": "post", "channel": text_of(frame, "channel"), "wire": wire, "ref": frame.get("ref")}
        self._door.post(self.member.session, post, self.reply)

    def _on_receipt(self, frame: Frame) -> None:
        receipt = {"t": "receipt", "channel": text_of(frame, "channel"), "receipt": text_of(frame, "receipt", 4096)}
        self._door.receipt(self.member.session, {**receipt, "ref": frame.get("ref")}, self.reply)

    def _on_typing(self, frame: Frame) -> None:
        self.member.acted = True
        channel = text_of(frame, "channel")
        if self._hears(channel):
            officer = self.member.officer
            hub.publish({"t": "typing", "channel": channel, "officer": officer}, channel, skip=officer)

    def _on_pull(self, frame: Frame) -> None:
        channel, after = text_of(frame, "channel"), number_of(frame, "after", 0)
        limit = min(number_of(frame, "limit", 200), PULL_LIMIT)
        if not self._hears(channel):
            self._answer({"t": "error", "ref": frame.get("ref"), "code": "not_found"})
        elif len(self._pulls) >= MOST_PULLS:
            self._answer({"t": "error", "ref": frame.get("ref"), "code": "too_fast", "retry_after": 1})
        else:
            self._pulls.append((channel, after, max(1, limit), frame.get("ref")))
            if self._pulling is None:
                self._pulling = asyncio.get_running_loop().create_task(self._work_off_pulls())

    def _hears(self, channel: str) -> bool:
        """Not a member and no such channel are the same answer."""
        return channel in self.member.topics and channel in hub.heads

    # --- catching up -----------------------------------------------------------------------------------------------
    async def _work_off_pulls(self) -> None:
        """One after the other, and not while the last answer is still waiting to be read."""
        try:
            while self._pulls and self.outlet.open:
                await self._pull(*self._pulls.popleft())
                while self.outlet.open and self.outlet.buffered:
                    await asyncio.sleep(0.05)
        finally:
            self._pulling = None

    async def _pull(self, channel: str, after: int, limit: int, ref: Any) -> None:
        """Live frames of the channel wait until the backlog is written; those it contains are dropped."""
        self.member.hold(channel)
        upto = 0
        try:
            events = await shared_pull(self._door, channel, after, limit)
            if self._hears(channel):  # still
                upto = events["from"] + len(events["wires"])
                self.outlet.write(events["bytes"])
        except Exception as error:
            logs.failure(log, "pull", error)
            self._answer({"t": "error", "ref": ref, "code": "server_error"})
        finally:
            for data in self.member.release(channel, upto):
                self.outlet.write(data)


async def shared_pull(door: Door, channel: str, after: int, limit: int) -> Frame:
    """The door's answer plus its frame as "bytes"; identical pulls in flight share one read. After a restart a
    thousand clients ask for the same last page."""
    key = (channel, after, limit)
    task = _pulls.get(key)
    if task is None:
        task = _pulls[key] = asyncio.get_running_loop().create_task(_read_events(door, key))
        task.add_done_callback(lambda _: _pulls.pop(key, None))
    return await asyncio.shield(task)


async def _read_events(door: Door, key: tuple[str, int, int]) -> Frame:
    events = await readers.read(door.pull, *key)
    return {**events, "bytes": frames.encode(events)}


def text_of(frame: Frame, key: str, longest: int = 128) -> str:
    value = frame.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadFrameError(f"{key} is not a text of at most {longest}")
    return value


def number_of(frame: Frame, key: str, default: int) -> int:
    value = frame.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadFrameError(f"{key} is not a whole number")
    return value
