"""Signed heads of the key log, read and checked (docs/protocol.md 4.1): C2SP signed-note, tlog-checkpoint and tlog-cosignature v1
with Ed25519. A note is text, an empty line, and signature lines "— name base64(key id(4) || signature)".

Narrower than C2SP in two points, so that both languages agree on every byte: names are printable ASCII without space and plus,
and a checkpoint has no extension lines."""

import base64
import binascii
import re
from dataclasses import dataclass

from sealed.errors import EnlaceError
from sealed.suite import SIGNATURE_BYTES, sha256, verify

LOG, WITNESS = 0x01, 0x04  # C2SP signature types: Ed25519 over the text; timestamped Ed25519 cosignature
LONGEST_NOTE = 16 * 1024  # characters
LARGEST = 2**53 - 1
NAME = re.compile(r"[!-*,-~]{1,200}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
LINE = re.compile("— ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]+)")


def _bad(detail: str) -> EnlaceError:
    return EnlaceError("bad_checkpoint", detail)


@dataclass(frozen=True)
class Checkpoint:
    """`text`: what is signed, each line ended. `signatures`: (name, key id || signature), unchecked, in their order."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...]


def key_id(name: str, sort: int, public: bytes) -> bytes:
    """4 bytes that tell the keys of one name apart; no proof of anything."""
    return sha256(name.encode() + b"\n" + bytes([sort]) + public)[:4]


def witness_name(authority: str) -> str:
    """The key name of a country's witness: of the protocol, so that a host cannot choose it."""
    return f"enlace-witness/{authority}"


def text_of(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def cosigned_message(text: str, at: int) -> bytes:
    """What a witness signs at POSIX second `at`."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def signature_line(name: str, sort: int, public: bytes, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(key_id(name, sort, public) + signature).decode()}\n"


def parse(note: str) -> Checkpoint:
    """Form only: who signed is asked afterwards. Raises EnlaceError `bad_checkpoint`."""
    if len(note) > LONGEST_NOTE or not note.endswith("\n"):
        raise _bad("not a note")
    text, empty, lines = note.partition("\n\n")
    parts = text.split("\n")
    if not empty or len(parts) != 3 or not NAME.fullmatch(parts[0]) or not NUMBER.fullmatch(parts[1]):
        raise _bad("not three lines of origin, size and root")
    size, root = int(parts[1]), _decoded(parts[2])
    if size > LARGEST or len(root) != 32:
        raise _bad("size or root")
    return Checkpoint(text + "\n", parts[0], size, root, tuple(_signature(line) for line in lines[:-1].split("\n")))


def _signature(line: str) -> tuple[str, bytes]:
    found = LINE.fullmatch(line)
    if found is None:
        raise _bad("signature line")
    return found[1], _decoded(found[2])


def _decoded(text: str) -> bytes:
    """Standard base64 in its one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _bad("base64") from None
    if base64.b64encode(data).decode() != text:
        raise _bad("base64")
    return data


def _signed_by(checkpoint: Checkpoint, name: str, sort: int, public: bytes, length: int) -> list[bytes]:
    """The signatures under this name and key, without the key id."""
    wanted = key_id(name, sort, public)
    found = [blob[4:] for signer, blob in checkpoint.signatures if signer == name and blob[:4] == wanted]
    if any(len(signature) != length for signature in found):
        raise _bad("length of a signature")
    return found


def verify_log(checkpoint: Checkpoint, public: bytes) -> None:
    """The log of this key signed it, under its origin as the name. Raises EnlaceError `bad_checkpoint`."""
    found = _signed_by(checkpoint, checkpoint.origin, LOG, public, SIGNATURE_BYTES)
    if not found or not all(verify(public, checkpoint.text.encode(), signature) for signature in found):
        raise _bad("not signed by its log")


def log_signature(checkpoint: Checkpoint, public: bytes) -> bytes:
    """The log's own signature under it, 64 bytes. Raises EnlaceError `bad_checkpoint` where there is none."""
    verify_log(checkpoint, public)
    return _signed_by(checkpoint, checkpoint.origin, LOG, public, SIGNATURE_BYTES)[0]


def noted(origin: str, size: int, root: bytes, public: bytes, signature: bytes) -> str:
    """The note again, from what a body tells of it."""
    return f"{text_of(origin, size, root)}\n{signature_line(origin, LOG, public, signature)}"


def cosigned_at(checkpoint: Checkpoint, name: str, public: bytes) -> int | None:
    """When this witness last cosigned it, in POSIX seconds; None: it did not. Raises EnlaceError `bad_checkpoint` where a line
    claims to be its signature and is not."""
    times = []
    for blob in _signed_by(checkpoint, name, WITNESS, public, 8 + SIGNATURE_BYTES):
        at = int.from_bytes(blob[:8], "big")
        if at > LARGEST or not verify(public, cosigned_message(checkpoint.text, at), blob[8:]):
            raise _bad("not signed by its witness")
        times.append(at)
    return max(times, default=None)
