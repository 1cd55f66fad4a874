"""The author's head of the key log, inside the sealed body of everything that is written (docs/protocol.md 5.1): a host that
shows two logs is found out by the first message between their readers.

body' = ["enl1.body", size, root, signature of the log, body]. Older bodies stand alone and tell nothing."""

from typing import Any

from sealed import checkpoint
from sealed.errors import EnlaceError
from sealed.replica import Head, Told
from sealed.suite import SIGNATURE_BYTES

TAG = "enl1.body"


def wrap(head: Head | None, body: Any) -> Any:
    """`head`: as accepted by the author; None, or one of before heads were signed: the body goes alone."""
    if head is None or head.log_key is None:
        return body
    return [TAG, head.size, head.root, checkpoint.log_signature(checkpoint.parse(head.note), head.log_key), body]


def unwrap(value: Any) -> tuple[Any, Told | None]:
    """-> (body, what its author says of the log). Raises EnlaceError `bad_cbor` for a wrapping that no client makes."""
    if not isinstance(value, list) or not value or value[0] != TAG:
        return value, None
    formed = len(value) == 5 and type(value[1]) is int and value[1] >= 0
    if not formed or not _is_bytes(value[2], 32) or not _is_bytes(value[3], SIGNATURE_BYTES):
        raise EnlaceError("bad_cbor")
    return value[4], (value[1], value[2], value[3])


def _is_bytes(value: Any, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length
