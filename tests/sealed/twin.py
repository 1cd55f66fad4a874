"""The JavaScript half of the protocol as one long-lived process that is asked in batches (tests/js/verdicts.js)."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from typing import Any

from client.b64 import b64u
from scripts import node
from tests.sealed.test_interop import ROOT


class Twin:
    def __init__(self) -> None:
        node.install(ROOT)
        command = [*node.find()[0], "tests/js/verdicts.js"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, asked: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def ask(self, cases: Iterable[tuple[str, bytes]]) -> list[str]:
        self.send([[reader, b64u(data)] for reader, data in cases])
        return list(self.answer())

    def log(self, leaves: Sequence[bytes]) -> list[str]:
        self.send({"log": [b64u(leaf) for leaf in leaves]})
        return list(self.answer())

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
