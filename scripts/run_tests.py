"""The layers of `make test`, fast to slow, stopping at the first that fails; each says how long it took.

lint       ruff, mypy, djlint, import arrows, translations complete
protocol   sealed/ in Python and in JavaScript: vectors, attacks, fuzz
sqlite     everything inside Django and through a served Enlace, one process on SQLite, no Redis
postgres   the same on PostgreSQL with Valkey and two server processes
browser    real Chromium against the demo network
faults     killed, hung and flooded servers (bounded)
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PYTHON = sys.executable
BIN = Path(PYTHON).parent


def pytest(*arguments: str, stack: str = "sqlite") -> tuple[list[str], dict[str, str]]:
    return [PYTHON, "-m", "pytest", *arguments], {"ENLACE_TEST_STACK": stack}


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
INSIDE = ["tests", "--ignore=tests/sealed", "--ignore=tests/house", "--ignore=tests/browser", "--ignore=tests/faults"]
LAYERS = {
    "lint": lint,
    "protocol": lambda: [pytest("tests/sealed"), javascript()],
    "sqlite": lambda: [pytest(*INSIDE, "-m", NOT_INSIDE)],
    "postgres": lambda: [pytest(*INSIDE, "-m", NOT_INSIDE, stack="postgres")],
    "browser": lambda: [pytest("tests/browser")],
    "faults": lambda: [pytest("tests/faults", "tests/realtime", "-m", "faults", stack="postgres")],
}
SETS = {"all": list(LAYERS), "fast": ["lint", "protocol"]}


def run(layer: str) -> float:
    started = time.monotonic()
    print(f"\n== {layer}", flush=True)
    for command, env in LAYERS[layer]():
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env})
        if done.returncode:
            print(f"\n{layer} failed: {' '.join(command)}", flush=True)
            sys.exit(done.returncode)
    return time.monotonic() - started


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else "all"
    took = {layer: run(layer) for layer in SETS.get(asked, [asked])}
    print(
        "\n" + "   ".join(f"{layer} {seconds:.0f} s" for layer, seconds in took.items()) + f"   total {sum(took.values()):.0f} s"
    )


if __name__ == "__main__":
    main()
