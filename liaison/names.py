"""Bytes as they stand in JSON and addresses: base64url without padding, and only its one canonical spelling."""

import base64
import binascii
import re

from sealed.errors import EnlaceError

ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def b64u(data: bytes | memoryview) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: object, length: int | None = None) -> bytes:
    """Raises EnlaceError `bad_request` for anything that is not base64url (of that many bytes). A second spelling of the same
    bytes (padding, other spare bits) is refused too: an id in an address has one form, for locks, logs and caches."""
    if not isinstance(text, str) or not ALPHABET.fullmatch(text):
        raise EnlaceError("bad_request")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise EnlaceError("bad_request") from None
    if b64u(data) != text or (length is not None and len(data) != length):
        raise EnlaceError("bad_request")
    return data
