"""The socket: live events, and posts by the fast lane. One connection of one signed-in officer."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect

if TYPE_CHECKING:
    from client.enlace import Enlace


class Live:
    """`async with Live(enlace) as live: await live.send({...}); frame = await live.next("events")`. Beats are answered here."""

    def __init__(self, enlace: "Enlace", *, path: str = "/ws") -> None:
        base = enlace.http.base_url
        self.url = "ws" + base.removeprefix("http") + path
        self.headers = {"Cookie": enlace.http.cookie_header()}
        self.origin = base
        self.socket: ClientConnection | None = None
        self.frames: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Live":
        options: dict[str, Any] = {
            "additional_headers": self.headers,
            "origin": self.origin,
            "max_size": 4 * 2**20,
            "proxy": None,
        }
        self.socket = await connect(self.url, **options)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.socket is not None:
            await self.socket.close()

    async def send(self, frame: dict[str, Any]) -> None:
        assert self.socket is not None  # noqa: S101  used inside `async with`
        await self.socket.send(json.dumps(frame))

    async def next(self, sort: str, seconds: float = 10.0, **matching: Any) -> dict[str, Any]:
        """The next frame of this sort whose fields match; frames of other sorts are kept for later. TimeoutError otherwise."""

        def wanted(frame: dict[str, Any]) -> bool:
            return frame.get("t") == sort and all(frame.get(name) == value for name, value in matching.items())

        for place, frame in enumerate(self.frames):
            if wanted(frame):
                return self.frames.pop(place)
        async with asyncio.timeout(seconds):
            async for frame in self._incoming():
                if wanted(frame):
                    return frame
                self.frames.append(frame)
        raise TimeoutError(sort)

    async def _incoming(self) -> AsyncIterator[dict[str, Any]]:
        assert self.socket is not None  # noqa: S101  used inside `async with`
        async for text in self.socket:
            frame = json.loads(text)
            if frame.get("t") == "beat":
                await self.send({"t": "beat"})
            yield frame
