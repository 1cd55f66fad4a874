"""Frames: JSON objects with flat values on the wire, one WebSocket text frame each."""

import json
import re
import struct
from collections.abc import Iterator
from typing import Any

FIN_TEXT = 0x81
MAX_FRAME = 96 * 1024  # a wire of 64 KiB in base64url is 87,382 characters; the rest is room for its envelope
MAX_WIRE = 87_400
BIGGEST_NUMBER = 2**53  # what JavaScript can hold exactly
KIND = re.compile(r"[a-z]{1,16}\Z")


class BadFrameError(ValueError):
    """Not a frame of ours; the message is for the log, the client learns only `bad_request`."""


def encode(frame: dict[str, Any]) -> bytes:
    """-> the bytes of one unmasked WebSocket text frame, ready for any number of sockets."""
    return wrap(json.dumps(frame, separators=(",", ":"), ensure_ascii=False).encode())


def wrap(payload: bytes) -> bytes:
    """RFC 6455 5.2, server to client: FIN, text, no mask."""
    length = len(payload)
    if length < 126:
        return bytes((FIN_TEXT, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", FIN_TEXT, 126, length) + payload
    return struct.pack("!BBQ", FIN_TEXT, 127, length) + payload


def unwrap(data: bytes) -> Iterator[str]:
    """The texts in a row of frames made by `wrap`, for servers that take texts only."""
    place = 0
    while place < len(data):
        length, place = data[place + 1], place + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, place = int.from_bytes(data[place : place + size]), place + size
        yield data[place : place + length].decode()
        place += length


def _flat(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One object, each key once. Two readers of {"channel":1,"channel":2} could believe different things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadFrameError("duplicate key")
    if any(isinstance(value, list | dict | float) for value in found.values()):
        raise BadFrameError("nested value or fraction")
    return found


def _no_number(text: str) -> Any:
    raise BadFrameError("not a number of JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_flat, parse_constant=_no_number)


def parse(text: str) -> dict[str, Any]:
    """-> a frame from a client: flat, keys unique, whole numbers below 2^53, kind in "t". Raises BadFrameError."""
    if len(text) > MAX_FRAME:
        raise BadFrameError("too long")
    try:
        frame = _decoder.decode(text)
    except BadFrameError:
        raise
    except (ValueError, RecursionError) as error:
        raise BadFrameError(type(error).__name__) from None
    if not isinstance(frame, dict) or len(frame) > 16:
        raise BadFrameError("not an object of at most 16 keys")
    if not isinstance(frame.get("t"), str) or not KIND.match(frame["t"]):
        raise BadFrameError("no kind")
    if any(isinstance(value, int) and abs(value) >= BIGGEST_NUMBER for value in frame.values()):
        raise BadFrameError("number too big")
    return frame
