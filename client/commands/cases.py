"""Cases: listed by the clock, shown, imported from a list."""

import argparse
from datetime import datetime
from pathlib import Path

from client import importers, imports
from client.cases import Case
from client.commands import Commands
from client.commands.session import unlocked
from client.enlace import Enlace
from client.store import Store, home
from sealed.errors import EnlaceError


def register(commands: Commands) -> None:
    cases = commands.group("case", "the cases of your desk")
    listed = cases.add("list", _case_list, "cases by the clock")
    for name in ("kind", "stage", "partner"):
        listed.add_argument(f"--{name}")
    listed.add_argument("--overdue", action="store_true")
    listed.add_argument("--waiting", choices=("us", "them"))
    cases.add("show", _case_show, "a case: persons, steps, what the next stage asks").add_argument("code")
    bring = commands.add("import", _import, "open cases from an HTCDS workbook or a manifest (CSV, XLSX)")
    bring.add_argument("file", type=Path)
    bring.add_argument("--desk", required=True, help="the beginning of the name of your post")
    bring.add_argument("--handling", default="H0", choices=("H0", "H1", "H2", "H3"))
    bring.add_argument("--yes", action="store_true", help="do not ask after the preview")


def _case_list(options: argparse.Namespace) -> None:
    """Status without content: no key is needed."""
    enlace = Store(home()).session()
    asked = {name: getattr(options, name) for name in ("kind", "stage", "partner", "waiting") if getattr(options, name)}
    asked |= {"overdue": "1"} if options.overdue else {}
    after = ""
    while after is not None:
        answer = enlace.http.get("/api/cases", after=after, **asked)
        for row in answer["cases"]:
            late = "overdue" if row["overdue"] else ""
            print(f"{row['code']}  {row['stage_label']:28.28}  {row['persons']:3}  {late:8} {row['waiting_label'] or ''}")
        after = answer["next"]


def _case_show(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        view = enlace.case(options.code)
        sealed = Case.at(enlace, options.code).sealed() if view["case"]["sight"] == "content" else {}
        row = view["case"]
        print(f"{row['code']}  {row['kind_label']}  {row['stage_label']}  {sealed.get('case', {}).get('title', '')}")
        for person in view["persons"]:
            name = sealed.get(person["ref"], {}).get("name", "")
            print(f"  {person['ref']:4} {person['sex']} {person['age_band']} {person['citizenship']} {person['state']}  {name}")
        for step in view["timeline"]:
            print(f"  {step['at'][:16]}  {step['sentence']}")
        for missing in (view["next"] or {}).get("missing", []):
            print(f"  > {missing['sentence']}")


def _import(options: argparse.Namespace) -> None:
    sheets = importers.read_table(options.file)
    found = importers.preview(sheets, importers.tables(), datetime.now().astimezone().date())
    _print_preview(found)
    if found.kind is None or not found.rows:
        raise EnlaceError("not_a_table")
    if not options.yes and input("Seal and open? [y/N] ").strip().lower() not in ("y", "yes", "s", "si", "sí", "o", "oui"):
        return
    with unlocked() as enlace:
        desk = _own_post(enlace, options.desk)
        for code, persons in imports.seal(enlace, found, desk, handling=options.handling):
            print(f"{code}  {persons}", flush=True)


def _print_preview(found: importers.Preview) -> None:
    print(f"{found.kind or 'nothing recognised'}: {len(found.rows)} persons in {found.sheet!r}")
    for header in found.unplaced:
        print(f"  not placed: {header}")
    for one in found.contradictions:
        print(f"  contradiction: {one}")
    for row in found.rows:
        for problem in row.problems:
            print(f"  line {row.line}: {problem['column']} {problem['value']!r}: {problem['code']}")
    if found.over:
        print(f"  {found.over} rows too many: split the list")


def _own_post(enlace: Enlace, wanted: str) -> str:
    posts = enlace.http.get("/api/directory")["posts"]
    own = [row for row in posts if row["authority"] == enlace.officer["authority"]]
    fitting = [row for row in own if wanted.casefold() in row["name"].casefold()]
    if len(fitting) != 1:
        raise EnlaceError("not_found")
    return str(fitting[0]["id"])
