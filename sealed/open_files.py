"""Sealing and opening of files, in a stream of bounded memory (docs/protocol.md 5.5). The key passes through here."""

import hashlib
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag

from sealed.errors import EnlaceError
from sealed.files import CHUNK, LENGTH_BYTES, File, context, plain_size, sealed_size
from sealed.open_suite import file_opener, file_sealer, random_bytes


class Sealing:
    """Seals one file on the way out: iterate it whole, then `file` holds what the message says."""

    def __init__(self, channel_id: bytes, name: str, mime: str, length: int, data: Iterable[bytes]) -> None:
        self.file_id, self.key = random_bytes(16), random_bytes(32)
        self.size = sealed_size(length)
        self._what, self._data = (name, mime, length), data
        self._box, self._hash = file_sealer(self.key, context(channel_id, self.file_id)), hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        length, rest = self._what[2], self._what[2]
        yield self._sealed(length.to_bytes(LENGTH_BYTES, "big"))
        for piece in self._data:
            rest -= len(piece)
            if rest < 0:
                break
            yield self._sealed(piece)
        if rest:
            raise EnlaceError("file_changed")
        zeros = plain_size(length) - LENGTH_BYTES - length
        while zeros > 0:
            yield self._sealed(bytes(min(zeros, CHUNK)))
            zeros -= CHUNK
        yield self._counted(self._box.finalize())

    def _sealed(self, piece: bytes) -> bytes:
        return self._counted(self._box.update(piece))

    def _counted(self, piece: bytes) -> bytes:
        self._hash.update(piece)
        return piece

    @property
    def file(self) -> File:
        return File(self.file_id, self.key, *self._what, self._hash.digest())


def open_file(channel_id: bytes, file: File, ciphertext: Iterable[bytes]) -> Iterator[bytes]:
    """-> the data in pieces. **Nothing of it may be used under its name before the iteration ended**: a cut, a foreign ending or
    padding shows only there. Raises EnlaceError `cannot_open_file`."""
    box, digest = file_opener(file.key, context(channel_id, file.file_id)), hashlib.sha256()
    seen, size = 0, 0
    try:
        for piece in ciphertext:
            digest.update(piece)
            size += len(piece)
            plain = box.update(piece)
            yield _data_of(plain, seen, file)
            seen += len(plain)
        plain = box.finalize()
        yield _data_of(plain, seen, file)
    except (InvalidTag, ValueError):
        raise EnlaceError("cannot_open_file") from None
    if seen + len(plain) != plain_size(file.length) or size != sealed_size(file.length) or digest.digest() != file.digest:
        raise EnlaceError("cannot_open_file")


def _data_of(plain: bytes, at: int, file: File) -> bytes:
    """The part of `plain`, which begins at position `at` of what was sealed, that is data. Length and padding are checked."""
    length = file.length.to_bytes(LENGTH_BYTES, "big")
    first, end = max(LENGTH_BYTES - at, 0), max(LENGTH_BYTES + file.length - at, 0)
    if plain[:first] != length[at : at + len(plain[:first])] or any(plain[max(end, first) :]):
        raise EnlaceError("cannot_open_file")
    return plain[first:end]
