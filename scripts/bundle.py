"""Makes build/static: the browser modules bundled by esbuild (one file per page, shared chunks) and the catalogues of
their strings. Set-up only; the result is git-ignored and byte-identical when made twice from the same locks."""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import messages, node

ROOT = node.ROOT
OUT = ROOT / "build" / "static" / "js"
APPS = ("liaison", "messaging", "cases")


def entries() -> dict[str, Path]:
    """{"liaison/unlock_page": path of its module} for every page module of every app."""
    found = {}
    for app in APPS:
        for page in sorted((ROOT / app / "static" / app / "js").glob("*_page.js")):
            found[f"{app}/{page.stem}"] = page
    return found


def sources() -> list[Path]:
    modules = [path for app in APPS for path in (ROOT / app / "static" / app / "js").rglob("*.js")]
    return [
        *modules,
        *(ROOT / "sealed" / "js").rglob("*.js"),
        ROOT / "sealed" / "errors.json",
        *(ROOT / "client" / "importers" / "tables").glob("*.json"),
        ROOT / "package-lock.json",
    ]


def is_fresh() -> bool:
    """Nothing that goes into the bundle is newer than the bundle."""
    stamp = OUT / ".made"
    return stamp.exists() and all(path.stat().st_mtime <= stamp.stat().st_mtime for path in sources() if path.exists())


def bundle() -> None:
    node.install(ROOT)
    node_command, _ = node.find()
    pages = [f"{name}={path}" for name, path in entries().items()]
    aliases = [f"--alias:{app}=./{app}/static/{app}/js" for app in APPS] + ["--alias:sealed=./sealed/js"]
    shutil.rmtree(OUT, ignore_errors=True)  # nothing of an earlier build stays among what is served
    OUT.mkdir(parents=True)
    command = [
        *node_command,
        "node_modules/esbuild/bin/esbuild",
        *pages,
        *aliases,
        "--bundle",
        "--splitting",
        "--format=esm",
        "--target=es2022",
        "--charset=utf8",
        "--legal-comments=linked",
        "--preserve-symlinks",  # names of chunks hold a hash of their sources' places: not of where node_modules really lies
        "--minify-whitespace",
        "--minify-syntax",
        "--chunk-names=chunks/[name]-[hash]",
        f"--outdir={OUT}",
        "--log-level=warning",
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    (OUT / ".made").touch()


def main() -> None:
    messages.compile_all()
    if "--force" in sys.argv or not is_fresh():
        bundle()


if __name__ == "__main__":
    main()
