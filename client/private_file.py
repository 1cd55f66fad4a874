"""Files of secrets: read by their owner alone, never written over another."""

import os
from pathlib import Path

from sealed.errors import EnlaceError


def create(path: Path, text: str) -> None:
    """Raises `file_exists`."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise EnlaceError("file_exists") from None
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
