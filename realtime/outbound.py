"""The way out of one socket: bytes of ready-made frames, written at once where nothing waits, bounded where it does.

Going through `await send()` costs an encode, a task wake and several calls for every member of a channel; writing the
same bytes to each socket is what makes a fan-out to a thousand cost little more than a thousand system calls. This
relies on attributes of Daphne, Twisted and autobahn that tests/realtime/test_pinned_attributes.py pins.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet import tcp

from realtime import frames

CAP = 1024 * 1024  # bytes that may wait for a reader before it is cut: the store has everything, it can pull later
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outlet:
    """write(data), close(code), `buffered` bytes, `open`. All on the event loop."""

    open: bool
    buffered: int

    def write(self, data: bytes) -> None:
        raise NotImplementedError

    def close(self, code: int) -> None:
        raise NotImplementedError


class TcpOutlet(Outlet):
    """Straight to the TCP socket of a Daphne connection."""

    __slots__ = ("protocol", "transport")

    def __init__(self, protocol: Any) -> None:
        self.protocol, self.transport = protocol, protocol.transport

    @property
    def open(self) -> bool:  # type: ignore[override]
        return bool(self.protocol.state == WebSocketProtocol.STATE_OPEN)

    @property
    def buffered(self) -> int:  # type: ignore[override]
        transport = self.transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen

    def write(self, data: bytes) -> None:
        """Frames in order, or nothing once the socket closes. A reader behind by CAP is cut (security: M4, a socket
        that never reads took the server from 65 to 438 MB)."""
        transport = self.transport
        if self.protocol.state != WebSocketProtocol.STATE_OPEN or not transport.connected:
            return
        if transport.dataBuffer or transport._tempDataBuffer:
            if self.buffered > CAP:
                transport.abortConnection()
            else:
                transport.write(data)
            return
        try:
            sent = transport.socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            transport.abortConnection()
            return
        if sent < len(data):
            transport.write(data[sent:] if sent else data)

    def close(self, code: int) -> None:
        """sendCloseFrame, because sendClose refuses the codes of RFC 6455 such as 1012 (M9)."""
        if self.open:
            self.protocol.sendCloseFrame(code=code, isReply=False)


class AwaitedOutlet(Outlet):
    """The ASGI way, for transports that are not plain TCP (TLS in the server, another ASGI server)."""

    def __init__(self, send: Send) -> None:
        self.open, self.buffered = True, 0
        self._send, self._waiting = send, deque[dict[str, Any]]()
        self._task: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        if not self.open:
            return
        if self.buffered > CAP:
            self._waiting.clear()
            self.close(4503)
            return
        for text in frames.unwrap(data):
            self._put({"type": "websocket.send", "text": text})

    def close(self, code: int) -> None:
        if self.open:
            self._put({"type": "websocket.close", "code": code})
            self.open = False

    def _put(self, message: dict[str, Any]) -> None:
        self._waiting.append(message)
        self.buffered += len(message.get("text", ""))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._waiting:
                message = self._waiting.popleft()
                await self._send(message)
                self.buffered -= len(message.get("text", ""))
        except Exception:  # the connection is gone; the receiving side ends the application
            self.open = False
            self._waiting.clear()
        finally:
            self._task = None


def outlet_for(scope: dict[str, Any], send: Send) -> Outlet:
    """The fast way when our own server carries the connection over plain TCP, else the ASGI way. Call after accept."""
    protocol = scope.get("enlace.socket")
    if protocol is not None and type(protocol.transport) is tcp.Server:
        return TcpOutlet(protocol)
    return AwaitedOutlet(send)
