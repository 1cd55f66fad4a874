"""The line to the host: its session stays here, and of its answers only what a page of the release needs goes on."""

import select
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urljoin, urlsplit

import httpx

from sealed.errors import EnlaceError

UP = ("accept", "accept-language", "content-type", "x-csrftoken", "user-agent")
DOWN = ("content-type", "x-csrftoken", "retry-after")
SOCKET_UP = ("sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions", "user-agent")
SOCKET_DOWN = ("sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions")
LONGEST_HEAD = 16 * 1024


@dataclass(frozen=True)
class Answer:
    """`location`: a path of the host, where it sends on."""

    status: int
    headers: dict[str, str]
    data: bytes
    location: str | None


class Line:
    """`url` of the host; `cookies` [[name, value]] of a session to go on with. Used by several threads."""

    def __init__(self, url: str, cookies: Sequence[Sequence[str]] = ()) -> None:
        self.url = url.rstrip("/")
        parts = urlsplit(self.url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        nothing = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        alive = httpx.Limits(keepalive_expiry=2)  # s: shorter than any host's, which would close what is about to be used
        self._http = httpx.Client(base_url=self.origin, timeout=60, follow_redirects=False, cookies=nothing, limits=alive)
        self._cookies = {one[0]: one[1] for one in cookies}
        self._lock = threading.Lock()

    def close(self) -> None:
        self._http.close()

    def _session(self) -> dict[str, str]:
        with self._lock:
            said = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Origin": self.origin, "Referer": f"{self.origin}/", **({"Cookie": said} if said else {})}

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises EnlaceError `unreachable`; `bad_request` where the host sends on to another site."""
        sent = {name: headers[name] for name in UP if name in headers} | self._session()
        try:
            answer = self._http.request(method, target, headers=sent, content=body)
        except httpx.HTTPError as error:
            raise EnlaceError("unreachable", type(error).__name__) from None
        self._keep(answer.headers.get_list("set-cookie"))
        kept = {name: answer.headers[name] for name in DOWN if name in answer.headers}
        return Answer(answer.status_code, kept, answer.content, self._location(target, answer))

    def _location(self, target: str, answer: httpx.Response) -> str | None:
        if not answer.has_redirect_location:
            return None
        there = urljoin(self.origin + target, answer.headers["location"])
        if not there.startswith(self.origin + "/"):
            raise EnlaceError("bad_request", "the host sends on to another site")
        return "/" + there.removeprefix(self.origin).lstrip("/\\")

    def _keep(self, told: Sequence[str]) -> None:
        with self._lock:
            for line in told:
                try:
                    found = SimpleCookie(line)
                except CookieError:
                    continue
                for name, morsel in found.items():
                    self._cookies.pop(name, None)
                    if morsel["max-age"] != "0" and morsel.value:
                        self._cookies[name] = morsel.value

    # --- The socket ------------------------------------------------------------------------------------------------------

    def socket(self, target: str, headers: Mapping[str, str]) -> tuple[socket.socket, bytes]:
        """Opens the host's socket. -> the connection, and the head of its answer for the browser. Raises EnlaceError
        `unreachable` where it does not open."""
        parts = urlsplit(self.origin)
        try:
            far = socket.create_connection(
                (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)), timeout=30
            )
            if parts.scheme == "https":
                far = ssl.create_default_context().wrap_socket(far, server_hostname=parts.hostname)
            sent = {name: headers[name] for name in SOCKET_UP if name in headers} | self._session()
            lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", "Upgrade: websocket", "Connection: Upgrade"]
            far.sendall("\r\n".join([*lines, *(f"{name}: {value}" for name, value in sent.items()), "", ""]).encode("latin-1"))
            head = _head(far)
            far.settimeout(None)
        except OSError as error:
            raise EnlaceError("unreachable", type(error).__name__) from None
        status, *told = head.decode("latin-1").split("\r\n")
        if status.split(" ")[1:2] != ["101"]:
            far.close()
            raise EnlaceError("unreachable", status)
        given = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in told)}
        kept = [f"{name}: {given[name]}" for name in SOCKET_DOWN if name in given]
        answer = "\r\n".join(["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", *kept, "", ""])
        return far, answer.encode("latin-1")


def _head(far: socket.socket) -> bytes:
    """Byte by byte, once for each socket: what follows the head is frames, and stays in the line."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = far.recv(1)
        if not byte or len(head) > LONGEST_HEAD:
            raise ConnectionError("no answer")
        head += byte
    return head


def relay(near: socket.socket, far: socket.socket) -> None:
    """Bytes both ways until either end closes, by one thread: a TLS line must not be read and written at the same time."""
    other = {near: far, far: near}
    while True:
        waiting = isinstance(far, ssl.SSLSocket) and far.pending()  # already read from the network, so select does not see it
        for source in [far] if waiting else select.select([near, far], [], [])[0]:
            data = source.recv(65536)
            if not data:
                return
            other[source].sendall(data)
