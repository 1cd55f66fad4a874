"""Deterministic CBOR, restricted (docs/protocol.md 2; RFC 8949 section 4.2.1).

Integers within ±(2^53-1), byte strings, UTF-8 text, definite arrays, true, false, null; depth at most 16. One value has one
encoding, so that what was signed cannot be written in another way; anything else is refused with `bad_cbor`.
"""

from collections.abc import Sequence
from typing import Any

from sealed.errors import EnlaceError

Value = int | bytes | str | bool | None | Sequence[Any]
BIGGEST = 2**53 - 1
DEEPEST = 16


def _head(major: int, n: int) -> bytes:
    if n < 24:
        return bytes([major << 5 | n])
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if n < 1 << 8 * size:
            return bytes([major << 5 | extra]) + n.to_bytes(size, "big")
    raise EnlaceError("bad_cbor")


def encode(value: Value, depth: int = 0) -> bytes:
    if depth > DEEPEST:
        raise EnlaceError("bad_cbor")
    if value is None or isinstance(value, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        if abs(value) > BIGGEST:
            raise EnlaceError("bad_cbor")
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _head(2, len(value)) + bytes(value)
    if isinstance(value, str):
        try:
            text = value.encode("utf-8")
        except UnicodeEncodeError:
            raise EnlaceError("bad_cbor") from None
        return _head(3, len(text)) + text
    if isinstance(value, list | tuple):
        return _head(4, len(value)) + b"".join(encode(item, depth + 1) for item in value)
    raise EnlaceError("bad_cbor")


def decode(data: bytes) -> Any:
    """-> the one value that `data` encodes; arrays become lists. Raises EnlaceError `bad_cbor`."""
    if not isinstance(data, bytes):  # an integer in its place would be read as that many zeros
        raise EnlaceError("bad_cbor")
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise EnlaceError("bad_cbor")
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEEPEST or at >= len(data):
        raise EnlaceError("bad_cbor")
    if data[at] in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[data[at]], at + 1
    major = data[at] >> 5
    n, at = _read_head(data, at)
    if major == 0 and n <= BIGGEST:
        return n, at
    if major == 1 and n < BIGGEST:
        return -1 - n, at
    if major in (2, 3) and at + n <= len(data):
        piece = data[at : at + n]
        return (piece if major == 2 else _text(piece)), at + n
    if major == 4 and n <= len(data) - at:  # each item takes a byte: a huge count cannot make us allocate
        items = []
        for _ in range(n):
            item, at = _read(data, at, depth + 1)
            items.append(item)
        return items, at
    raise EnlaceError("bad_cbor")


def _read_head(data: bytes, at: int) -> tuple[int, int]:
    low = data[at] & 31
    if low < 24:
        return low, at + 1
    if low > 27:
        raise EnlaceError("bad_cbor")
    size = 1 << (low - 24)
    n = int.from_bytes(data[at + 1 : at + 1 + size], "big")
    smallest = 24 if size == 1 else 1 << 8 * (size // 2)
    if at + 1 + size > len(data) or n < smallest:
        raise EnlaceError("bad_cbor")
    return n, at + 1 + size


def _text(piece: bytes) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        raise EnlaceError("bad_cbor") from None
