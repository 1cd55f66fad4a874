"""A line to a served Enlace that can lie: every answer and every frame of the socket passes a trick, which may tell another
thing. Without one it is an ordinary proxy."""

import http.client
import json
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ASIDE = frozenset(("connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"))
TEXT, FIN = 0x1, 0x80


class Asked:
    """What a client asks: path and query of one GET, the query also as `text`."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.path, self.text, self._query = parts.path, unquote(parts.query), parse_qs(parts.query)

    def number(self, name: str) -> int | None:
        return int(self._query[name][0]) if name in self._query else None


Told = dict[str, Any]


@dataclass
class Served:
    """One answer of any sort, to be changed in place. `headers` by lower-case name."""

    status: int
    headers: dict[str, str]
    data: bytes


class Trick:
    """The truth. Others override what they lie about."""

    def serve(self, asked: Asked, served: Served) -> None:
        """Of every GET."""

    def answer(self, _asked: Asked, told: Told) -> Told:
        return told

    def frame(self, told: Told) -> list[Told]:
        return [told]


class Proxy:
    def __init__(self, base: str) -> None:
        self.host, self.port = urlsplit(base).hostname or "", urlsplit(base).port or 80
        self.trick = Trick()
        proxy = self

        class Handler(_Handler):
            line = proxy

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def lying(self, trick: Trick) -> Iterator[None]:
        self.trick, before = trick, self.trick
        try:
            yield
        finally:
            self.trick = before

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *request: Any) -> None:
        """A page that goes on to the next breaks off what it asked for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Proxy

    def log_message(self, *_said: Any) -> None:
        pass

    def pass_on(self) -> None:
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._socket()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
        far = http.client.HTTPConnection(self.line.host, self.line.port, timeout=60)
        try:
            far.request(self.command, self.path, body, headers)
            answer = far.getresponse()
            self._answer(answer, answer.read())
        finally:
            far.close()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on  # noqa: N815  the names that http.server calls

    def _answer(self, answer: http.client.HTTPResponse, data: bytes) -> None:
        if answer.status == 200 and self.command == "GET" and "json" in (answer.headers.get("Content-Type") or ""):
            data = json.dumps(self.line.trick.answer(Asked(self.path), json.loads(data))).encode()
        cookies = answer.headers.get_all("Set-Cookie") or []
        headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in {*ASIDE, "set-cookie"}}
        served = Served(answer.status, headers, data)
        if self.command == "GET":
            self.line.trick.serve(Asked(self.path), served)
        self.send_response(served.status)
        for name, value in [*served.headers.items(), *(("Set-Cookie", cookie) for cookie in cookies)]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(served.data)))
        self.end_headers()
        self.wfile.write(served.data)

    # --- The socket: the client's bytes as they are, the host's frames one by one --------------------------------------------

    def _socket(self) -> None:
        far = socket.create_connection((self.line.host, self.line.port))
        lines = [f"{self.command} {self.path} HTTP/1.1"]  # without extensions: a compressed frame could not be read here
        lines += [f"{name}: {value}" for name, value in self.headers.items() if name.lower() != "sec-websocket-extensions"]
        far.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self.close_connection = True
        Thread(target=_pump, args=(self.connection, far), daemon=True).start()
        stream = far.makefile("rb")
        try:
            self._greet(stream)
            while frame := _frame(stream):
                first, payload = frame
                self.connection.sendall(b"".join(self._retold(first, payload)))
        except OSError:
            pass
        finally:
            for end in (far, self.connection):
                _shut(end)

    def _greet(self, stream: Any) -> None:
        while (line := stream.readline()) not in (b"\r\n", b""):
            self.connection.sendall(line)
        self.connection.sendall(b"\r\n")

    def _retold(self, first: int, payload: bytes) -> list[bytes]:
        if first != FIN | TEXT:
            return [_framed(first, payload)]
        return [_framed(first, json.dumps(told).encode()) for told in self.line.trick.frame(json.loads(payload))]


def _pump(near: socket.socket, far: socket.socket) -> None:
    try:
        while data := near.recv(65536):
            far.sendall(data)
    except OSError:
        pass
    _shut(far)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _frame(stream: Any) -> tuple[int, bytes] | None:
    """One frame of a server, which never masks (RFC 6455 section 5.2). -> (first byte, payload); None: the line ended."""
    head = stream.read(2)
    if len(head) < 2:
        return None
    length = head[1] & 0x7F
    if length > 125:
        length = struct.unpack(">H" if length == 126 else ">Q", stream.read(2 if length == 126 else 8))[0]
    return head[0], stream.read(length)


def _framed(first: int, payload: bytes) -> bytes:
    n = len(payload)
    length = bytes([n]) if n < 126 else b"\x7e" + struct.pack(">H", n) if n < 65536 else b"\x7f" + struct.pack(">Q", n)
    return bytes([first]) + length + payload
