"""The environment of the demo: its own database file, its own secret, DEBUG. Settings are read once at start, so a command that
needs this environment starts itself again in it."""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var_dir() -> Path:
    return Path(os.environ.get("ENLACE_VAR_DIR") or ROOT / "var")


def entered() -> bool:
    return os.environ.get("ENLACE_DEMO") == "1" and "ENLACE_DEMO_DATABASE" in os.environ


def enter() -> None:
    """Replaces this process by the same command in the demo's environment. A database named for something else is left alone."""
    var = var_dir()
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = var / "demo.sqlite3"
    changes = {
        "ENLACE_DEMO": "1",
        "ENLACE_DEMO_DATABASE": str(database),
        "ENLACE_DEBUG": "1",
        "ENLACE_DATABASE_URL": f"sqlite:///{database}",
        "ENLACE_REDIS_URL": "",
        "ENLACE_SECRET_KEY": _secret(var / "demo-secret"),
        "ENLACE_THROTTLE_SCALE": "1000",
    }
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **changes})  # noqa: S606  our own command


def _secret(path: Path) -> str:
    """Kept, so that who is signed in stays so over a restart."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
