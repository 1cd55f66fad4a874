"""Files of a channel: sealed while they are read, sent in parts that survive a bad line, opened into a name only when they are
whole (docs/protocol.md 5.5). Memory stays at a few parts, however large the file."""

import mimetypes
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from client.b64 import b64u
from client.http import Http
from sealed.errors import EnlaceError
from sealed.files import LARGEST, PART, File, sealed_size
from sealed.open_files import Sealing, open_file

READ = 256 * 1024
TRIES, PAUSE = 6, 0.5  # s, doubled each time
T = TypeVar("T")
Progress = Callable[[int, int], None]  # (bytes done, bytes in all), of ciphertext


def _nothing(done: int, whole: int) -> None:
    pass


def send(http: Http, channel_id: bytes, path: Path, *, mime: str = "", progress: Progress = _nothing) -> File:
    """Seals and uploads a file; nothing is shared before a message refers to it. Raises `file_too_large`, `file_changed`."""
    length = path.stat().st_size
    if length > LARGEST:
        raise EnlaceError("file_too_large")
    mime = mime or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    with path.open("rb") as source:
        sealing = Sealing(channel_id, path.name[:200], mime, length, iter(lambda: source.read(READ), b""))
        place = f"/api/channels/{b64u(channel_id)}/files/{b64u(sealing.file_id)}"
        http.put(place, {"size": sealing.size})
        done = 0
        for index, part in enumerate(_parts(sealing)):
            _stubborn(partial(http.put_bytes, f"{place}/{index}", part))
            done += len(part)
            progress(done, sealing.size)
    return sealing.file


def _parts(pieces: Iterator[bytes] | Sealing) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def _stubborn(work: Callable[[], T]) -> T:
    """A line that breaks for a moment costs one part, not the file."""
    for attempt in range(TRIES):
        try:
            return work()
        except EnlaceError as error:
            if error.code not in ("unreachable", "unavailable", "server_error") or attempt == TRIES - 1:
                raise
            time.sleep(PAUSE * 2**attempt)
    raise EnlaceError("unreachable")


def fetch(http: Http, channel_id: bytes, file: File, target: Path, *, progress: Progress = _nothing) -> None:
    """Opens a file into `target`, which comes to be only when the last byte was checked. Raises `cannot_open_file`."""
    beside = target.with_name(f".{target.name}.{b64u(file.file_id)}.part")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            for data in read(http, channel_id, file, progress=progress):
                out.write(data)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def read(http: Http, channel_id: bytes, file: File, *, progress: Progress = _nothing) -> Iterator[bytes]:
    """The data in pieces; not to be used before the iteration ended."""
    place = f"/api/channels/{b64u(channel_id)}/files/{b64u(file.file_id)}"
    size = sealed_size(file.length)

    def parts() -> Iterator[bytes]:
        done = 0
        for index in range(-(-size // PART)):
            part = _stubborn(partial(http.get_bytes, f"{place}/{index}"))
            done += len(part)
            progress(done, size)
            yield part

    return open_file(channel_id, file, parts())
