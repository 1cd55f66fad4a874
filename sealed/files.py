"""Files: the form of what a message says of one, sizes, and what may be shown (docs/protocol.md 5.5). No secret is opened here.

AE(file_key, cbor["enl1.file", channel_id, file_id], u64be(len) || data || 0* to Padme)      stored in parts of 1 MiB, opaque
body of kind 6: ["file", text, file, thumb|null] or the same with more (5.6)
file = [file_id(16), file_key(32), name, mime, len, SHA-256(ct)]"""

from dataclasses import dataclass
from typing import Any

from sealed import cbor
from sealed.errors import EnlaceError
from sealed.events import padded_length
from sealed.message import Message, more_of
from sealed.message import parse as parse_message

PART = 1 << 20  # bytes of ciphertext
LARGEST = 256 << 20  # bytes of data
LENGTH_BYTES = 8
CHUNK, TAG, HEAD = 16 * 1024, 16, 56  # Cobblestone-256: plaintext of a chunk, its tag, salt and commitment
LONGEST_NAME = 200
# What a browser may show in the page, after opening and by its first bytes; everything else is only ever saved.
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")


@dataclass(frozen=True)
class File:
    """What the message says of a file; `digest` is SHA-256 of the ciphertext. Raises nothing by itself: see `parse`."""

    file_id: bytes
    key: bytes
    name: str
    mime: str
    length: int
    digest: bytes

    def body(self) -> list[Any]:
        return [self.file_id, self.key, self.name, self.mime, self.length, self.digest]


def context(channel_id: bytes, file_id: bytes) -> bytes:
    return cbor.encode(["enl1.file", channel_id, file_id])


def plain_size(length: int) -> int:
    """Bytes that are sealed for `length` bytes of data: length, data, zeros."""
    return padded_length(LENGTH_BYTES + length)


def sealed_size(length: int) -> int:
    """Bytes of ciphertext; the last chunk is always a short one, an empty one where need be."""
    plain = plain_size(length)
    return HEAD + plain + TAG * (plain // CHUNK + 1)


LARGEST_SEALED = sealed_size(LARGEST)


def body_of(said: str | Message, file: File, thumb: File | None = None) -> list[Any]:
    """`said`: the words that go with the file, and how they and it may be handled."""
    message = Message(said) if isinstance(said, str) else said
    more = more_of(message)
    return ["file", message.text, file.body(), thumb.body() if thumb else None, *([more] if more else [])]


def message_of(body: list[Any]) -> Message:
    """What is said with the file of a body that `parse_body` read. Raises EnlaceError `bad_message`."""
    return parse_message(["text", body[1], None, *body[4:]])


def parse_body(body: Any) -> tuple[str, File, File | None]:
    """-> (text, file, thumbnail or None). Raises EnlaceError `bad_file` for a form that no client makes, `bad_message` where what
    stands beside it is none."""
    if not isinstance(body, list) or len(body) not in (4, 5) or body[0] != "file" or not isinstance(body[1], str):
        raise EnlaceError("bad_file")
    message_of(body)
    return body[1], parse(body[2]), None if body[3] is None else parse(body[3])


def parse(value: Any) -> File:
    if not isinstance(value, list) or len(value) != 6:
        raise EnlaceError("bad_file")
    file_id, key, name, mime, length, digest = value
    sized = _is_bytes(file_id, 16) and _is_bytes(key, 32) and _is_bytes(digest, 32)
    named = isinstance(name, str) and len(name) <= LONGEST_NAME and isinstance(mime, str) and len(mime) <= LONGEST_NAME
    if not sized or not named or type(length) is not int or not 0 <= length <= LARGEST:
        raise EnlaceError("bad_file")
    return File(file_id, key, name, mime, length, digest)


def _is_bytes(value: Any, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length


# --- What the first bytes say -------------------------------------------------------------------------------------------

SIGNATURES: tuple[tuple[str, bytes, int], ...] = (  # (media type, bytes, where)
    ("image/jpeg", b"\xff\xd8\xff", 0),
    ("image/png", b"\x89PNG\r\n\x1a\n", 0),
    ("image/gif", b"GIF8", 0),
    ("image/webp", b"WEBP", 8),
    ("application/pdf", b"%PDF-", 0),
)
LOOK = 16  # bytes that tell


def sniff(head: bytes) -> str:
    """The media type that these first bytes have, "" for anything that is not on the list."""
    return next((mime for mime, magic, at in SIGNATURES if head[at : at + len(magic)] == magic), "")


def is_what_it_says(file: File, head: bytes) -> bool:
    """False where the name claims a type of the list and the bytes are another, or the other way round: an image that is a
    program, a text that is an image for somebody's decoder."""
    listed = {mime for mime, _, _ in SIGNATURES}
    found = sniff(head)
    return found == file.mime if file.mime in listed or found else True
