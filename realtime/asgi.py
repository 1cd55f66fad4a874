"""The ASGI pieces: what goes to Django, what to the socket, and who may open one."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import re_path

from realtime import logs
from realtime.consumer import nowhere, socket
from realtime.outbound import Send

log = logging.getLogger("enlace.asgi")
INSIDE, OUTSIDE = 48, 1000


def build(http: Any) -> Any:
    """-> the application of a server process: `http` is Django's, /ws is ours."""
    places: list[tuple[str, Any]] = [(r"^ws$", socket), (r"", nowhere)]
    sockets = OriginGate(URLRouter([re_path(pattern, place) for pattern, place in places]))
    routed = ProtocolTypeRouter({"http": Turnstile(http), "websocket": sockets})

    async def application(scope: dict[str, Any], receive: Any, send: Send) -> None:
        try:
            # A client header could set the root path, and with it every redirect (M10).
            await routed({**scope, "root_path": ""}, receive, send)
        except Exception as error:
            logs.failure(log, "application", error)
            raise ApplicationFailedError from None  # Daphne prints what it gets, texts included (M17)

    return application


class ApplicationFailedError(Exception):
    """The log line before it says where."""


class Turnstile:
    """At most INSIDE requests run at once and OUTSIDE wait; more are told to come back.

    Each request runs in a thread of its own, so a storm would otherwise be as many threads, all waiting for the dozen
    database connections there are. The threads stay (Django's own would end with each request, and its SQLite connection
    with it: opening one anew costs more than most requests); the one used last is taken first."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self._places = asyncio.Semaphore(INSIDE)
        self._threads = [ThreadPoolExecutor(1, f"enlace-http-{place}") for place in range(INSIDE)]
        self._waiting = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if self._waiting >= OUTSIDE:
            headers = [(b"retry-after", b"5"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        thread = self._threads.pop()
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.application(scope, receive, send)
        finally:
            self._threads.append(thread)
            self._places.release()


def headers_named(scope: dict[str, Any], name: bytes) -> list[str]:
    return [value.decode("latin1") for key, value in scope["headers"] if key == name]


def cookies(scope: dict[str, Any]) -> dict[str, str]:
    """The cookies of the handshake; unreadable ones count as none."""
    found: SimpleCookie = SimpleCookie()
    try:
        for header in headers_named(scope, b"cookie"):
            found.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}


class OriginGate:
    """Refuses a socket, before accept, to every page but ours.

    Browsers send cookies with any cross-site WebSocket handshake, so the Origin is what stands between another site
    and an officer's session. AllowedHostsOriginValidator accepts any port and scheme of the host and Host itself is
    never checked on WebSockets (M11); here both must be exact."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if may_open(headers_named(scope, b"origin"), headers_named(scope, b"host")):
            await self.application(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close"})


def may_open(origins: list[str], hosts: list[str]) -> bool:
    """Exactly one Origin and one Host; Host allowed; Origin one of ENLACE_ORIGINS. With DEBUG and an empty list:
    the page and the socket came from the same http://host:port."""
    if len(origins) != 1 or len(hosts) != 1:
        return False
    domain, _ = split_domain_port(hosts[0].lower())
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False  # a rebound DNS name would otherwise match its own Origin
    if settings.ENLACE_ORIGINS:
        return origins[0] in settings.ENLACE_ORIGINS
    return bool(settings.DEBUG) and origins[0] == f"http://{hosts[0].lower()}"
