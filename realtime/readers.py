"""A few threads that read the database for sockets: signing in, catching up, looking again at rights.

Not asgiref's thread-sensitive executor: there all sockets of a process would queue behind one thread, and twenty
connects of 0.1 s took two seconds.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections, connections, reset_queries

Result = TypeVar("Result")
THREADS = 4
MOST_WAITING = 2000
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="enlace-reader")
_rechecks = ThreadPoolExecutor(1, thread_name_prefix="enlace-recheck")  # never behind a thousand reconnecting clients


def fresh_connections() -> None:
    """What Django does at the start of a request. With DEBUG each connection else remembers its last 9,000 queries,
    wires included: the demo would grow with every message."""
    close_old_connections()
    reset_queries()


def _with_fresh_connections(function: Callable[..., Result], *arguments: Any) -> Result:
    fresh_connections()
    try:
        return function(*arguments)
    finally:
        if all(not connection.in_atomic_block for connection in connections.all(initialized_only=True)):
            close_old_connections()


def crowded() -> bool:
    """More waiting than can be served before their clients give up."""
    return _pool._work_queue.qsize() > MOST_WAITING


async def read(function: Callable[..., Result], *arguments: Any) -> Result:
    """Run `function` in a reader thread; its database connections are checked before and returned after."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _with_fresh_connections, function, *arguments)


async def recheck(function: Callable[..., Result], *arguments: Any) -> Result:
    """The same in the thread kept for looking again at rights."""
    return await asyncio.get_running_loop().run_in_executor(_rechecks, _with_fresh_connections, function, *arguments)
