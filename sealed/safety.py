"""What people compare by voice or by eye: fingerprints and safety numbers, twelve groups of five digits (docs/protocol.md 3)."""

from sealed import cbor
from sealed.suite import sha512


def digits(data: bytes) -> str:
    """The first 60 bytes of SHA-512(data) as twelve groups of five digits, joined by spaces."""
    wide = sha512(data)[:60]
    return " ".join(f"{int.from_bytes(wide[at : at + 5], 'big') % 100_000:05d}" for at in range(0, 60, 5))


def fingerprint(kid: bytes) -> str:
    return digits(cbor.encode(["enl1.fingerprint", kid]))


def root_fingerprint(root_pub: bytes) -> str:
    return digits(cbor.encode(["enl1.rootkey", root_pub]))


def same(one: str, other: str) -> bool:
    """Are these the same digits, however they are grouped?"""
    return "".join(one.split()) == "".join(other.split())


def number(one: bytes, other: bytes) -> str:
    """The safety number of two keys: the same whoever asks."""
    return digits(cbor.encode(["enl1.safety", min(one, other), max(one, other)]))
