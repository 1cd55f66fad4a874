"""Serving: our own listening socket, the guarded Daphne, signals, and several processes on one port."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

BACKLOG = 4096  # Twisted's 50 made a thousand reconnects take 15 s instead of 1.2
log = logging.getLogger("enlace.server")
Ready = Callable[[str], None]


def listening_socket(host: str, port: int, shared: bool = False) -> socket.socket:
    """A TCP socket that listens. `shared`: other processes of ours listen on the same port (SO_REUSEPORT)."""
    return _listen(bound_socket(host, port, shared))


def bound_socket(host: str, port: int, shared: bool = False) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(address)
    return bound


def _listen(bound: socket.socket) -> socket.socket:
    bound.listen(BACKLOG)
    bound.setblocking(False)
    return bound


def address_of(bound: socket.socket) -> str:
    if bound.family == socket.AF_UNIX:
        return f"unix:{bound.getsockname()}"
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run_server(
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Ready | None = None,
    fd: int | None = None,
    shared: bool = False,
    application: Any = None,
) -> None:
    """Serve in the main thread until SIGTERM or SIGINT, then drain and return (a second signal ends at once).

    `ready(url)` is called on the event loop once connections are accepted. `fd`: a listening socket inherited from a
    supervisor, instead of host and port. Port 0 takes a free one."""
    from realtime.guard import GuardedServer  # installs Twisted's asyncio reactor, which only a server wants

    listening = socket.socket(fileno=fd) if fd is not None else listening_socket(host, port, shared)
    if fd is not None:
        _listen(listening)
    server = GuardedServer(
        application or _application(),
        listen=lambda factory: _adopt(listening, factory),
        max_body=getattr(settings, "ENLACE_MAX_BODY", 5 * 1024 * 1024),
        ready_callable=lambda: ready(address_of(listening)) if ready else None,
    )
    _stop_on_signals()
    _join_the_hub()
    server.run()


def _application() -> Any:
    from django.utils.module_loading import import_string

    return import_string(settings.ASGI_APPLICATION)


def _adopt(listening: socket.socket, factory: Any) -> Any:
    return _reactor().adoptStreamPort(listening.fileno(), listening.family, factory)


def _join_the_hub() -> None:
    from realtime.hub import hub

    hub.attach(_reactor()._asyncioEventloop)


def _reactor() -> Any:
    from twisted.internet import reactor

    return reactor


def _stop_on_signals() -> None:
    reactor = _reactor()
    asked = threading.Event()

    def stop(number: int, frame: Any) -> None:
        if asked.is_set():
            os._exit(1)
        asked.set()
        reactor.callFromThread(reactor.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


# --- several processes ----------------------------------------------------------------------------------------------
class Workers:
    """Starts N processes that share a port, starts again what dies, and hands the signal to end down to all."""

    def __init__(self, command: list[str], count: int, address: tuple[str, int], ready: Callable[[], None]) -> None:
        """`ready` is called once a connection to `address` is accepted."""
        self._command, self._count, self._address, self._ready = command, count, address, ready
        self._processes: list[subprocess.Popen[bytes]] = []
        self._ending = threading.Event()

    def run(self) -> int:
        """-> exit status: 0 when all ended well after SIGTERM."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        self._processes = [self._start() for _ in range(self._count)]
        said = False
        while not self._ending.wait(0.2):
            if not said and (said := self._accepts()):
                self._ready()
            for place, process in enumerate(self._processes):
                if process.poll() is not None and not self._ending.is_set():
                    log.error("worker ended with %s, starting another", process.returncode)
                    time.sleep(0.5)
                    self._processes[place] = self._start()
        return max(abs(process.wait()) for process in self._processes)

    def _accepts(self) -> bool:
        try:
            with socket.create_connection(self._address, timeout=1):
                return True
        except OSError:
            return False

    def _start(self) -> "subprocess.Popen[bytes]":
        # The pipe tells a worker that its parent is gone, however it went.
        return subprocess.Popen(self._command, stdin=subprocess.PIPE)

    def _end(self, number: int, frame: Any) -> None:
        self._ending.set()
        for process in self._processes:
            process.send_signal(signal.SIGTERM)


def run_workers(host: str, port: int, count: int, ready: Ready) -> int:
    """Reserve the port, tell it, and run `count` servers on it. Needs Redis between them."""
    reserved = bound_socket(host, port, shared=True)
    address = reserved.getsockname()[:2]
    command = [sys.executable, sys.argv[0], "serve", "--host", host, "--port", str(address[1]), "--worker"]
    return Workers(command, count, address, lambda: ready(address_of(reserved))).run()


def end_with_parent() -> None:
    """In a worker: when standard input closes, the parent is gone and nobody would end us."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="enlace-parent", daemon=True).start()
