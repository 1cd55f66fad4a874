"""Reads a list (.xlsx or delimited text) into plain cells, told apart by its bytes and not by its name."""

import csv
import datetime
import functools
import io
import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from sealed.errors import EnlaceError

Cell = str | int | float | bool | dict[str, str] | None  # a date is {"date": "YYYY-MM-DD"}
Sheet = dict[str, Any]  # {"name": str, "rows": [[Cell]]}
MOST_BYTES = 20 * 1024 * 1024


@functools.cache
def tables() -> dict[str, Any]:
    """{"htcds", "manifest", "countries"}: how columns, codes and countries may be written."""
    folder = Path(__file__).parent / "tables"
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}


def read_table(path: str | Path) -> list[Sheet]:
    """-> the sheets of the file. Raises EnlaceError `file_too_large`, `old_excel_file` or `not_a_table`."""
    data = Path(path).read_bytes()
    if len(data) > MOST_BYTES:
        raise EnlaceError("file_too_large")
    if data.startswith(b"PK\x03\x04"):
        return _workbook(data)
    if data.startswith(b"\xd0\xcf"):
        raise EnlaceError("old_excel_file")
    return [{"name": Path(path).name, "rows": _text(data)}]


def _workbook(data: bytes) -> list[Sheet]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise EnlaceError("not_a_table", detail=str(error)) from None
    return [
        {"name": sheet.title, "rows": [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]}
        for sheet in book.worksheets
    ]


def _cell(value: object) -> Cell:
    if isinstance(value, datetime.datetime | datetime.date):
        return {"date": value.isoformat()[:10]}
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _text(data: bytes) -> list[list[Cell]]:
    text = _decode(data)
    sample = text[:20_000]
    # csv.Sniffer mistakes letters for delimiters in lists of names; the one that splits the first lines most evenly wins.
    delimiter = max(",;\t|", key=lambda mark: _evenness(sample, mark))
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [[cell or None for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row][:20]
    usual = max(set(widths), key=widths.count) if widths else 1
    return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)


def _decode(data: bytes) -> str:
    """UTF-8, or what Excel in Latin America writes when asked for CSV."""
    if data.startswith(b"\xff\xfe"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
