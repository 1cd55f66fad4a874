"""Sealing an imported list: what a preview placed becomes cases. The file itself never leaves this machine."""

from collections.abc import Iterator, Sequence
from typing import Any

from client.cases import Case
from client.enlace import Enlace
from client.importers import Preview
from client.importers.place import Row
from client.rooms import Fields
from sealed.errors import EnlaceError

AT_ONCE = 250  # persons in one act and one request: an act is at most 64 KiB


def seal(enlace: Enlace, preview: Preview, desk: str, *, handling: str = "H0") -> Iterator[tuple[str, int]]:
    """Opens the cases of a preview at the own post `desk`: one for each row of HTCDS, one for a whole manifest. Yields (code,
    persons) of each as it is opened. Raises EnlaceError `not_a_table` when nothing was recognised."""
    if preview.kind == "manifest" and preview.rows:
        groups, kind = [preview.rows], "land_return"
    elif preview.kind == "htcds" and preview.rows:
        groups, kind = [[row] for row in preview.rows], "trafficking"
    else:
        raise EnlaceError("not_a_table")
    for rows in groups:
        yield _open(enlace, kind, desk, handling, rows).code, len(rows)


def _open(enlace: Enlace, kind: str, desk: str, handling: str, rows: Sequence[Row]) -> Case:
    persons = [row.person | {"ref": f"P{place}"} for place, row in enumerate(rows, 1)]
    records: list[tuple[str, Fields]] = [(f"P{place}", row.sealed) for place, row in enumerate(rows, 1) if row.sealed]
    first = {one["ref"] for one in persons[:AT_ONCE]}
    case = Case.open_with(enlace, kind, desk, persons[:AT_ONCE], [row for row in records if row[0] in first], handling=handling)
    for start in range(AT_ONCE, len(persons), AT_ONCE):
        some = persons[start : start + AT_ONCE]
        _add(case, some, [row for row in records if row[0] in {one["ref"] for one in some}])
    return case


def _add(case: Case, persons: list[dict[str, Any]], records: Sequence[tuple[str, Fields]]) -> None:
    case.room.acts([("person.add", {"persons": persons})], records)
