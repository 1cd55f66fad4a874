"""Daphne with bounds: subclasses that close what was measured open (docs/operations.md).

An anonymous POST of 300 MB took the server from 66 to 370 MB and left a plaintext file; a fast sender and a slow
reader did the same through unbounded queues; SIGTERM dropped every socket without a word. Every attribute of Daphne,
Twisted and autobahn used here is pinned by tests/realtime/test_pinned_attributes.py.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from autobahn.websocket.protocol import WebSocketServerProtocol
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import defer
from twisted.internet import reactor as twisted_reactor
from twisted.logger import ILogObserver, globalLogBeginner
from zope.interface import provider

from realtime import frames, groupcommit, logs
from realtime.hub import hub
from realtime.inbound import take_texts
from realtime.outbound import CAP

reactor: Any = twisted_reactor  # its interface is made of zope.interface, which type checkers cannot read
log = logging.getLogger("enlace.server")
access = logging.getLogger("enlace.access")
MAX_BODY = 5 * 1024 * 1024
ALL_BODIES = 64 * 1024 * 1024  # bytes of request bodies held at once, however many clients send them
INBOUND = 64  # messages waiting for an application that has not begun to listen
TOO_FAST, RESTART = 1008, 1012
LINGER = 2.0
DRAIN = 4.2  # seconds from SIGTERM to exit
TOO_BIG = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"


class BoundedRequest(WebRequest):
    """A request whose body is counted as it arrives and never touches the disk."""

    _held = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802  Twisted's name
        self.content = BytesIO()  # Twisted would spool 100 KB and more to a file, in the clear (M6)
        if length is not None and length > self.server.max_body:
            self._refuse(TOO_BIG)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if self._refused:
            return
        if self._held + len(data) > self.server.max_body:
            self._refuse(TOO_BIG)
        elif self.server.bodies + len(data) > ALL_BODIES:
            self._refuse(BUSY)
        else:
            self._held += len(data)
            self.server.bodies += len(data)
            self.content.write(data)

    def _refuse(self, answer: bytes) -> None:
        """Raw, and the connection ends. What still arrives is thrown away for LINGER seconds: closing at once would
        reset the connection, and the client would never read why."""
        self._refused = True
        self._let_go()
        transport = self.channel.transport
        transport.write(answer)
        transport.loseWriteConnection()
        reactor.callLater(LINGER, transport.abortConnection)

    def process(self) -> Any:
        return None if self._refused else super().process()

    def _let_go(self) -> None:
        self.server.bodies -= self._held
        self._held = 0

    def finish(self) -> None:
        self._let_go()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._let_go()
        super().connectionLost(reason)


class BoundedFactory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class SlowReader:
    """Registered with the transport: told when the outgoing buffer fills, so that `serverSend` can count."""

    def __init__(self, protocol: "BoundedSocket") -> None:
        self.protocol = protocol

    def pauseProducing(self) -> None:  # noqa: N802
        self.protocol.slow = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.protocol.slow, self.protocol.behind = False, 0

    def stopProducing(self) -> None:  # noqa: N802
        self.protocol.slow = True


class BoundedSocket(WebSocketProtocol):
    """A WebSocket whose both directions are bounded."""

    CONFIG_ATTRS: list[str]
    muted: bool
    slow = False
    behind = 0
    sink: Callable[[str | None], None] | None = None
    _kept = b""  # the beginning of a frame

    def listen(self, sink: Callable[[str | None], None]) -> None:
        """From now on texts go straight to `sink` (None for a binary message), behind those already queued."""
        while not self.application_queue.empty():
            message = self.application_queue.get_nowait()
            if message["type"] != "websocket.receive":
                self.application_queue.put_nowait(message)
                break
            sink(message.get("text"))
        self.sink = sink

    def onOpen(self) -> None:  # noqa: N802
        self.transport.unregisterProducer()
        self.transport.registerProducer(SlowReader(self), True)
        super().onOpen()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Whole text frames go straight to the sink while autobahn stands between two frames."""
        if self.sink is None or self.data or self.current_frame is not None or self.inside_message:
            super().dataReceived(self._kept + data)
            self._kept = b""
            return
        data = self._kept + data
        texts, taken, ours = take_texts(data)
        self._kept = b""
        for text in texts:
            self.sink(text)
        if self.state == self.STATE_OPEN and ours:
            self._kept = data[taken:]
        elif taken < len(data):
            super().dataReceived(data[taken:])

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802
        if self.muted:
            return
        if self.sink is not None:
            self.last_ping = time.time()
            self.sink(None if isBinary else payload.decode("utf8"))
        elif self.application_queue.qsize() > INBOUND:
            self.muted = True
            self.sendCloseFrame(code=TOO_FAST, reasonUtf8=b"too fast", isReply=False)
            reactor.callLater(LINGER, self.transport.abortConnection)  # a busy client must have time to read why
        else:
            super().onMessage(payload, isBinary)

    def onClose(self, wasClean: bool, code: Any, reason: Any) -> None:  # noqa: N802
        self.muted = False  # the application of a muted socket must learn that it ended
        self.sink = None
        super().onClose(wasClean, code, reason)

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802
        """Texts only, and not through sendMessage: it drops in silence what exceeds the limit meant for the client."""
        if self.slow:
            self.behind += len(content)
            if self.behind > CAP:
                self.transport.abortConnection()
                return
        if self.state == self.STATE_OPEN:
            self.sendData(frames.wrap(content.encode()))

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        self.sendCloseFrame(code=1000 if code is None else code, isReply=False)


