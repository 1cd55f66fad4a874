"""The code of the pages: releases of it, and what a host makes of it."""

import argparse
import contextlib
import webbrowser
from pathlib import Path

from client import verify_site
from client.b64 import b64u
from client.commands import Commands
from client.local.server import PORT, LocalSite
from client.release import ReleaseKey, parse_build
from client.site import Manifest, Site
from client.store import Store, home
from sealed.errors import EnlaceError


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
    compared = commands.add("verify-site", _verify_site, "does a host serve the pages of this package? Needs no account")
    compared.add_argument("url")
    compared.add_argument("--against", type=Path, help="another copy of the files than this package's, made by scripts/served.py")
    compared.add_argument("--signed-in", action="store_true", help="also the pages behind the sign-in, by the session kept here")

    opened = commands.add("open", _open, "the pages on this machine: their code from this package, data from the host")
    opened.add_argument("--url", help="of the host; left out, the one that you are signed in to")
    opened.add_argument("--port", type=int, default=PORT, help=f"on 127.0.0.1 (default {PORT})")
    opened.add_argument("--no-browser", action="store_true", help="only print the address")


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


def _kept_session(url: str) -> list[list[str]]:
    """Raises `sign_in_again` where the session kept here is one with another host: that one gets nothing of it."""
    http = Store(home()).session().http
    if http.base_url != url.rstrip("/"):
        raise EnlaceError("sign_in_again")
    return http.cookies()


def _verify_site(options: argparse.Namespace) -> None:
    site = Site.read(options.against) if options.against else Site.of_this_package()
    report = verify_site.look(options.url, site, _kept_session(options.url) if options.signed_in else None)
    for finding in report.findings:
        print(f"NOT THE SAME   {finding}")
    print(f"package        release {site.manifest.version}, manifest {site.manifest.digest.hex()}")
    print(f"files          {report.files} compared, byte for byte")
    print(f"pages          {', '.join(report.pages)}")
    print(f"key log        {report.log or 'does not announce this package'}")
    if report.findings:
        raise EnlaceError("site_differs")
    print("The same: all that was fetched is as the package says. A host that alters it for one person alone is not found so.")


def _open(options: argparse.Namespace) -> None:
    """The session that is kept here goes along, if it is one with that host; else one signs in on the page."""
    url, cookies = options.url, []
    if url is None:
        url = Store(home()).session().http.base_url
    with contextlib.suppress(EnlaceError):
        cookies = _kept_session(url)
    local = LocalSite(url, Site.of_this_package(), cookies, port=options.port)
    print(
        f"Enlace is open on this machine until Ctrl-C. Code: release {local.site.manifest.version} of this package; data: {url}"
    )
    print(f"{local.door.address}\nThis address works once, for one browser.", flush=True)
    if not options.no_browser:
        webbrowser.open(local.door.address)
    try:
        local.serve()
    finally:
        local.close()
