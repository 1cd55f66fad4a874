"""The environment of the demo: its own database file, its own secret, DEBUG. manage.py enters it before settings are read,
for the commands of the demo only."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = frozenset(("demo", "demo_accounts"))


def var_dir() -> Path:
    return Path(os.environ.get("ENLACE_VAR_DIR") or ROOT / "var")


def enter() -> None:
    """Whatever database the environment names otherwise is left alone."""
    os.umask(0o077)  # what is written holds secrets, made up as they are
    var = var_dir()
    var.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "ENLACE_DEMO": "1",
        "ENLACE_DEBUG": "1",
        "ENLACE_DATABASE_URL": f"sqlite:///{var / 'demo.sqlite3'}",
        "ENLACE_REDIS_URL": "",
        "ENLACE_SECRET_KEY": _secret(var / "demo-secret"),
        "ENLACE_THROTTLE_SCALE": "1000",
    }
    os.environ.setdefault("ENLACE_LOG_LEVEL", "WARNING")


def _secret(path: Path) -> str:
    """Kept, so that who is signed in stays so over a restart."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
