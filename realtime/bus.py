"""Between processes: the hub's orders go to one Redis channel that every process hears, frames already encoded.

One subscription per process, not one per conversation: a process that joins a conversation late would otherwise miss
what is published before Redis confirms, and every process also learns every head this way. Two threads of their own
keep Redis out of everybody's way: a dead, hung or flushed Redis delays frames (heartbeats heal within 10 s) and never
blocks or fails a send. After any interruption all sockets are looked up again.
"""

import atexit
import json
import logging
import secrets
import threading
import time
from collections import deque
from typing import Any, Protocol

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger("enlace.bus")

TIMEOUT = 10  # seconds; the 5 s default of redis-py 8 is shorter than a quiet minute of a small network (M1)
SILENCE = 10.0  # seconds without an answer to our PINGs after which the subscription counts as deaf
MOST_WAITING = 20_000  # orders kept for a Redis that does not answer; older ones are dropped, heads heal
BATCH_BYTES = 4 * 1024 * 1024

Order = tuple[Any, ...]


class Listener(Protocol):
    def receive(self, origin: str, orders: list[Order]) -> None: ...

    def refresh(self, officer: str | None = None) -> None: ...


class Bus(Protocol):
    @property
    def state(self) -> str:
        """ "none", "up" or "down"."""

    def start(self, listener: Listener) -> None: ...

    def send(self, order: Order) -> None: ...

    def stop(self) -> None: ...


class NoBus:
    """One process: nobody else to tell."""

    @property
    def state(self) -> str:
        return "none"

    def start(self, listener: Listener) -> None:
        return None

    def send(self, order: Order) -> None:
        return None

    def stop(self) -> None:
        return None


def pack(origin: str, orders: list[Order]) -> bytes:
    """A JSON line, then the bytes that end some orders (in the line: their lengths, marked by a leading 1)."""
    blobs = [order[-1] if isinstance(order[-1], bytes) else b"" for order in orders]
    heads = [[1, *order[:-1], len(blob)] if blob else [0, *order] for order, blob in zip(orders, blobs, strict=True)]
    return json.dumps([origin, heads], separators=(",", ":")).encode() + b"\n" + b"".join(blobs)


def unpack(message: bytes) -> tuple[str, list[Order]]:
    """The reverse. ValueError and its kin when somebody else wrote to the channel."""
    line, _, blobs = message.partition(b"\n")
    origin, heads = json.loads(line)
    orders: list[Order] = []
    place = 0
    for marked, *order in heads:
        if marked:
            length = int(order.pop())
            orders.append((*order, blobs[place : place + length]))
            place += length
        else:
            orders.append(tuple(order))
    return str(origin), orders


class RedisBus:
    """Publishes from one thread, hears in another; `send` never blocks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._origin = secrets.token_hex(8)
        database = redis.connection.parse_url(url).get("db", 0)
        self._channel = f"enlace:{database}"  # pub/sub ignores database numbers, two deployments must not
        self._waiting: deque[Order] = deque(maxlen=MOST_WAITING)
        self._wake = threading.Condition()
        self._stopping = self._busy = False
        self._publishing: threading.Thread | None = None
        self._published = self._heard = True

    @property
    def state(self) -> str:
        return "up" if self._published and self._heard else "down"

    def start(self, listener: Listener) -> None:
        self._heard = False
        threading.Thread(target=self._listen, args=(listener,), name="enlace-bus-in", daemon=True).start()

    def send(self, order: Order) -> None:
        with self._wake:
            self._waiting.append(order)
            self._wake.notify()
            if self._publishing is None:
                self._publishing = threading.Thread(target=self._publish_all, name="enlace-bus-out", daemon=True)
                self._publishing.start()
                atexit.register(self.stop)

    def stop(self) -> None:
        """Give what is waiting a second to leave: a command that ends at once must still wake people."""
        deadline = time.monotonic() + 1
        while (self._waiting or self._busy) and self._published and time.monotonic() < deadline:
            time.sleep(0.01)
        self._stopping = True
        with self._wake:
            self._wake.notify()

    def _connect(self) -> redis.Redis:
        return redis.Redis.from_url(self._url, socket_timeout=TIMEOUT, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))

    # --- out -------------------------------------------------------------------------------------------------------
    def _publish_all(self) -> None:
        client, lost = self._connect(), False
        while not self._stopping:
            with self._wake:
                self._busy = False
                self._wake.wait_for(lambda: self._waiting or self._stopping)
                self._busy = True
                orders = self._take()
            if lost:
                orders.insert(0, ("refresh", None))  # the others missed something: have them look for themselves
            try:
                client.publish(self._channel, pack(self._origin, orders))
                self._say(published=True)
                lost = False
            except redis.RedisError as error:
                self._say(published=False, error=error)
                lost = True
                client.close()
                self._waiting.clear()
                time.sleep(0.5)

    def _take(self) -> list[Order]:
        orders: list[Order] = []
        size = 0
        while self._waiting and size < BATCH_BYTES:
            order = self._waiting.popleft()
            size += len(order[-1]) if isinstance(order[-1], bytes) else 0
            orders.append(order)
        return orders

    # --- in --------------------------------------------------------------------------------------------------------
    def _listen(self, listener: Listener) -> None:
        first = True
        while not self._stopping:
            try:
                with self._connect() as client, client.pubsub() as subscription:
                    subscription.subscribe(self._channel)
                    self._hear(subscription, listener, refresh=not first)
            except redis.RedisError as error:
                self._say(heard=False, error=error)
                time.sleep(0.5)
            first = False

    def _hear(self, subscription: Any, listener: Listener, refresh: bool) -> None:
        """Until the connection breaks, or SILENCE passes without an answer to a PING: a hung Redis sends no error."""
        answered = asked = time.monotonic()
        while not self._stopping:
            message = subscription.get_message(timeout=1.0)
            now = time.monotonic()
            if message is not None:
                answered = now
                if message["type"] == "subscribe":
                    self._say(heard=True)
                    if refresh:
                        listener.refresh()
                elif message["type"] == "message":
                    self._pass_on(message["data"], listener)
            if now - answered > SILENCE:
                raise redis.TimeoutError("no answer to PING")
            if now - asked > SILENCE / 4:
                subscription.ping()
                asked = now

    def _pass_on(self, data: bytes, listener: Listener) -> None:
        try:
            origin, orders = unpack(data)
            if origin != self._origin:
                listener.receive(origin, orders)
        except (ValueError, TypeError, IndexError):
            log.warning("a message on the bus is not ours; is the Redis shared with another application?")

    def _say(self, published: bool | None = None, heard: bool | None = None, error: Exception | None = None) -> None:
        before = self.state
        self._published = self._published if published is None else published
        self._heard = self._heard if heard is None else heard
        if before != self.state:
            log.warning("bus %s %s", self.state, type(error).__name__ if error else "")


def bus_for(url: str) -> Bus:
    """No URL, no Redis: the embedded default."""
    return RedisBus(url) if url else NoBus()
