"""Group commit: one writer thread, and a batch is whatever arrived while the last commit ran.

No timer: at low rates every item is committed at once, at high rates one fsync serves hundreds. The engine knows no
model; the app gives `commit(batch) -> results`, one transaction inside, and hears nothing of threads or queues.
"""

import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import close_old_connections
from django.db.utils import InterfaceError, OperationalError

from realtime import logs
from realtime.readers import fresh_connections

log = logging.getLogger("enlace.groupcommit")
Item = TypeVar("Item")
Done = Callable[[Any], None]


@dataclass(frozen=True)
class Nack:
    """An item was not committed. `code` is one of the shared error codes, `retry_after` seconds or None."""

    code: str
    retry_after: float | None = None


UNAVAILABLE = Nack("unavailable", 2.0)
SERVER_ERROR = Nack("server_error")


class GroupCommit(Generic[Item]):
    """submit(item, done) from any thread; done(result) from the writer thread, in order, after the commit.

    `after(batch, results)` runs once per commit, after all its `done` calls: the place to publish one frame for many
    items. When the database is away every item of the batch gets Nack("unavailable"). After any other exception each
    item is committed alone, so that one poisoned item cannot refuse its neighbours."""

    def __init__(
        self,
        commit: Callable[[list[Item]], list[Any]],
        after: Callable[[list[Item], list[Any]], None] | None = None,
        name: str = "writer",
        limit: int = 5000,
        batch: int = 256,
    ) -> None:
        self._commit, self._after, self._name = commit, after, name
        self._limit, self._batch = limit, batch
        self._waiting: deque[tuple[Item, Done]] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        _engines.add(self)

    def submit(self, item: Item, done: Done) -> bool:
        """-> False when the queue is full or the process is ending: tell the sender to come back later."""
        with self._wake:
            if self._closing or len(self._waiting) >= self._limit:
                return False
            self._waiting.append((item, done))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"enlace-{self._name}", daemon=True)
                self._thread.start()
            self._wake.notify()
            return True

    def close(self, timeout: float | None = None) -> bool:
        """Take no more, commit what waits. -> whether all of it was done within `timeout` seconds."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout)
            return not self._thread.is_alive()
        return True

    def _run(self) -> None:
        while taken := self._take():
            self._one_batch(taken)
        close_old_connections()

    def _take(self) -> list[tuple[Item, Done]]:
        with self._wake:
            self._wake.wait_for(lambda: self._waiting or self._closing)
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch))]

    def _one_batch(self, taken: list[tuple[Item, Done]]) -> None:
        items = [item for item, _ in taken]
        fresh_connections()
        results = self._results(items)
        for (_, done), result in zip(taken, results, strict=True):
            self._shielded(done, result)
        if self._after is not None:
            self._shielded(self._after, items, results)

    def _results(self, items: list[Item]) -> list[Any]:
        try:
            results = self._commit(items)
            if len(results) != len(items):
                raise RuntimeError(f"{self._name}: {len(results)} results for {len(items)} items")
            return results
        except (OperationalError, InterfaceError) as error:
            logs.failure(log, f"{self._name}: database", error)
            return [UNAVAILABLE] * len(items)
        except Exception as error:
            logs.failure(log, f"{self._name}: commit of {len(items)}", error)
            if len(items) == 1:
                return [SERVER_ERROR]
        return [result for item in items for result in self._results([item])]

    def _shielded(self, function: Callable[..., None], *arguments: Any) -> None:
        """What is committed is committed: a callback that fails must not stop the writer."""
        try:
            function(*arguments)
        except Exception as error:
            logs.failure(log, f"{self._name}: callback", error)


_engines: "weakref.WeakSet[GroupCommit[Any]]" = weakref.WeakSet()


def close_all(timeout: float) -> bool:
    """At the end of the process: every engine commits what it holds."""
    closed = [engine.close(timeout) for engine in list(_engines)]
    return all(closed)
