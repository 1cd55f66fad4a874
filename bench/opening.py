"""How long a channel of 10,000 events takes to open, against the bare primitives on the same bytes.

    .venv/bin/python -m bench.opening [events]

raw      Ed25519 verification, SHA-256 of ciphertext and header, Cobblestone-256 opening: nothing else
newest   until the newest page can be shown (Chromium)
opening  everything: JSON, base64, CBOR, key log, rules, transcript, signatures, hashes, opening, rows
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from bench.channel import Stored
from client.b64 import b64u
from client.enlace import Enlace
from client.rooms import Room
from config import csp
from scripts import browser, node
from sealed import events, keylog
from sealed.events import CONTROL
from sealed.open_events import epoch_key
from sealed.open_keys import Vault
from sealed.open_suite import aead_open
from sealed.suite import sha256, verify

READER = "bashir"
ROOT = Path(__file__).resolve().parent.parent
POLICY = "; ".join(f"{name} {' '.join(words)}" for name, words in csp.DIRECTIVES.items())
BEST_OF = 3
MOST = 2.5  # times the primitives


def python_raw(stored: Stored) -> float:
    directory, script = stored.world.directory(), stored.script
    secrets = {epoch: epoch_key(script.secret(epoch), script.channel_id, epoch) for epoch in script.state.commits}
    ready = []
    for wire in script.wires:
        event = events.parse(wire)
        key = None if event.kind == CONTROL else secrets[event.epoch]
        ready.append((directory.keys[event.sender_kid].sig_pub, event.hdr, event.sig, event.payload, key, event.ad))
    started = time.perf_counter()
    for sig_pub, hdr, sig, payload, key, ad in ready:
        assert verify(sig_pub, hdr, sig)
        sha256(payload)
        sha256(hdr)
        if key is not None:
            aead_open(key, ad, payload)
    return time.perf_counter() - started


class Answers:
    """The host, in memory: JSON text for the paths that an opening asks."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.kept: dict[str, bytes] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = str(request.url.raw_path, "ascii")
        if path not in self.kept:
            self.kept[path] = json.dumps(self.answer(request)).encode()
        return httpx.Response(200, content=self.kept[path])

    def answer(self, request: httpx.Request) -> dict[str, Any]:
        stored, asked = self.stored, request.url.params
        if request.url.path == "/api/keylog":
            start = int(asked["from"])
            return {"size": len(stored.world.leaves), "leaves": [b64u(leaf) for leaf in stored.world.leaves[start:]]}
        if request.url.path.endswith("/events"):
            return stored.page(int(asked["after"]), None, min(int(asked["limit"]), 500))
        return stored.detail(READER)


def python_opening(stored: Stored, answers: Answers) -> float:
    world = stored.world
    enlace = Enlace("http://bench")
    enlace.http.session = httpx.Client(base_url="http://bench", transport=httpx.MockTransport(answers))
    enlace.vault = Vault(bytes(16), 1, [(0, world.people[READER].user_seed)], world.own_root)
    enlace.log.replica.take(world.leaves)
    enlace.log.head = enlace.log.replica.accept(stored.note, stored.log_key)
    enlace.log.directory = keylog.replay(world.leaves, world.own_root)
    started = time.perf_counter()
    rows = Room(enlace, stored.script.channel_id).load().opened()
    took = time.perf_counter() - started
    assert [row.code for row in rows] == [None] * len(stored.events)
    assert len([row for row in rows if row.text]) == len(stored.events) - len(stored.controls)
    return took


class Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_said: Any) -> None:
        pass


def page_of(stored: Stored, folder: Path) -> None:
    aliases = [f"--alias:{app}=./{app}/static/{app}/js" for app in ("liaison", "messaging")] + ["--alias:sealed=./sealed/js"]
    options = ["--bundle", "--splitting", "--format=esm", "--target=es2022", "--log-level=warning", f"--outdir={folder}"]
    command = [*node.find()[0], "node_modules/esbuild/bin/esbuild", "bench/opening_page.js", *aliases, *options]
    subprocess.run(command, cwd=ROOT, check=True)
    script, world = stored.script, stored.world
    parsed = [events.parse(wire) for wire in script.wires]
    data = {
        "detail": stored.detail(READER),
        "events": stored.events,
        "ids": b64u(stored.ids),
        "leaves": [b64u(leaf) for leaf in world.leaves],
        "own_root": b64u(world.own_root),
        "note": stored.note,
        "log_key": b64u(stored.log_key),
        "seed": b64u(world.people[READER].user_seed),
        "secrets": [b64u(script.secret(epoch)) for epoch in sorted(script.state.commits)],
        "epochs": [None if event.kind == CONTROL else event.epoch for event in parsed],
    }
    (folder / "stored.json").write_text(json.dumps(data))
    (folder / "index.html").write_text("<!doctype html><title>bench</title>")


def chromium(stored: Stored) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    known = browser.find()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_of(stored, Path(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        Thread(target=server.serve_forever, daemon=True).start()
        window = driver.chromium.launch(executable_path=known["path"], env=known["env"], args=browser.ARGS)
        page = window.new_page()
        best: dict[str, Any] = {}
        for _ in range(BEST_OF):
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            got = page.evaluate(
                """async () => (await import("/opening_page.js")).measure(await (await fetch("/stored.json")).json())"""
            )
            assert got["opened"] == len(stored.events), got
            best = {
                name: min(got[name], best.get(name, got[name])) if isinstance(got[name], float) else got[name] for name in got
            }
        best["version"] = window.version
        window.close()
        server.shutdown()
    return best


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    stored = Stored(count)
    answers = Answers(stored)
    raw = min(python_raw(stored) for _ in range(BEST_OF))
    whole = min(python_opening(stored, answers) for _ in range(BEST_OF + 1))
    print(f"{count} events, best of {BEST_OF}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    held = shown("Python", raw, whole)
    got = chromium(stored)
    held &= shown("Chromium", got["raw"] / 1000, got["whole"] / 1000)
    print(f"the newest {got['first'][1]} stand after {got['newest'] / 1000:.2f} s (Chromium {got['version']})")
    sys.exit(0 if held else f"more than {MOST} times the primitives")


def shown(name: str, raw: float, whole: float) -> bool:
    print(f"{name:<9} raw {raw:5.2f} s   opening {whole:5.2f} s   {whole / raw:.2f} times")
    return whole <= MOST * raw


if __name__ == "__main__":
    main()
