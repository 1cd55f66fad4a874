"""A list of five hundred persons goes in as one case, in pieces that fit."""

from datetime import date

import pytest

from client import imports
from client.cases import Case
from client.importers import preview, tables

pytestmark = pytest.mark.outside


def test_five_hundred_persons_are_sealed_in_one_go(ana):
    desk = next(row["id"] for row in ana.enlace.http.get("/api/directory")["posts"] if row["authority"] == "HN")
    header = ["Nombre", "Sexo", "Nacionalidad", "Fecha de nacimiento"]
    rows = [[f"Persona Número {place}", "F" if place % 2 else "M", "Honduras", "1990-01-02"] for place in range(1, 501)]
    found = preview([{"name": "lista", "rows": [header, *rows]}], tables(), date(2026, 3, 1))
    assert len(found.rows) == 500
    [(code, persons)] = imports.seal(ana.enlace, found, desk)
    assert persons == 500
    case = Case.at(ana.enlace, code)
    assert case.view()["case"]["persons"] == 500
    assert case.sealed()["P500"]["name"] == "Persona Número 500"
