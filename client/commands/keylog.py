"""The key log, and a country's witness of it."""

import argparse
import json
from datetime import datetime
from pathlib import Path

from client.b64 import b64u, unb64u
from client.commands import Commands
from client.commands.session import login, logout, unlocked
from client.store import Store, home
from client.witness import Witness, admit
from sealed.errors import EnlaceError
from sealed.replica import verify_proof


def register(commands: Commands) -> None:
    checked = commands.add("verify-log", _verify_log, "check the key log against all that was seen before")
    checked.add_argument("--proof", type=Path, help="instead, say what a saved proof shows (needs no server)")
    witness = commands.group("witness", "your country's witness of the key log")
    begun = witness.add("init", _witness_init, "make a witness on this machine")
    begun.add_argument("--root", required=True, help="the 60 digits of your authority's root, from the onboarding sheet")
    ran = witness.add("run", _witness_run, "check the log and sign its head (for cron)")
    ran.add_argument("--url", help="sign in first, as --username")
    ran.add_argument("--username")
    for one in (begun, ran):
        one.add_argument("file", type=Path, help="the witness's own file: its key and what it saw last")
    for name, run, told in (
        ("admit", _witness_admit, "as a focal point: let a witness speak for your authority"),
        ("end", _witness_end, "as a focal point: let it speak no more"),
    ):
        witness.add(name, run, told).add_argument("key", help="as `enlace witness init` printed it")


def _verify_log(options: argparse.Namespace) -> None:
    if options.proof:
        told = {
            "log_forked": "two logs of one host: neither is the beginning of the other",
            "log_shrunk": "the host took leaves back",
        }
        try:
            print(told[verify_proof(json.loads(options.proof.read_text(encoding="utf-8")))])
        except (OSError, ValueError):
            raise EnlaceError("proves_nothing") from None
        return
    with unlocked() as enlace:
        head = enlace.log.head
        print(f"{head.size} leaves, root {head.root.hex()}")
        if head.witnessed_at:
            print("witnessed " + datetime.fromtimestamp(head.witnessed_at).astimezone().strftime("%d.%m.%Y %H:%M"))


def _witness_init(options: argparse.Namespace) -> None:
    made = Witness.create(options.file, Store(home()).session(), options.root)
    print(f"Key of this witness, for `enlace witness admit`: {b64u(made.public)}")


def _witness_run(options: argparse.Namespace) -> None:
    """With --url it signs in by itself and out again: cron has nobody to ask."""
    if options.url:
        login(options)
    enlace = Store(home()).session()
    for line in Witness.read(options.file).look(enlace):
        print(line)
    if options.url:
        logout(options)


def _witness_admit(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        admit(enlace, unb64u(options.key))


def _witness_end(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        admit(enlace, unb64u(options.key), runs=False)
