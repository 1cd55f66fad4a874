"""Bytes in JSON and addresses, as liaison spells them."""

from liaison.names import b64u, unb64u

__all__ = ["b64u", "unb64u"]
