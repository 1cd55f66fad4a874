"""Files: sealed and shared, opened and saved."""

import argparse
import re
import sys
from pathlib import Path

from client.commands import Commands
from client.commands.channels import found
from client.commands.session import unlocked
from sealed.errors import EnlaceError


def register(commands: Commands) -> None:
    attach = commands.add("attach", _attach, "seal a file and share it; a photo keeps what its camera wrote into it")
    fetched = commands.add("fetch", _fetch, "open a shared file and save it here")
    for one in (attach, fetched):
        one.add_argument("channel", help="the beginning of its title or id")
    attach.add_argument("file", type=Path)
    attach.add_argument("text", nargs="?", default="", help="words beside it")
    fetched.add_argument("name", help="the beginning of its name; of several the newest")
    fetched.add_argument("--to", type=Path, default=Path(), help="folder (default: this one)")


def _attach(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        found(enlace, options.channel).attach(options.file, options.text, progress=_told)


def _fetch(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        room = found(enlace, options.channel)
        named = [(row.n, row.file) for row in room.opened() if row.file and row.file.name.startswith(options.name)]
        if not named:
            raise EnlaceError("not_found")
        n, file = named[-1]
        target = options.to / (
            re.sub(r"[\x00-\x1f/\\]", "_", file.name) or "file"
        )  # the sender chose the name: it stays in this folder
        if target.exists():
            raise EnlaceError("file_exists")
        room.fetch(n, target, progress=_told)
        print(target)


def _told(done: int, whole: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done * 100 // whole:3d} %", end="\n" if done == whole else "", file=sys.stderr)
