"""One tree of errors for Python and JavaScript: a code, the HTTP status it answers with, and the sentence for a person.

The codes live in errors.json beside this file; the sentence says what happened, what was not lost and what to do. Under "read"
stands what is said in the place of an event that a reader is not shown, where that is another thing than refusing to take it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CODES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "errors.json").read_text(encoding="utf-8"))


class EnlaceError(Exception):
    """`code` names a row of errors.json; `detail` is for logs only; `fields` {path: sentence} for the form that was refused."""

    def __init__(self, code: str, detail: str = "", *, fields: Mapping[str, object] | None = None, **more: Any) -> None:
        if code not in CODES:
            raise KeyError(f"errors.json has no code {code!r}")
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail, self.fields, self.more = code, detail, dict(fields or {}), more

    @property
    def status(self) -> int:
        return int(CODES[self.code]["http"])

    @property
    def sentence(self) -> str:
        """In English; callers that face a person translate it."""
        return str(CODES[self.code]["en"])


def as_read(code: str) -> str:
    """In English, in the place of an event that failed this check."""
    return str(CODES[code].get("read") or CODES[code]["en"])
