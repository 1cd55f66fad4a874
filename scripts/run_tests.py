"""The layers of `make test`, in lanes, stopping at the first that fails; each says how long it took.

lint       ruff, mypy, djlint, import arrows, translations complete
protocol   sealed/ in Python and in JavaScript: vectors, attacks, fuzz
pipes      realtime/ by itself, with tables of its own: frames, bounds, beats (mostly waiting)
sqlite     what touches the database, inside Django and through a served Enlace: one process on SQLite, no Redis
postgres   everything through a served Enlace on PostgreSQL with Valkey and two server processes
browser    real Chromium against the demo network
faults     killed, hung and flooded servers (bounded)
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PYTHON = sys.executable
BIN = Path(PYTHON).parent


def pytest(*arguments: str, stack: str = "sqlite") -> tuple[list[str], dict[str, str]]:
    return [PYTHON, "-m", "pytest", "--durations=8", *arguments], {"ENLACE_TEST_STACK": stack}  # what eats the ten minutes


def javascript() -> tuple[list[str], dict[str, str]]:
    from scripts import node

    node.install(ROOT)
    node.install(ROOT / "tests" / "npm")
    files = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests" / "js").glob("*.test.js"))]
    return [*node.find()[0], "--test", *files], {}


def lint() -> list[tuple[list[str], dict[str, str]]]:
    return [
        ([str(BIN / "ruff"), "check", "."], {}),
        ([str(BIN / "ruff"), "format", "--check", "."], {}),
        ([str(BIN / "djlint"), "templates", "--lint", "--quiet"], {}),
        ([str(BIN / "mypy")], {}),
        pytest("tests/house"),
    ]


NOT_INSIDE = "not browser and not faults"
INSIDE = [
    "tests",
    "--ignore=tests/sealed",
    "--ignore=tests/house",
    "--ignore=tests/browser",
    "--ignore=tests/faults",
]
# What no database can change is run once, on PostgreSQL: two cores and ten minutes are all there is.
ONCE = [f"--ignore=tests/{folder}" for folder in ("realtime", "client", "hostile", "attacks", "importers")]
LAYERS = {
    "lint": lint,
    "protocol": lambda: [pytest("tests/sealed"), javascript()],
    "pipes": lambda: [pytest("tests/realtime", "-m", NOT_INSIDE)],
    "sqlite": lambda: [pytest(*INSIDE, *ONCE, "-m", NOT_INSIDE)],
    "postgres": lambda: [pytest(*INSIDE, "-m", NOT_INSIDE, stack="postgres")],
    "browser": lambda: [pytest("tests/browser")],
    "faults": lambda: [pytest("tests/faults", "tests/realtime", "-m", "faults", stack="postgres")],
}

# Lanes side by side: much of a layer is waiting (heartbeats, a browser, a server that drains), so two cores carry them.
LANES = (("lint", "protocol", "pipes", "faults"), ("sqlite",), ("postgres",), ("browser",))
SETS = {"all": LANES, "fast": (("lint", "protocol"),)}


class Run:
    """Runs layers; what each printed is shown when it ends, so that two at once stay readable."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}
        self.failed = threading.Event()
        self.mouth = threading.Lock()

    def lane(self, layers: Sequence[str]) -> None:
        for layer in layers:
            self.say(f"-- {layer} ...")
            with tempfile.TemporaryFile("w+b") as output:
                started = time.monotonic()
                passed = all(self.passes(command, env, output) for command, env in LAYERS[layer]())
                output.seek(0)
                self.say(f"\n== {layer}\n" + output.read().decode(errors="replace"))
            if not passed:
                self.failed.set()
                return
            self.took[layer] = time.monotonic() - started

    def passes(self, command: list[str], env: dict[str, str], output: IO[bytes]) -> bool:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdout=output, stderr=output)
        while process.poll() is None:
            if self.failed.wait(0.2):
                process.terminate()  # the other lane failed
        return process.returncode == 0

    def say(self, text: str) -> None:
        with self.mouth:
            print(text, flush=True)


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else "all"
    run, started, lanes_asked = Run(), time.monotonic(), SETS.get(asked, ((asked,),))
    lanes = [threading.Thread(target=run.lane, args=(layers,)) for layers in lanes_asked]
    with tempfile.TemporaryDirectory(prefix="enlace-ground-") as ground:
        os.environ["ENLACE_TEST_GROUND"] = ground  # tests/host.py: what the lanes need not each make for themselves
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
    each = "   ".join(f"{layer} {seconds:.0f} s" for layer, seconds in run.took.items())
    print(f"\n{each}   together {time.monotonic() - started:.0f} s")
    missing = [layer for layers in lanes_asked for layer in layers if layer not in run.took]
    if missing:
        sys.exit(f"not passed: {', '.join(missing)}")


if __name__ == "__main__":
    main()
