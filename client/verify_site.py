"""Does a host serve the pages that this package holds? Asked from any network, without an account (docs/adr/0022). It finds
what a host serves to everybody; a host that alters a file for one officer alone, or for a known address, is not found so."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from client import pages
from client.b64 import b64u, unb64u
from client.release import parse_build
from client.site import Manifest, Site
from sealed import certs, checkpoint, merkle
from sealed.errors import EnlaceError

AT_ONCE = 8
OPEN_PAGES = ("/signin/", "/")
SIGNED_IN_PAGES = ("/channels/", "/cases/", "/cases/new/", "/cases/import/", "/directory/", "/me/", "/unlock/", "/authority/")
# As a browser asks: who compares should look like who reads.
ASKED = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Accept-Language": "es"}


@dataclass
class Report:
    """`findings`: what is not as the package says, a sentence each; without one, it all is."""

    findings: list[str] = field(default_factory=list)
    files: int = 0
    pages: list[str] = field(default_factory=list)
    log: str = ""


def look(url: str, site: Site, cookies: list[list[str]] | None = None) -> Report:
    """`cookies` of a session: the pages behind the sign-in are looked at, too. Raises EnlaceError `unreachable`."""
    report = Report()
    with httpx.Client(base_url=url, headers=ASKED, timeout=30) as http:
        try:
            _files(http, site.manifest, report)
            for path in OPEN_PAGES:
                _page(http, path, site.manifest, report)
            _key_log(http, site, report)
            for name, value in cookies or ():
                http.cookies.set(name, value)
            for path in SIGNED_IN_PAGES if cookies else ():
                _page(http, path, site.manifest, report)
        except httpx.HTTPError as error:
            raise EnlaceError("unreachable", type(error).__name__) from None
    return report


# --- Files ---------------------------------------------------------------------------------------------------------------


def _files(http: httpx.Client, manifest: Manifest, report: Report) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(http.get, manifest.files)
        for (path, wanted), answer in zip(manifest.files.items(), answers, strict=True):
            report.files += 1
            if answer.status_code != 200:
                report.findings.append(f"missing: {path}")
            elif hashlib.sha256(answer.content).hexdigest() != wanted:
                report.findings.append(f"other bytes: {path}")


# --- Pages ---------------------------------------------------------------------------------------------------------------


def _page(http: httpx.Client, path: str, manifest: Manifest, report: Report) -> None:
    answer = http.get(path)
    if not answer.has_redirect_location:  # "/" sends who is not signed in to the first page
        report.findings += [f"{path} holds {finding}" for finding in pages.read(answer.text, path, manifest).findings]
        report.pages.append(path)
    if "refresh" in answer.headers or _leaves(http, answer):
        report.findings.append(f"{path} leads elsewhere")
    if not any(directives(one) == directives(manifest.csp) for one in answer.headers.get_list("content-security-policy")):
        shown = answer.headers.get("content-security-policy", "none")
        report.findings.append(f"{path} has another policy: {shown}")


def _leaves(http: httpx.Client, answer: httpx.Response) -> bool:
    target = http.base_url.join(answer.headers.get("location", ""))
    return answer.has_redirect_location and (target.scheme, target.netloc) != (http.base_url.scheme, http.base_url.netloc)


def directives(policy: str) -> dict[str, frozenset[str]]:
    """Of a repeated directive the first counts (CSP level 3, section 2.2.1)."""
    found: dict[str, frozenset[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        if name:
            found.setdefault(name.lower(), frozenset(sources))
    return found


# --- The key log ---------------------------------------------------------------------------------------------------------


def _key_log(http: httpx.Client, site: Site, report: Report) -> None:
    if site.leaf is None:
        report.log = "not asked: this package carries no signed release"
        return
    mine = parse_build(site.leaf)
    if mine.manifest != site.manifest.digest:
        raise EnlaceError("no_pages")
    try:
        head, proved = _proved(http.get("/api/keylog/builds").json())
    except (EnlaceError, ValueError, KeyError, TypeError):
        report.findings.append("the key log gives no proof of its releases")
        return
    builds = [(index, build) for index, build in proved if build.public == mine.public]
    index = next((index for index, build in builds if build.signed == mine.signed), None)
    if index is None:
        report.findings.append(f"the key log does not announce release {mine.version} of this package")
        return
    newest = max(builds, key=lambda row: row[0])
    if newest[0] != index:
        report.findings.append(f"the key log announces a newer release, {newest[1].version}: install it and ask again")
    report.log = f"leaf {index} of {head.size}, root {head.root.hex()}, release key {b64u(mine.public)}"


def _proved(told: dict[str, Any]) -> tuple[checkpoint.Checkpoint, list[tuple[int, certs.Build]]]:
    """The releases that stand in a log whose head is signed. The key of the log is the host's word here: what the log must not do
    later is take them back, and every client that keeps the log holds it to that."""
    head = checkpoint.parse(told["checkpoint"])
    checkpoint.verify_log(head, unb64u(told["log_key"]))
    found = []
    for row in told["builds"]:
        leaf, index = unb64u(row["leaf"]), int(row["index"])
        proof = [unb64u(step) for step in row["proof"]]
        if not merkle.verify_inclusion(index, head.size, merkle.leaf_hash(leaf), proof, head.root):
            raise EnlaceError("bad_leaf")
        found.append((index, parse_build(leaf)))
    return head, found
