"""Bytes as they stand in JSON and addresses: base64url without padding, and only its one canonical spelling."""

import base64
import binascii

from sealed.errors import EnlaceError


def b64u(data: bytes | memoryview) -> str:
    return base64.urlsafe_b64encode(bytes(data)).rstrip(b"=").decode("ascii")


def unb64u(text: object, length: int | None = None) -> bytes:
    """The bytes, or EnlaceError("bad_request"). A second spelling of the same bytes (padding, other spare bits) is
    refused, so that an id in an address has one form and cannot dodge a cache, a lock or a log."""
    if not isinstance(text, str):
        raise EnlaceError("bad_request")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise EnlaceError("bad_request") from None
    if b64u(data) != text or (length is not None and len(data) != length):
        raise EnlaceError("bad_request")
    return data
