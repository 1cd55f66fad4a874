"""The JavaScript twin in a real Chromium: the known answers and the attacks that node and Python run, under the policy of
Enlace's own pages, with the KEM that this browser brings and with the JavaScript one."""

import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page

from config import csp
from scripts import node

POLICY = "; ".join(f"{name} {' '.join(words)}" for name, words in csp.DIRECTIVES.items())
RUN = """async ({ forced, work, file }) => {
  const { forceFallback, kemSource, ...twin } = await import("/in_a_page.js");
  forceFallback(forced);
  const asked = await (await fetch(`/${file}.json`)).json();
  return { results: await twin[work](asked), source: await kemSource() };
}"""
SOURCE = """async () => (await import("/in_a_page.js")).kemSource()"""
HAS_NATIVE_KEM = """async () => {
  try {
    await crypto.subtle.generateKey("ML-KEM-768", false, ["encapsulateBits", "decapsulateBits"]);
    return true;
  } catch {
    return false;
  }
}"""


class Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_said) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[str]:
    """The twin as the bundler makes it, the vectors, and an empty page, on an address that browsers trust with crypto."""
    folder = tmp_path_factory.mktemp("twin")
    command = ["node_modules/esbuild/bin/esbuild", "tests/js/in_a_page.js", "--bundle", "--splitting", "--format=esm"]
    options = ["--target=es2022", "--charset=utf8", "--log-level=warning", f"--outdir={folder}"]
    subprocess.run([*node.find()[0], *command, *options], cwd=node.ROOT, check=True)
    for name in ("vectors", "attacks"):
        (folder / f"{name}.json").write_bytes((node.ROOT / "sealed" / "vectors" / f"{name}.json").read_bytes())
    (folder / "index.html").write_text("<!doctype html><title>twin</title>")
    (folder / "favicon.ico").touch()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def twin(chromium, site) -> Iterator[Page]:
    wrong: list[str] = []
    page = chromium.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.goto(site)
    yield page
    page.close()
    assert not wrong, wrong


def in_the_page(page: Page, work: str, file: str, *, forced: bool) -> tuple[list[str], int, str]:
    """-> the failures, how many were run, and whose KEM it was."""
    got = page.evaluate(RUN, {"forced": forced, "work": work, "file": file})
    failures = [f"{row['name']}: {row['got']}" for row in got["results"] if not row["ok"]]
    return failures, len(got["results"]), got["source"]


def test_the_browser_uses_its_own_kem_where_it_has_one(twin):
    """With a Chromium that brings no ML-KEM, both runs below are of the JavaScript KEM, and say so."""
    native = twin.evaluate(HAS_NATIVE_KEM)
    assert twin.evaluate(SOURCE) == ("native" if native else "fallback")


@pytest.mark.parametrize("forced", [False, True], ids=["the browser's own KEM", "the JavaScript KEM"])
@pytest.mark.parametrize(("work", "file", "at_least"), [("runVectors", "vectors", 250), ("runAttacks", "attacks", 120)])
def test_the_twin_answers_as_known(twin, work, file, at_least, forced):
    failures, count, source = in_the_page(twin, work, file, forced=forced)
    print(f"{file}.json: {count} answers, {source} KEM")
    assert failures == []
    assert count >= at_least, f"{count} answers prove too little"
    assert not forced or source == "fallback"
