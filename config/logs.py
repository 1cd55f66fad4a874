"""One line an entry, without what an exception or an address may carry: names, text, tokens."""

import logging
import re

TOKENS = re.compile(r"/join/[^/\s]+")
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class OneLine(logging.Formatter):
    """Time, level, logger, message; of an exception only its type and the place that raised it."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatException(self, ei) -> str:  # type: ignore[no-untyped-def]  # noqa: N802  the name logging asks for
        kind, _error, trace = ei
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
        return f"{getattr(kind, '__name__', 'exception')}{place}"

    def format(self, record: logging.LogRecord) -> str:
        """Control characters are escaped, so that no request can write a line of its own into the log."""
        record.exc_text = None
        text = TOKENS.sub("/join/…", super().format(record))
        return CONTROLS.sub(lambda found: f"\\x{ord(found.group()):02x}", text.replace("\n", " | "))
