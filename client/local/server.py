"""The pages of a host on 127.0.0.1: every script and style from this package, pages only as `client/pages.py` lets them be, data
as the host gives it (docs/adr/0023)."""

import contextlib
import json
import socket
import sys
from collections.abc import Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from client import pages
from client.language import Language
from client.local import guard
from client.local.line import Answer, Line, relay
from client.site import Site
from sealed.errors import EnlaceError

PORT = 8471  # always the same: what a browser keeps (pins, outbox) belongs to the address with its port
LARGEST = 5 * 1024 * 1024  # bytes of one request
JSON, OPAQUE, HTML = "application/json", "application/octet-stream", "text/html; charset=utf-8"
PASSED = (JSON, OPAQUE, "text/plain")
TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "json": JSON}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
REFUSAL = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Enlace</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/static/liaison/css/tokens.css"><link rel="stylesheet" href="/static/liaison/css/base.css">
<link rel="stylesheet" href="/static/liaison/css/layout.css"><link rel="stylesheet" href="/static/liaison/css/components.css">
</head><body><div class="bare"><header class="bare-head"><a class="wordmark" href="/">Enlace</a></header>
<main class="bare-main"><div class="bare-card"><h1>{first}</h1><p>{rest}</p>{findings}</div></main></div></body></html>"""


class LocalSite:
    """`cookies` of a session with the host at `url`. `port` 0 takes a free one."""

    def __init__(self, url: str, site: Site, cookies: Sequence[Sequence[str]] = (), *, port: int = PORT) -> None:
        self.site, self.line = site, Line(url, cookies)
        local = self

        class Handler(_Handler):
            here = local

        self._server = _Server(("127.0.0.1", port), Handler)
        self.door = guard.Door(f"http://127.0.0.1:{self._server.server_port}")

    @property
    def policy(self) -> str:
        """That of the release, narrowed: scripts and styles by path, so that nothing the host sends can pass for one."""
        files = f"{self.door.origin}/static/"
        narrowed = ("script-src", "style-src", "worker-src")
        found = []
        for directive in self.site.manifest.csp.split(";"):
            name, *sources = directive.split()
            found.append(" ".join([name, *((files if one == "'self'" and name in narrowed else one) for one in sources)]))
        return "; ".join(found)

    def serve(self) -> None:
        """Until `close`."""
        self._server.serve_forever(poll_interval=0.2)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.line.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *request: Any) -> None:
        """A page that goes on to the next breaks off what it asked for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "enlace", ""
    here: LocalSite

    def log_message(self, *_said: Any) -> None:
        """Nothing: addresses name channels and cases."""

    # --- Who asks --------------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        door, path = self.here.door, self.path
        if not door.named_rightly(self.headers.get("Host")):
            return self._refuse(EnlaceError("not_from_here"))
        if self.command == "GET" and (cookie := door.enters(path)):
            # Whatever stood at this port before must not have left a script in the browser's cache.
            return self._answer(303, b"", {"Location": "/", "Set-Cookie": cookie, "Clear-Site-Data": '"cache"'})
        reads = self.command in ("GET", "HEAD") and self.headers.get("Upgrade") is None
        asked = self.headers.get("Cookie", ""), self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site")
        if not door.is_open_to(*asked, reads=reads):
            return self._refuse(EnlaceError("not_from_here"))
        try:
            return self._serve(path)
        except EnlaceError as error:
            return self._refuse(error)

    do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815  the names that http.server calls

    # --- What is answered ------------------------------------------------------------------------------------------------

    def _serve(self, target: str) -> None:
        path = urlsplit(target).path
        if not target.startswith("/") or not target.isascii():
            raise EnlaceError("bad_request")
        if path.startswith("/static/"):
            return self._file(path)
        if path.startswith("/open/"):  # once more, from the history of the browser that was let in
            return self._answer(303, b"", {"Location": "/"})
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self._socket(target, path)
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LARGEST or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise EnlaceError("bad_request")
        body = self.rfile.read(int(length))
        if guard.holds_a_secret(self.headers.get("Content-Type", ""), body, urlsplit(target).query):
            raise EnlaceError("secret_stopped")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self._pass(path, self.here.line.ask(self.command, target, headers, body))

    def _file(self, path: str) -> None:
        data = self.here.site.file(path) if self.command == "GET" else None
        if data is None:
            raise EnlaceError("not_found")
        # Kept for an hour: without it Chromium draws no icon that a script asks of a picture it has already fetched.
        kept = {"Cache-Control": "private, max-age=3600"}
        self._answer(200, data, {"Content-Type": TYPES.get(path.rpartition(".")[2], OPAQUE)} | kept)

    def _pass(self, path: str, answer: Answer) -> None:
        """A page as it may be, data as it is; nothing else that a host may call its answer."""
        if answer.location is not None:
            return self._answer(answer.status, b"", {"Location": answer.location})
        sort = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sort == "text/html":
            return self._page(path, answer)
        if answer.data and sort not in PASSED:
            raise EnlaceError("page_refused", sort)
        return self._answer(answer.status, answer.data, answer.headers | {"Content-Type": sort or OPAQUE})

    def _page(self, path: str, answer: Answer) -> None:
        page = pages.read(answer.data.decode("utf-8", "replace"), path, self.here.site.manifest)
        if page.findings:
            return self._refuse(EnlaceError("page_refused"), page.findings)
        # Invitations lead to the host, not to this machine.
        html = page.html.replace("<html", f'<html data-host="{escape(self.here.line.origin)}"', 1)
        return self._answer(answer.status, html.encode(), {"Content-Type": HTML})

    def _socket(self, target: str, path: str) -> None:
        if path != "/ws":
            raise EnlaceError("not_found")
        far, head = self.here.line.socket(target, {name.lower(): value for name, value in self.headers.items()})
        self.close_connection = True
        with contextlib.closing(far):
            self.connection.sendall(head)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError):
                relay(self.connection, far)

    def _refuse(self, error: EnlaceError, findings: Sequence[str] = ()) -> None:
        """To a script as the host would say it, to a person as a page. What was sent with it is not read: the line ends."""
        self.close_connection = True
        language = Language.of(self.headers.get("Accept-Language", ""), self.here.site)
        said = language.say(error.sentence)
        if "text/html" in self.headers.get("Accept", ""):
            first, _, rest = escape(said).partition(". ")
            rows = "".join(f"<li><code>{escape(finding)}</code></li>" for finding in findings)
            html = REFUSAL.format(language=language.code, first=f"{first}.", rest=rest, findings=rows and f"<ul>{rows}</ul>")
            return self._answer(error.status, html.encode(), {"Content-Type": HTML})
        told = json.dumps({"error": {"code": error.code, "message": said}})
        return self._answer(error.status, told.encode(), {"Content-Type": JSON})

    def _answer(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        closing = {"Connection": "close"} if self.close_connection else {}
        for name, value in (ALWAYS | {"Content-Security-Policy": self.here.policy} | closing | headers).items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