class BoundedSocketFactory(WebSocketFactory):
    protocol = BoundedSocket

    def fix_options(self) -> None:
        """Put the options on the class. autobahn would copy three dozen onto every socket and, for a log line that
        nobody reads, pretty-print them: half of the time of a reconnect."""
        for name in WebSocketServerProtocol.CONFIG_ATTRS:
            option = getattr(self, name)
            setattr(BoundedSocket, name, staticmethod(option) if callable(option) else option)
        BoundedSocket.CONFIG_ATTRS = []


class GuardedServer(Server):
    """Daphne's server with the classes above, our own listening, logging and going away."""

    def __init__(self, application: Any, listen: Callable[[Any], Any], max_body: int = MAX_BODY, **options: Any) -> None:
        """`listen(factory)` adopts a listening socket and returns the port."""
        super().__init__(
            application,
            endpoints=["given"],
            signal_handlers=False,
            action_logger=log_access,
            websocket_handshake_timeout=30,
            websocket_connect_timeout=30,
            websocket_max_message_size=frames.MAX_FRAME,
            websocket_max_frame_size=frames.MAX_FRAME,
            ping_interval=365 * 86400,  # heartbeats of the application do this work, and carry heads
            server_name="",
            **options,
        )
        self.max_body, self.bodies = max_body, 0
        self._listen = listen
        self._port: Any = None

    def run(self) -> None:
        """As Daphne's, on the sockets we were given. Returns after the drain."""
        self.connections: dict[Any, dict[str, Any]] = {}
        self.http_factory = BoundedFactory(self)
        self.ws_factory = BoundedSocketFactory(self, server="")
        self.ws_factory.setProtocolOptions(
            autoPingTimeout=self.ping_timeout,
            allowNullOrigin=True,  # the gate in realtime.asgi judges origins
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=self.websocket_max_message_size,
            maxFramePayloadSize=self.websocket_max_frame_size,
            failByDrop=False,  # a close code that says why, instead of a reset (M8)
        )
        self.ws_factory.fix_options()
        globalLogBeginner.beginLoggingTo([_say_nothing], redirectStandardIO=False, discardBuffer=True)
        loop = reactor._asyncioEventloop
        asyncio.set_event_loop(loop)
        self._port = self._listen(self.http_factory)
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.addSystemEventTrigger("before", "shutdown", self.kill_all_applications)
        reactor.callWhenRunning(self.ready_callable or (lambda: None))
        reactor.run(installSignalHandlers=False)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope["enlace.socket"] = protocol
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> "defer.Deferred[None]":
        """Before the reactor stops (M7): no more connections, requests finish, what is queued is committed and
        acknowledged, every socket hears 1012, and after DRAIN seconds it is over anyway."""
        loop = reactor._asyncioEventloop
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._drain_or_say(), loop=loop))

    async def _drain_or_say(self) -> None:
        try:
            await self._drain()
        except Exception as error:  # the process must end all the same
            logs.failure(log, "drain", error)

    async def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN
        if self._port is not None:
            self._port.stopListening()
        await _until(lambda: not self._requests(), deadline - 2.0)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, groupcommit.close_all, max(0.1, deadline - 1.0 - time.monotonic()))
        hub.flush()
        await _until(lambda: not hub.waiting, deadline)
        for socket in self._sockets():
            socket.sendCloseFrame(code=RESTART, reasonUtf8=b"restart", isReply=False)
        await _until(lambda: not self._sockets(), deadline)
        hub.bus.stop()
        for details in list(self.connections.values()):
            if (application := details.get("application_instance")) is not None:
                application.cancel()

    def _live(self, kind: type) -> list[Any]:
        return [
            protocol
            for protocol, details in self.connections.items()
            if isinstance(protocol, kind) and "disconnected" not in details
        ]

    def _sockets(self) -> list[Any]:
        return [socket for socket in self._live(WebSocketProtocol) if socket.state in (socket.STATE_OPEN, socket.STATE_CLOSING)]

    def _requests(self) -> list[Any]:
        """In progress; a request object also exists for each idle keep-alive connection."""
        return [request for request in self._live(WebRequest) if hasattr(request, "request_start")]


@provider(ILogObserver)
def _say_nothing(event: Any) -> None:
    """Twisted's own log repeats requests and exceptions."""


async def _until(condition: Callable[[], bool], deadline: float) -> None:
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.02)


def log_access(protocol: Any, action: str, details: dict[str, Any]) -> None:
    """One line per request, without query strings, tokens or ids (M17)."""
    if action == "complete":
        access.info(
            "%s %s %s %.0f ms %s bytes",
            details["method"],
            logs.public_path(details["path"]),
            details["status"],
            details["time_taken"] * 1000,
            details["size"],
        )
