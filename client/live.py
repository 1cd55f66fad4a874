"""The socket: live events, and posts by the fast lane. One connection of one signed-in officer."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from client.b64 import b64u
from client.rooms import AGAIN, TRIES, Room
from sealed.errors import EnlaceError
from sealed.events import POST

if TYPE_CHECKING:
    from client.enlace import Enlace


class Live:
    """`async with Live(enlace) as live: await live.send({...}); frame = await live.next("events")`. Beats are answered here.
    Several tasks may wait at once; each frame goes to one of them."""

    def __init__(self, enlace: "Enlace", *, path: str = "/ws") -> None:
        base = enlace.http.base_url
        self.url = "ws" + base.removeprefix("http") + path
        self.headers = {"Cookie": enlace.http.cookie_header()}
        self.origin = base
        self.frames: list[dict[str, Any]] = []  # that nobody waited for yet
        self._refs = 0
        self._news = asyncio.Condition()
        self._ended: Exception | None = None

    async def __aenter__(self) -> "Live":
        options: dict[str, Any] = {
            "additional_headers": self.headers,
            "origin": self.origin,
            "max_size": 4 * 2**20,
            "proxy": None,
        }
        self.socket: ClientConnection = await connect(self.url, **options)
        self._pump = asyncio.create_task(self._receive())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        await self._pump

    async def send(self, frame: dict[str, Any]) -> None:
        await self.socket.send(json.dumps(frame))

    async def next(self, *sorts: str, seconds: float = 20.0, **matching: Any) -> dict[str, Any]:
        """The next frame of one of these sorts whose fields match; others are kept for later. TimeoutError otherwise, or
        ConnectionClosed when the host closed."""

        def wanted(frame: dict[str, Any]) -> bool:
            return frame.get("t") in sorts and all(frame.get(name) == value for name, value in matching.items())

        async with asyncio.timeout(seconds), self._news:
            while True:
                for place, frame in enumerate(self.frames):
                    if wanted(frame):
                        return self.frames.pop(place)
                if self._ended is not None:
                    raise self._ended
                await self._news.wait()

    async def _receive(self) -> None:
        try:
            while True:
                frame = json.loads(await self.socket.recv())
                if frame.get("t") == "beat":
                    await self.send({"t": "beat"})
                    continue
                await self._tell(frame)
        except ConnectionClosed as closed:
            self._ended = closed
            await self._tell(None)

    async def _tell(self, frame: dict[str, Any] | None) -> None:
        async with self._news:
            if frame is not None:
                self.frames.append(frame)
            self._news.notify_all()

    # --- Rooms, live --------------------------------------------------------------------------------------------------

    async def post(self, room: Room, text: str) -> int:
        """By the fast lane. -> the position of the message, which is in `room` when it has followed so far."""
        for attempt in range(TRIES):
            self._refs += 1
            wire = room.sealed_wire(POST, ["text", text, None])
            await self.send({"t": "post", "channel": room.id, "wire": b64u(wire), "ref": self._refs})
            answer = await self.next("ack", "nack", ref=self._refs)
            if answer["t"] == "ack":
                return int(answer["n"])
            if answer["code"] not in AGAIN or attempt == TRIES - 1:
                raise EnlaceError(answer["code"])
            await asyncio.to_thread(room.refresh)
        raise EnlaceError("stale_head")

    async def follow(self, room: Room, count: int) -> None:
        """Takes frames until the room holds `count` events."""
        while len(room.rows) < count:
            room.hear(await self.next("events", channel=room.id))

    async def read(self, room: Room) -> None:
        """The signed read mark of everything the room holds."""
        await self.send({"t": "receipt", "channel": room.id, "receipt": room.receipt()})
