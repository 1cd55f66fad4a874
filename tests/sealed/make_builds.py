"""Writes sealed/vectors/builds.json: key logs that announce releases of the pages, and what a replay takes of them, as both
languages read them. Run after a rule changed: `python -m tests.sealed.make_builds`. Bytes are base64url.

row     {"name", "leaves", "rejected": {index: code}, "builds": [[index, version], ...]}
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client.b64 import b64u
from sealed import cbor, certs, keylog
from sealed.open_keys import make_build
from sealed.open_suite import sign
from tests.sealed.world import AT, seed

TARGET = Path(__file__).resolve().parents[2] / "sealed" / "vectors" / "builds.json"


def build(version: str, previous: bytes | None = None, by: str = "release") -> bytes:
    """A leaf of the release key `by`. `previous`: the leaf before."""
    before = certs.parse(previous) if previous else None
    assert before is None or isinstance(before, certs.Build)
    return make_build(seed(by), version, seed(f"manifest {version}"), before.signed if before else None, AT)


def bent(leaf: bytes, place: int, value: Any, *, signed: bool = True) -> bytes:
    """The same leaf with another value at one place of its body; signed anew by the release key, or left as it was."""
    tag, body, signature = cbor.decode(leaf)
    fields = cbor.decode(body)
    other = cbor.encode([*fields[:place], value, *fields[place + 1 :]])
    return cbor.encode([tag, other, sign(seed("release"), other) if signed else signature])


ONE = build("0.1")
TWO = build("0.2", ONE)
LOGS: dict[str, Callable[[], list[bytes]]] = {
    "two releases": lambda: [ONE, TWO],
    "the same manifest again, after another": lambda: [ONE, TWO, build("0.1", TWO)],
    "two release keys, each with its own list": lambda: [ONE, build("0.1", by="another"), TWO],
    "a first release that names one before": lambda: [TWO],
    "a second first release": lambda: [ONE, build("0.2")],
    "the first one again": lambda: [ONE, ONE],
    "two that follow the same": lambda: [ONE, TWO, build("0.2-for-one-reader", ONE)],
    "one that follows another key's": lambda: [ONE, build("0.2", ONE, by="another")],
    "a signature of another key": lambda: [bent(ONE, 4, certs.parse(build("0.1", by="another")).public)],
    "another manifest under the same signature": lambda: [bent(ONE, 3, bytes(32), signed=False)],
    "a manifest that is no hash": lambda: [bent(ONE, 3, bytes(31))],
    "a version of no letters": lambda: [bent(ONE, 1, "")],
    "a version of many letters": lambda: [bent(ONE, 1, "1" * 65)],
    "a time before the epoch": lambda: [bent(ONE, 5, -1)],
    "cut short": lambda: [bent(ONE, 5, AT)[:-1]],
}


def rows() -> list[dict[str, Any]]:
    made = []
    for name, leaves in LOGS.items():
        directory = keylog.replay(leaves())
        rejected = {str(index): code for index, code in directory.rejected.items()}
        builds = [[index, one.version] for index, one in directory.builds]
        made.append({"name": name, "leaves": [b64u(leaf) for leaf in leaves()], "rejected": rejected, "builds": builds})
    return made


def text() -> str:
    return json.dumps({"rows": rows()}, indent=0) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
