"""Makes client/served: every file that a host of this version serves beside its pages, by the very names it serves them under,
and manifest.json with the SHA-256 of each and the policy that pages must carry. The wheel takes it along: `enlace open` serves
from it, `enlace verify-site` compares with it (docs/adr/0022). Byte-identical when made twice from the same sources."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from client.release import parse_build
from client.site import FORMAT
from scripts import bundle

ROOT = bundle.ROOT
OUT = ROOT / "client" / "served"
ENCODINGS = (".gz", ".br")  # the same bytes once more, for the line
OF_THE_HOST = "staticfiles.json"


def collected(folder: Path) -> Path:
    """What Django gathers and names for serving, below `folder`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ENLACE_", "DJANGO_"))}
    env |= {"ENLACE_DEBUG": "1", "ENLACE_VAR_DIR": str(folder)}
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=env, check=True)
    return folder / "static"


def policy() -> str:
    """The Content-Security-Policy header of every page."""
    from config import csp

    return "; ".join(" ".join([name, *sources]) for name, sources in csp.DIRECTIVES.items())


def manifest(static: Path) -> bytes:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    files = {
        f"/static/{path.relative_to(static).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(static.rglob("*"))
        if path.is_file()
    }
    told = {"format": FORMAT, "version": version, "csp": policy(), "files": files}
    return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()


def is_fresh() -> bool:
    """Nothing that is collected, and no policy or version, is newer than the manifest."""
    made = OUT / "manifest.json"
    sources = [ROOT / "pyproject.toml", ROOT / "config" / "csp.py", ROOT / "build" / "static", *bundle.sources()]
    for app in bundle.APPS:
        sources += (ROOT / app / "static").rglob("*")
    sources += (ROOT / "build" / "static").rglob("*")
    return made.exists() and all(path.stat().st_mtime <= made.stat().st_mtime for path in sources if path.exists())


def main() -> None:
    bundle.main()
    if "--force" not in sys.argv and is_fresh():
        return
    leaf = OUT / "build.leaf"
    signed = leaf.read_bytes() if leaf.exists() else None
    with tempfile.TemporaryDirectory() as folder:
        static = collected(Path(folder))
        for path in [*static.rglob("*"), static / OF_THE_HOST]:
            if path.is_file() and (path.suffix in ENCODINGS or path.name == OF_THE_HOST):
                path.unlink()
        shutil.rmtree(OUT, ignore_errors=True)
        shutil.copytree(static, OUT / "static", copy_function=shutil.copyfile)
    made = manifest(OUT / "static")
    (OUT / "manifest.json").write_bytes(made)
    if signed and parse_build(signed).manifest == hashlib.sha256(made).digest():
        leaf.write_bytes(signed)  # the same release, made again


if __name__ == "__main__":
    main()
