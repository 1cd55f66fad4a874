"""Places the cells of a list into persons: pure, no file, no network. The twin of cases/static/cases/js/import/place.js.

What cannot be placed is reported, never guessed: `unplaced` columns, `contradictions` of the sheet with itself, `problems`
of single cells. A value that has a problem is kept, sealed, as it was written.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from client.importers.tables import Cell, Sheet

MOST_ROWS = 1000
AGE_BANDS = (
    (6, "0-5"),
    (12, "6-11"),
    (15, "12-14"),
    (18, "15-17"),
    (25, "18-24"),
    (40, "25-39"),
    (60, "40-59"),
    (130, "60+"),
)
SPACES = re.compile(r"[^\w#]+|_+")
Index = dict[str, str]


@dataclass
class Column:
    index: int
    header: str
    label: str
    field: str | None
    note: str | None = None


@dataclass
class Row:
    """One person: `person` holds the coded facts of an act, `sealed` what only officers read."""

    line: int
    person: dict[str, Any]
    sealed: list[tuple[str, str]]
    problems: list[dict[str, str]]


@dataclass
class Preview:
    """kind "htcds" (each row a case), "manifest" (one case of many persons), or None: nothing was recognised."""

    kind: str | None
    sheet: str = ""
    columns: list[Column] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    contradictions: list[dict[str, Any]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    empty: int = 0
    over: int = 0


def shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return cell["date"]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell).strip()


def plain(cell: Cell) -> str:
    """ "Género " and "genero" are one word: without accents, case and punctuation."""
    text = unicodedata.normalize("NFKD", shown(cell))
    text = "".join(mark for mark in text if not unicodedata.category(mark).startswith("M")).lower()
    return SPACES.sub(" ", text).strip()


def word_index(words: Mapping[str, Iterable[str]]) -> Index:
    index: Index = {}
    for code, names in words.items():
        for name in (code, *names):
            index.setdefault(plain(name), code)
    return index


def age_band(birth: str | None, age: int | None, today: date) -> str:
    years = age
    if birth:
        born = date.fromisoformat(birth)
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years is None or years < 0:
        return "unknown"
    return next((band for limit, band in AGE_BANDS if years < limit), "unknown")


def read_date(cell: Cell) -> tuple[str | None, str | None] | None:
    """-> (date or None, "ambiguous_date" where day and month may be exchanged); None: not a date at all.

    Day before month, as everywhere in the region but the United States."""
    if cell is None or cell == "":
        return None, None
    if isinstance(cell, dict):
        return cell["date"], None
    text = shown(cell)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", text):
        return _valid(int(match[1]), int(match[2]), int(match[3]), None)
    if not (match := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", text)):
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if second > 12 and first <= 12:
        return _valid(year, first, second, None)
    doubt = None if first > 12 or first == second else "ambiguous_date"
    return _valid(year, second, first, doubt)


def _valid(year: int, month: int, day: int, doubt: str | None) -> tuple[str, str | None] | None:
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    return (made.isoformat(), doubt) if year >= 1900 else None


def preview(
    sheets: list[Sheet], tables: Mapping[str, Any], today: date, overrides: Mapping[int, str | None] | None = None
) -> Preview:
    """`overrides` {column index: field or None}: what the officer decided about columns that contradict themselves."""
    countries = word_index(tables["countries"]["words"])
    decided = overrides or {}
    for sheet in sheets:
        if (line := _htcds_header(sheet, tables["htcds"])) is not None:
            return _preview_htcds(sheet, line, tables["htcds"], countries, today, decided)
    headed = [(found, sheet) for sheet in sheets if (found := _manifest_header(sheet, tables["manifest"]))]
    if not headed:
        return Preview(kind=None, sheet=sheets[0]["name"] if sheets else "")
    (_, line), sheet = max(headed, key=lambda pair: pair[0][0])
    return _preview_manifest(sheet, line, tables["manifest"], countries, today, decided)


def _finish(
    kind: str, sheet: Sheet, columns: list[Column], contradictions: list[dict[str, Any]], rows: list[Row], empty: int
) -> Preview:
    unplaced = [one.header for one in columns if not one.field and one.note != "of_the_form"]
    over = max(0, len(rows) - MOST_ROWS)
    return Preview(kind, sheet["name"], columns, unplaced, contradictions, rows[:MOST_ROWS], empty, over)


def _decide(columns: list[Column], overrides: Mapping[int, str | None]) -> None:
    for column in columns:
        if column.index in overrides:
            column.field = overrides[column.index]


def _at(row: list[Cell], index: int) -> Cell:
    return row[index] if index < len(row) else None


# --- HTCDS -----------------------------------------------------------------------------------------------------------


def _machine_name(cell: Cell, htcds: Mapping[str, Any]) -> tuple[str, bool] | None:
    """-> (field, whether the header misspells it)."""
    name = shown(cell).split("/")[-1]
    if name in htcds["fields"]:
        return name, False
    return (htcds["misspelt"][name], True) if name in htcds["misspelt"] else None


def _htcds_header(sheet: Sheet, htcds: Mapping[str, Any]) -> int | None:
    for line, row in enumerate(sheet["rows"][:5]):
        if sum(1 for cell in row if _machine_name(cell, htcds)) >= 3:
            return line
    return None


def _htcds_columns(sheet: Sheet, line: int, htcds: Mapping[str, Any]) -> tuple[list[Column], list[dict[str, Any]], int]:
    """The Excel template has a machine row and a label row that contradict each other; form answers have no labels."""
    by_label = {plain(row["label"]): name for name, row in htcds["fields"].items()}
    heads = sheet["rows"][line]
    below = sheet["rows"][line + 1] if len(sheet["rows"]) > line + 1 else []
    has_labels = sum(1 for cell in below if plain(cell) in by_label) >= 3
    columns, contradictions = [], []
    for index in range(max(len(heads), len(below) if has_labels else 0)):
        header, label = shown(_at(heads, index)), shown(_at(below, index)) if has_labels else ""
        if not header and not label:
            continue
        machine, labelled = _machine_name(_at(heads, index), htcds), by_label.get(plain(label)) if label else None
        column = Column(index, header or label, label, machine[0] if machine else None)
        columns.append(column)
        if machine and machine[1]:
            column.note = "misspelt"
        if machine and labelled and labelled != machine[0]:
            column.note = "label_disagrees"
            contradictions.append(_contradiction("label_disagrees", column, labelled))
        elif not machine and labelled:
            column.field, column.note = labelled, "header_blank"
            contradictions.append(_contradiction("header_blank", column, None))
        elif not machine and header in htcds["form_columns"]:
            column.note = "of_the_form"
    contradictions += [_contradiction("misspelt", one, None) for one in columns if one.note == "misspelt"]
    return columns, contradictions, line + (2 if has_labels else 1)


def _contradiction(code: str, column: Column, other: str | None) -> dict[str, Any]:
    return {"code": code, "column": column.header, "field": column.field, "label": column.label, "other": other}


def _preview_htcds(
    sheet: Sheet,
    line: int,
    htcds: Mapping[str, Any],
    countries: Index,
    today: date,
    overrides: Mapping[int, str | None],
) -> Preview:
    columns, contradictions, first = _htcds_columns(sheet, line, htcds)
    _decide(columns, overrides)
    indexes = {
        name: word_index({code: [label] for code, label in row["choices"].items()})
        for name, row in htcds["fields"].items()
        if "choices" in row
    }
    indexes["countries"] = countries
    rows, empty = [], 0
    for place, cells in enumerate(sheet["rows"][first:], first):
        placed = [one for one in columns if one.field and shown(_at(cells, one.index))]
        if placed:
            rows.append(_htcds_row(cells, place + 1, placed, htcds, indexes, today))
        else:
            empty += 1
    return _finish("htcds", sheet, columns, contradictions, rows, empty)


def _htcds_row(
    cells: list[Cell], line: int, placed: list[Column], htcds: Mapping[str, Any], indexes: dict[str, Index], today: date
) -> Row:
    values: dict[str, Any] = {}
    sealed: list[tuple[str, str]] = []
    problems = []
    for column in placed:
        name = column.field or ""
        value, problem = _read_htcds(cells[column.index], name, htcds, indexes)
        if problem:
            problems.append({"column": column.header, "value": shown(cells[column.index]), "code": problem})
        values[name] = value
        sealed.append((name, ";".join(value) if isinstance(value, list) else value))
    birth = values.get("prs_Birthdate")
    country = values.get("prs_Citizenship")
    person: dict[str, Any] = {
        "sex": htcds["coded"]["prs_Gender"].get(values.get("prs_Gender"), "unknown"),
        "age_band": age_band(birth if birth and re.fullmatch(r"\d{4}-\d\d-\d\d", birth) else None, None, today),
        "citizenship": country[0] if isinstance(country, list) else "XX",
        "flags": [],
    }
    full = " ".join(filter(None, (values.get(f"prs_{part}Name") for part in ("First", "Middle", "Second"))))
    if full:
        sealed.insert(0, ("name", full))
    for name, ours in htcds["sealed_names"].items():
        if values.get(name) and not ours.endswith("_name"):
            sealed.append((ours, values[name]))
    if isinstance(values.get("vic_TypeOfExploitation"), list):
        ours = htcds["coded"]["vic_TypeOfExploitation"]
        person["exploitation"] = [ours[code] for code in values["vic_TypeOfExploitation"]]
    return Row(line, person, sealed, problems)


def _read_htcds(cell: Cell, name: str, htcds: Mapping[str, Any], indexes: dict[str, Index]) -> tuple[Any, str | None]:
    sort, text = htcds["fields"][name]["type"], shown(cell)
    if sort == "date":
        read = read_date(cell)
        return (text, "not_a_date") if read is None else read
    if sort == "country":
        return _read_several(text, indexes["countries"], "unknown_country")
    if sort == "choices":
        return _read_several(text, indexes[name], "unknown_value")
    if sort == "choice":
        code = indexes[name].get(plain(text))
        return (code, None) if code else (text, "unknown_value")
    if sort == "number":
        return text, None if re.fullmatch(r"-?\d+(?:[.,]\d+)?", text) else "not_a_number"
    return text, None


def _read_several(text: str, index: Index, code: str) -> tuple[Any, str | None]:
    """Excel joins labels with ";", form answers join names with spaces. Nothing is dropped: what is unknown is a problem."""
    if whole := index.get(plain(text)):
        return [whole], None
    found = [index.get(plain(part)) for part in (text.split(";") if ";" in text else text.split())]
    known = list(dict.fromkeys(one for one in found if one))
    if all(found):
        return known, None
    return known or text, code


# --- Manifest --------------------------------------------------------------------------------------------------------


def _manifest_header(sheet: Sheet, manifest: Mapping[str, Any]) -> tuple[int, int] | None:
    """-> (number of columns recognised, line) of the row that looks most like a header."""
    index = word_index(manifest["columns"])
    best: tuple[int, int] | None = None
    for line, row in enumerate(sheet["rows"][:15]):
        fields = {index[plain(cell)] for cell in row if shown(cell) and plain(cell) in index}
        named = fields & {"name", "given_name", "family_name", "first_family_name"}
        if named and len(fields) >= 2 and (best is None or len(fields) > best[0]):
            best = (len(fields), line)
    return best


def _manifest_columns(sheet: Sheet, line: int, manifest: Mapping[str, Any]) -> tuple[list[Column], list[dict[str, Any]]]:
    index = word_index(manifest["columns"])
    taken: dict[str, str] = {}
    columns, contradictions = [], []
    for place, cell in enumerate(sheet["rows"][line]):
        if not shown(cell):
            continue
        column = Column(place, shown(cell), "", index.get(plain(cell)))
        if column.field in taken:
            contradictions.append(_contradiction("column_twice", column, taken[column.field]))
            column.field, column.note = None, "column_twice"
        elif column.field:
            taken[column.field] = column.header
        columns.append(column)
    return columns, contradictions


def _preview_manifest(
    sheet: Sheet,
    line: int,
    manifest: Mapping[str, Any],
    countries: Index,
    today: date,
    overrides: Mapping[int, str | None],
) -> Preview:
    columns, contradictions = _manifest_columns(sheet, line, manifest)
    _decide(columns, overrides)
    indexes = {"countries": countries, "sexes": word_index(manifest["sexes"])}
    families: dict[str, str] = {}
    rows, empty = [], 0
    for place, cells in enumerate(sheet["rows"][line + 1 :], line + 1):
        placed = [one for one in columns if shown(_at(cells, one.index))]
        if any(one.field and one.field != "number" for one in placed):
            rows.append(_manifest_row(cells, place + 1, placed, indexes, manifest["flags"], families, today))
        else:
            empty += 1
    return _finish("manifest", sheet, columns, contradictions, rows, empty)


def _manifest_row(
    cells: list[Cell],
    line: int,
    placed: list[Column],
    indexes: dict[str, Index],
    flags: Mapping[str, list[str]],
    families: dict[str, str],
    today: date,
) -> Row:
    values = {one.field: cells[one.index] for one in placed if one.field}
    headers = {one.field: one.header for one in placed if one.field}
    problems: list[dict[str, str]] = []

    def report(name: str, code: str) -> None:
        problems.append({"column": headers.get(name, name), "value": shown(values.get(name)), "code": code})

    birth = read_date(values.get("birth_date"))
    if birth is None or birth[1]:
        report("birth_date", "not_a_date" if birth is None else str(birth[1]))
    born = birth[0] if birth else None
    age = _read_age(values.get("age"))
    if shown(values.get("age")) and age is None:
        report("age", "not_a_number")
    sex = indexes["sexes"].get(plain(values.get("sex")))
    if sex is None:
        report("sex", "unknown_value")
    country = indexes["countries"].get(plain(values["citizenship"])) if "citizenship" in values else "XX"
    if country is None:
        report("citizenship", "unknown_country")
    person: dict[str, Any] = {
        "sex": sex or "unknown",
        "age_band": age_band(born, age, today),
        "citizenship": country or "XX",
        "flags": _read_flags(values.get("flags"), flags),
    }
    if "family" in values:
        person["family"] = families.setdefault(plain(values["family"]), f"F{len(families) + 1}")
    sealed = _seal_manifest(values, born)
    if not any(name == "name" for name, _ in sealed):
        problems.append({"column": "", "value": "", "code": "no_name"})
    # A column that has no place in a case is not thrown away: it is kept, sealed, among the notes.
    rest = [f"{one.header}: {shown(cells[one.index])}" for one in placed if not one.field]
    notes = "\n".join(filter(None, [shown(values.get("notes")), shown(values.get("flags")), *rest]))
    if notes:
        sealed.append(("notes", notes))
    return Row(line, person, sealed, problems)


def _read_age(cell: Cell) -> int | None:
    match = re.fullmatch(r"(\d{1,3})(?:[.,]0)?(?:\s.*)?", shown(cell))
    return int(match[1]) if match and int(match[1]) < 130 else None


def _read_flags(cell: Cell, flags: Mapping[str, list[str]]) -> list[str]:
    text = f" {plain(cell)} "
    return [code for code, names in flags.items() if any(f" {plain(name)} " in text for name in names)]


def _seal_manifest(values: Mapping[str, Cell], born: str | None) -> list[tuple[str, str]]:
    parts = (shown(values.get(name)) for name in ("given_name", "first_family_name", "family_name", "second_family_name"))
    pairs = (
        ("name", shown(values.get("name")) or " ".join(filter(None, parts))),
        ("other_names", shown(values.get("original_name"))),
        ("birth_date", born or shown(values.get("birth_date"))),
        ("document", shown(values.get("document"))),
        ("phone", shown(values.get("phone"))),
        ("address", shown(values.get("address"))),
    )
    return [(name, value) for name, value in pairs if value]
