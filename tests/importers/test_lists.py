"""Lists are placed the same in Python as in JavaScript (tests/js/import.test.js): both read the same expectations."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from client.importers import preview, read_table, tables
from client.importers.place import age_band, read_date
from sealed.errors import EnlaceError

DATA = Path(__file__).resolve().parents[1] / "data"
TODAY = date(2026, 11, 23)


def expected(name):
    return json.loads((DATA / f"{name}.expected.json").read_text(encoding="utf-8"))


def as_json(value):
    return json.loads(json.dumps(value))


def test_a_manifest_is_placed_as_the_shared_expectation_says():
    seen = preview(read_table(DATA / "manifest.csv"), tables(), TODAY)
    told = {"kind": seen.kind, "unplaced": seen.unplaced, "contradictions": seen.contradictions}
    assert as_json(told | {"rows": [asdict(row) for row in seen.rows]}) == expected("manifest")


def test_the_official_htcds_template_contradicts_itself_in_the_ways_that_we_report():
    sheet = json.loads((DATA / "htcds.sheet.json").read_text(encoding="utf-8"))
    seen = preview([sheet], tables(), TODAY)
    wanted = expected("htcds")
    assert [f"{one['code']} {one['field']}" for one in seen.contradictions] == wanted["contradictions"]
    assert as_json([asdict(row) for row in seen.rows]) == wanted["rows"]


def test_na_is_namibia():
    rows = [["Nombre completo", "Nacionalidad"], ["Alguien", "NA"]]
    assert preview([{"name": "x", "rows": rows}], tables(), TODAY).rows[0].person["citizenship"] == "NA"


def test_dates_and_ages():
    assert read_date("31/12/1999") == read_date("12/31/1999") == ("1999-12-31", None)
    assert read_date("3/4/1999") == ("1999-04-03", "ambiguous_date")
    assert read_date("30/2/1999") is None
    assert age_band("2008-11-24", None, TODAY) == "15-17"
    assert age_band("2008-11-23", None, TODAY) == "18-24"


@pytest.mark.parametrize(("content", "code"), [(b"\xd0\xcf\x11\xe0", "old_excel_file"), (b"PK\x03\x04 no zip", "not_a_table")])
def test_what_is_no_list_is_refused_by_name(tmp_path, content, code):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(EnlaceError, match=code):
        read_table(tmp_path / "file")
