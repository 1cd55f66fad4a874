"""The root of an authority: made and used on a machine without a network; its leaves are carried to one that has one."""

import argparse
import json
from pathlib import Path

from client.b64 import b64u, unb64u
from client.commands import Commands
from client.commands.session import secret, unlocked
from client.root_file import RootFile, certify_focal, next_trust
from client.store import Store, home
from sealed import safety
from sealed.errors import EnlaceError

SHEET = """ENLACE · {display} ({authority})

The root of your authority has these digits. When you make your keys, the page "Your keys" shows the
digits of your authority: they must be these. If one group differs, stop and call your focal point.

    {rows}
"""


def register(commands: Commands) -> None:
    group = commands.group("authority", "your country's or organization's root: init, sheet, certify and trust need no network")
    begun = group.add("init", _init, "make the root; the seven words are shown once")
    begun.add_argument("authority", help="HN, MX, ... or x-iom for an organization")
    begun.add_argument("display", help="the name that others see")
    begun.add_argument("--words", choices=("es", "en", "fr", "pt"), default="es", help="language of the seven words")
    shown = group.add("sheet", _sheet, "the digits that every officer gets on paper")
    certified = group.add("certify", _certify, "make a focal point of whoever sent this request and read these digits aloud")
    trusted = group.add("trust", _trust, "sign the next list of the roots that your authority trusts")
    for one in (begun, shown, certified, trusted):
        one.add_argument("root", type=Path, help="the file of the root")
    begun.add_argument("leaf", type=Path, help="where to write the announcement, for `publish`")
    certified.add_argument("request", type=Path, help="as `enlace authority request` wrote it")
    certified.add_argument("leaf", type=Path, help="where to write the certificate, for `publish`")
    certified.add_argument("--digits", required=True, help="the 60 digits of the new key, heard from its owner")
    certified.add_argument("--years", type=int, default=3)
    trusted.add_argument("log", type=Path, help="as `enlace authority log` wrote it")
    trusted.add_argument("leaf", type=Path, help="where to write the list, for `publish`")
    trusted.add_argument(
        "--add", nargs=2, action="append", default=[], metavar=("AUTHORITY", "DIGITS"), help="with its 60 digits"
    )
    trusted.add_argument("--drop", action="append", default=[], metavar="AUTHORITY")
    group.add("log", _log, "online: the key log in a file, to carry to the root").add_argument("file", type=Path)
    group.add("request", _request, "online, as a new focal point: your request in a file").add_argument("file", type=Path)
    group.add("publish", _publish, "online: put a signed leaf into the key log").add_argument("leaf", type=Path)


def _init(options: argparse.Namespace) -> None:
    made, words, leaf = RootFile.create(options.root, options.authority, options.display, language=options.words)
    options.leaf.write_bytes(leaf)
    print("Seven words open this root. They are shown now and never again; keep them apart from the file:\n")
    print("    " + "  ".join(words) + "\n")
    print(_sheet_of(made))


def _sheet(options: argparse.Namespace) -> None:
    print(_sheet_of(RootFile.read(options.root)))


def _sheet_of(root: RootFile) -> str:
    groups = root.digits.split()
    rows = "\n    ".join("  ".join(groups[at : at + 4]) for at in range(0, 12, 4))
    return SHEET.format(display=root.display, authority=root.authority, rows=rows)


def _certify(options: argparse.Namespace) -> None:
    root = RootFile.read(options.root).open(secret("ROOT", "Seven words of the root"))
    leaf = certify_focal(root, unb64u(options.request.read_text(encoding="ascii").strip()), options.digits, years=options.years)
    options.leaf.write_bytes(leaf)
    print(f"{options.leaf}: for `enlace authority publish`")


def _trust(options: argparse.Namespace) -> None:
    root = RootFile.read(options.root).open(secret("ROOT", "Seven words of the root"))
    leaves = [unb64u(text) for text in json.loads(options.log.read_text(encoding="ascii"))["leaves"]]
    options.leaf.write_bytes(next_trust(root, leaves, [(code, digits) for code, digits in options.add], options.drop))
    print(f"{options.leaf}: for `enlace authority publish`")


def _log(options: argparse.Namespace) -> None:
    log = Store(home()).session().log
    head = log.sync()  # signed by the host, and over these very leaves
    options.file.write_text(json.dumps({"leaves": [b64u(leaf) for leaf in log.replica.leaves]}), encoding="ascii")
    print(f"{head.size} leaves, root {head.root.hex()}")


def _request(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        if enlace.officer["role"] != "focal":
            raise EnlaceError("not_allowed")
        options.file.write_text(b64u(enlace.certificate_request()) + "\n", encoding="ascii")
        print(safety.fingerprint(enlace.identities[0].kid))


def _publish(options: argparse.Namespace) -> None:
    http = Store(home()).session().http
    print(f"Leaf {http.post('/api/keylog/leaves', {'leaf': b64u(options.leaf.read_bytes())})['index']} of the key log.")
