"""Makes dist/: the wheel of `enlace` with the files of the pages in it, and enlace.txt, against which pip checks every byte that
it installs: `pip install --require-hashes -r dist/enlace.txt`. The same bytes from the same sources; nothing is fetched."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import served

ROOT = served.ROOT
OUT = ROOT / "dist"


def build(out: Path) -> Path:
    """-> the wheel."""
    uv = str(Path(sys.prefix) / "bin" / "uv")
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run([uv, "build", "-q", "--wheel", "--offline", "--no-config", "--out-dir", str(out), str(ROOT)], check=True)
    (wheel,) = out.glob("*.whl")
    return wheel


def requirements(wheel: Path) -> str:
    """The wheel beside this list by its hash, then what it needs as requirements/client.txt locks it."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = (ROOT / "requirements" / "client.txt").read_text(encoding="utf-8")
    return f"--find-links .\n{name}=={version} \\\n    --hash=sha256:{digest}\n{lock}"


def main(out: Path = OUT) -> None:
    served.main()
    wheel = build(out)
    (out / "enlace.txt").write_text(requirements(wheel), encoding="utf-8")


if __name__ == "__main__":
    main()
