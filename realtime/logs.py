"""Logs that can be shown to anybody: kinds of errors and places in the code, never their texts.

The text of an exception can hold what an officer typed or a row of the database (M17, A19)."""

import logging
import traceback
from pathlib import Path


def failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log at ERROR: what failed, the type of the error and the last places it came through."""
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:]]
    log.error("%s: %s at %s", what, type(error).__name__, " < ".join(reversed(places)))


def public_path(path: str) -> str:
    """A request path without its query string and without long segments, which are tokens or ids."""
    parts = path.split("?", 1)[0].split("/")
    return "/".join("*" if len(part) > 24 else part for part in parts)
