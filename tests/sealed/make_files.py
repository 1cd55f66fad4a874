"""Writes sealed/vectors/files.json: sealed files as they lie on the host, lawful or altered, each with what it opens to or the
code of its refusal. Run by hand: python -m tests.sealed.make_files"""

import hashlib
import json
from pathlib import Path
from typing import Any

from client.b64 import b64u
from sealed import files
from sealed.files import File
from sealed.open_files import Sealing
from sealed.open_suite import file_sealer

TARGET = Path(files.__file__).parent / "vectors" / "files.json"
CHANNEL, OTHER = b"\x01" * 32, b"\x02" * 32
CHUNK = files.CHUNK + files.TAG


def data(length: int) -> bytes:
    return bytes(index * 7 % 251 for index in range(length))


def sealed(length: int) -> tuple[File, bytes]:
    sealing = Sealing(CHANNEL, "lista.pdf", "application/pdf", length, [data(length)])
    ciphertext = b"".join(sealing)
    return sealing.file, ciphertext


def dishonest(length: int, padding: bytes) -> tuple[File, bytes]:
    """Its sender put something else than zeros behind the data, or another length before it."""
    file, _ = sealed(length)
    box = file_sealer(file.key, files.context(CHANNEL, file.file_id))
    plain = length.to_bytes(8, "big") + data(length) + padding
    ciphertext = box.update(plain.ljust(files.plain_size(length), b"\x00")) + box.finalize()
    return File(*file.body()[:5], hashlib.sha256(ciphertext).digest()), ciphertext


def rows() -> list[dict[str, Any]]:
    made = []

    def row(name: str, file: File, ciphertext: bytes, code: str | None = None, channel: bytes = CHANNEL) -> None:
        told = {
            "name": name,
            "channel": b64u(channel),
            "file": [b64u(one) if isinstance(one, bytes) else one for one in file.body()],
        }
        made.append(told | {"ciphertext": b64u(ciphertext), "length": file.length, "code": code})

    for length in (0, 1, 248, 3 * files.CHUNK // 2, files.CHUNK - 8):
        row(f"{length} bytes", *sealed(length))
    file, ciphertext = sealed(3 * files.CHUNK // 2)
    head = files.HEAD
    swapped = ciphertext[:head] + ciphertext[head + CHUNK :] + ciphertext[head : head + CHUNK]
    refused = "cannot_open_file"
    row("cut in a chunk", file, ciphertext[:-1], refused)
    row("cut after a chunk", file, ciphertext[: head + CHUNK], refused)
    row("something after the end", file, ciphertext + b"\x00", refused)
    row("chunks in another order", file, swapped, refused)
    row("a byte changed", file, ciphertext[:-40] + bytes([ciphertext[-40] ^ 1]) + ciphertext[-39:], refused)
    row("moved to another channel", file, ciphertext, refused, OTHER)
    row("under another file's id", File(b"\x09" * 16, *file.body()[1:]), ciphertext, refused)
    row("another key", File(file.file_id, b"\x08" * 32, *file.body()[2:]), ciphertext, refused)
    row("another length told", File(*file.body()[:4], file.length - 1, file.digest), ciphertext, refused)
    row("another digest told", File(*file.body()[:5], bytes(32)), ciphertext, refused)
    row("nothing", file, b"", refused)
    row("padding that is not zero", *dishonest(300, b"hidden"), refused)
    return made


def main() -> None:
    told = {"_about": "Written by tests/sealed/make_files.py; run by both languages.", "rows": rows()}
    TARGET.write_text(json.dumps(told, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
