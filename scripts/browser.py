"""Finds or fetches a Chromium for the tests and notes it in .venv/browser.json: {"path", "env"}.

The ladder: 1 ENLACE_CHROMIUM or a chromium on PATH; 2 the one inside the npm package @sparticuz/chromium (x86_64, no
root needed); 3 Debian's package, as root or by sudo. Whatever is found must render a page before it is taken.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import node

NOTE = Path(sys.prefix) / "browser.json"
UNPACKED = Path(sys.prefix) / "chromium"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def wake_driver() -> None:
    """Playwright's own Node.js needs libatomic, which a minimal Debian lacks; then it dies without a word and ours drives."""
    from playwright._impl._driver import compute_driver_executable

    if subprocess.run([compute_driver_executable()[0], "--version"], capture_output=True).returncode:
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = node.find()[0][0]


def renders(path: str, env: dict[str, str]) -> bool:
    """It starts and shows a form control, which needs fonts: `--version` alone proves too little."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, env={**os.environ, **env}, args=ARGS, timeout=60_000)
            page = browser.new_page()
            page.set_content("<input value=ready>")
            shown = page.input_value("input")
            browser.close()
        except Error:
            return False
    return shown == "ready"


def on_path() -> tuple[str, dict[str, str]] | None:
    for name in (os.environ.get("ENLACE_CHROMIUM"), "chromium", "google-chrome"):
        path = shutil.which(name) if name else None
        if path and renders(path, {}):
            return path, {}
    return None


def from_npm() -> tuple[str, dict[str, str]] | None:
    if platform.machine() != "x86_64":
        return None
    folder = node.ROOT / "tests" / "npm"
    node_command, _ = node.find()
    if not (UNPACKED / "chromium").exists():
        print("Unpacking a Chromium for the browser tests ...", flush=True)
        if subprocess.run([*node_command, "unpack.mjs", str(UNPACKED)], cwd=folder).returncode:
            return None
    env = {"LD_LIBRARY_PATH": str(UNPACKED / "lib"), "FONTCONFIG_PATH": str(UNPACKED / "fonts")}
    path = str(UNPACKED / "chromium")
    return (path, env) if renders(path, env) else None


def from_debian() -> tuple[str, dict[str, str]] | None:
    if not shutil.which("apt-get"):
        return None
    print("Installing Debian's chromium for the browser tests ...", flush=True)
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.run([*root, "apt-get", "-qq", *step], stdout=subprocess.DEVNULL).returncode:
            return None
    return on_path()


def find() -> dict[str, object]:
    wake_driver()
    if NOTE.exists():
        known = json.loads(NOTE.read_text())
        if Path(known["path"]).exists():
            return known
    node.install(node.ROOT / "tests" / "npm")
    for rung in (on_path, from_npm, from_debian):
        if found := rung():
            known = {"path": found[0], "env": found[1]}
            NOTE.write_text(json.dumps(known))
            return known
    sys.exit("No browser could be had. Install Chromium and run again: ENLACE_CHROMIUM=/path/to/chromium make test")


if __name__ == "__main__":
    print("Browser:", find()["path"])
