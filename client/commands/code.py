"""The code of the pages: releases of it, and what a host makes of it."""

import argparse
from pathlib import Path

from client.b64 import b64u
from client.commands import Commands
from client.release import ReleaseKey, parse_build
from client.site import Manifest
from client.store import Store, home


def register(commands: Commands) -> None:
    release = commands.group("release", "say which files are a release of the pages (offline, but for publish)")
    begun = release.add("init", _release_init, "make a release key on this machine")
    signed = release.add("sign", _release_sign, "sign the manifest of a release")
    for one in (begun, signed):
        one.add_argument("key", type=Path, help="the file of the release key")
    signed.add_argument("manifest", type=Path, help="as scripts/served.py made it")
    signed.add_argument("leaf", type=Path, help="where to write the signed release: beside the manifest, as build.leaf")
    signed.add_argument("--after", type=Path, help="the signed release before this one; left out, this is the first")
    published = release.add("publish", _release_publish, "as the secretariat: put a signed release into the key log")
    published.add_argument("leaf", type=Path)


def _release_init(options: argparse.Namespace) -> None:
    print(f"Release key: {b64u(ReleaseKey.create(options.key).public)}")


def _release_sign(options: argparse.Namespace) -> None:
    previous = options.after.read_bytes() if options.after else None
    leaf = ReleaseKey.read(options.key).sign(Manifest.parse(options.manifest.read_bytes()), previous)
    options.leaf.write_bytes(leaf)
    build = parse_build(leaf)
    print(f"{options.leaf}: release {build.version}, manifest {build.manifest.hex()}")


def _release_publish(options: argparse.Namespace) -> None:
    leaf = options.leaf.read_bytes()
    build = parse_build(leaf)
    index = Store(home()).session().http.post("/api/keylog/leaves", {"leaf": b64u(leaf)})["index"]
    print(f"Release {build.version} is leaf {index} of the key log.")
