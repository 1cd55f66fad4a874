"""Starts the house with nothing but pipes as a real process and opens real sockets to it."""

import asyncio
import contextlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
START = 60.0  # a loaded machine needs long to import Django


class House:
    """One `manage.py serve` of the test project. `log` holds what it wrote so far."""

    def __init__(self, database: Path, *options: str, port: int = 0, pass_fds: Sequence[int] = (), **env: str) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port), *options]
        settings = {"DJANGO_SETTINGS_MODULE": "tests.realtime.project.settings", "PIPES_DATABASE": str(database)}
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **settings, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
        )
        self.log: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.url = self._listening()
        self.port = int(self.url.rsplit(":", 1)[1]) if self.url.startswith("http") else 0

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.log.append(line.decode())
            self._lines.put(line.decode())
        self._lines.put("")

    def _listening(self) -> str:
        while line := self._lines.get(timeout=START):
            if match := re.search(r"listens on (\S+)", line):
                return match[1]
        raise RuntimeError("the server ended: " + "".join(self.log))

    @property
    def memory(self) -> float:
        """Resident MiB of the server process."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20

    def listens(self) -> bool:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def socket(self, who: str | None, key: str = "", path: str = "/ws", **options: Any) -> "Phone":
        return Phone(self.url, who, key or who or "", path, options)


class Phone:
    """An officer's socket: `async with house.socket("ana") as ana`. Answers beats; keeps all frames in `seen`."""

    def __init__(self, url: str, who: str | None, key: str, path: str, options: dict[str, Any]) -> None:
        headers = {"Cookie": f"who={who}; key={key}"} if who else {}
        options = {"origin": url, "additional_headers": headers, "compression": None, "max_size": 2**23, **options}
        self._connecting = connect(url.replace("http", "ws") + path, **options)
        self.seen: list[dict[str, Any]] = []
        self.wires: dict[str, list[dict[str, Any]]] = {}
        self._passed_over: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Phone":
        self.ws: ClientConnection = await self._connecting
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ws.close()

    async def send(self, kind: str, **fields: Any) -> None:
        await self.ws.send(json.dumps({"t": kind, **fields}))

    async def next(self, kind: str, patience: float = PATIENCE, **fields: Any) -> dict[str, Any]:
        """The next frame of this kind with these fields; others stay for later calls."""

        def wanted(frame: dict[str, Any]) -> bool:
            return frame["t"] == kind and all(frame.get(name) == value for name, value in fields.items())

        for place, frame in enumerate(self._passed_over):
            if wanted(frame):
                return self._passed_over.pop(place)
        async with asyncio.timeout(patience):
            while not wanted(frame := await self._receive()):
                self._passed_over.append(frame)
        return frame

    async def _receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.ws.recv())
        self.seen.append(frame)
        if frame["t"] == "beat":
            await self.send("beat")
        if frame["t"] == "events":
            self.wires.setdefault(frame["channel"], []).extend(frame["wires"])
        return frame

    async def alone(self, without: str) -> dict[str, Any]:
        """-> the hello, once `without` is not (or no longer) online: the test before may have left it there."""
        hello = await self.next("hello")
        if without in hello["online"]:
            await self.next("presence", state="offline", officer=without)
        return hello

    async def events(self, channel: str, upto: int, patience: float = PATIENCE) -> list[dict[str, Any]]:
        """Every wire of the channel this phone ever got, as it came, once the last is event number `upto`."""
        got = self.wires.setdefault(channel, [])
        try:
            async with asyncio.timeout(patience):
                while not got or got[-1]["n"] < upto - 1:
                    self._passed_over.append(await self._receive())
        except TimeoutError:
            others = [frame for frame in self.seen if frame["t"] not in ("events", "ack", "presence")]
            raise AssertionError(f"{len(got)} wires, the last {got[-1:]}; also {others[-20:]}") from None
        return got

    async def closed(self, patience: float = PATIENCE) -> int:
        """-> the close code, after whatever else was said."""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(patience):
                async for text in self.ws:
                    self.seen.append(json.loads(text))
        assert self.ws.close_code is not None
        return self.ws.close_code


async def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.02)
