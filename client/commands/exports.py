"""Records that leave Enlace, and their check, which needs no network and no account."""

import argparse
from pathlib import Path

from client import bundle
from client.commands import Commands
from client.commands.channels import found
from client.commands.session import unlocked
from client.rooms import Room
from sealed.errors import EnlaceError


def register(commands: Commands) -> None:
    exported = commands.add("export", _export, "a channel or case as one file that can be checked years later")
    exported.add_argument("channel", help="the beginning of its title or id, or the code of a case")
    exported.add_argument("file", type=Path)
    archived = commands.add("archive", _archive, "every channel of yours, a file each")
    archived.add_argument("folder", type=Path)
    verified = commands.add("verify", _verify, "check such a file; needs no network and no account")
    verified.add_argument("file", type=Path)
    verified.add_argument("--root", default="", help="the 60 digits of your country's root; without them the exporter's is told")
    verified.add_argument("--read", action="store_true", help="show what was said, too")


def _export(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        known = [row for row in enlace.channels() if (row.get("case") or {}).get("code") == options.channel]
        room = enlace.room(known[0]["id"]) if known else found(enlace, options.channel)
        _exported(room, options.file)


def _exported(room: Room, target: Path) -> None:
    made = bundle.export(room, target)
    closed = f", {made.sealed - made.opened} stay closed (withdrawn, or not to leave Enlace)" if made.opened < made.sealed else ""
    print(f"{target}: {made.events} events, {made.opened} of {made.sealed} sealed ones can be read{closed}")


def _archive(options: argparse.Namespace) -> None:
    options.folder.mkdir(parents=True, exist_ok=True)
    with unlocked() as enlace:
        for row in enlace.channels():
            _exported(enlace.room(row["id"]), options.folder / f"{row['id']}.enlace.zip")


def _verify(options: argparse.Namespace) -> None:
    report = bundle.check(options.file, options.root)
    for sentence in report.failures:
        print(f"DOES NOT HOLD  {sentence}")
    if report.root:
        print(f"root           {report.root}")
    if report.exporter:
        print(f"exported       by {report.exporter}, {bundle.when(report.told['at_ms'])}, {report.told['head_n']} events")
    if report.witnessed_at:
        print(f"witnessed      {bundle.when(report.witnessed_at * 1000)}")
    for n, at, name, authority, body in report.rows if options.read else ():
        print(f"{n:5}  {at[:16]}  {name} ({authority}): {_in_words(body)}")
    if report.failures:
        raise EnlaceError("export_does_not_hold")
    print("Everything holds: " + ("compare the digits of the root." if not options.root else "signed, complete, in this order."))


def _in_words(body: object) -> str:
    if body is None:
        return "(stays closed)"
    if isinstance(body, bytes):
        return f"(act) {body.decode(errors='replace')}" if body[:1] == b"{" else "(members or keys)"
    return " ".join(str(part) for part in body[1:] if isinstance(part, str)) if isinstance(body, list) else str(body)
