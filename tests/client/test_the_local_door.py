"""`enlace open`: who gets in at 127.0.0.1, and what goes in and out there. Other programs and other sites' pages are outside."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
from threading import Thread

import httpx
import pytest

from client.local import guard
from client.local.server import LocalSite
from client.site import Site
from scripts import served
from sealed.errors import EnlaceError
from sealed.open_keys import new_recovery_code, passphrase_words, show_recovery_code
from tests.hostile.proxy import Proxy, Trick

pytestmark = pytest.mark.outside
PAGE = {"Accept": "text/html", "Accept-Language": "es"}


@pytest.fixture(scope="module")
def line(young_host):
    proxy = Proxy(young_host.urls[0])
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def package() -> Site:
    served.main()
    return Site.read(served.OUT)


@pytest.fixture
def local(line, package):
    site = LocalSite(line.url, package, port=0)
    Thread(target=site.serve, daemon=True).start()
    yield site
    site.close()


@pytest.fixture
def browser(local):
    """One that came by the address."""
    with httpx.Client(base_url=local.door.origin, headers=PAGE) as client:
        assert client.get(local.door.address).headers["location"] == "/"
        yield client


def test_who_came_by_the_address_sees_the_pages_of_the_host(browser, local):
    page = browser.get("/signin/")
    assert page.status_code == 200
    assert 'name="username"' in page.text
    assert f'data-host="{local.line.origin}"' in page.text
    scripts = [part.split('"')[0] for part in page.text.split('src="')[1:]]
    assert len(scripts) >= 3
    for path in scripts:
        assert browser.get(path).content == local.site.file(path)
    assert browser.get("/").headers["location"].startswith("/signin/")
    policy = page.headers["content-security-policy"]
    assert f"script-src {local.door.origin}/static/;" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert not browser.cookies.get("sessionid"), "the session with the host stays in the program"


def test_the_address_works_once(local):
    used, browser = local.door.address, httpx.Client(base_url=local.door.origin, headers=PAGE)
    assert browser.get(used).headers["clear-site-data"] == '"cache"', "nothing that stood at this port before counts"
    assert browser.get("/signin/").status_code == 200
    again = browser.get(used)
    assert (again.status_code, again.headers["location"]) == (303, "/"), "the browser that was let in may come by it again"
    with httpx.Client(base_url=local.door.origin, headers=PAGE) as other:
        answer = other.get(used)
        assert answer.status_code == 403
        assert "sirve una sola vez" in answer.text


OUTSIDE = {
    "another program": {"cookie": ""},
    "a guess": {"cookie": f"{guard.COOKIE}=guess"},
    "a page of another site": {"sec-fetch-site": "cross-site"},
    "a page at another port": {"sec-fetch-site": "same-site"},
    "a page of another origin": {"origin": "https://evil.example"},
    "a page without an origin": {"origin": "null"},
    "a name that leads here": {"host": "evil.example"},
    "a name that leads here, with the port": {"host": "localhost:80"},
}


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("path", ["/signin/", "/static/liaison/css/base.css", "/ws"])
def test_nobody_else_gets_anything(name, path, browser, line):
    assert browser.get(path).status_code in (200, 404, 502), "the browser itself gets an answer"
    heard = Heard()
    with line.lying(heard):
        answer = browser.get(path, headers=OUTSIDE[name])
    assert answer.status_code == 403
    assert "content-security-policy" in answer.headers
    assert heard.asked == [], "the host is not even asked"


def test_what_changes_something_must_come_from_a_page_of_the_door(browser, local):
    form = {"username": "sofia", "password": "wrong"}
    assert browser.post("/signin/", data=form).status_code == 403, "no origin was named"
    assert browser.post("/signin/", data=form, headers={"origin": local.door.origin}).status_code in (200, 403)
    assert browser.get("/ws", headers={"upgrade": "websocket", "connection": "upgrade"}).status_code == 403


class Heard(Trick):
    """The truth, and what was asked for it."""

    def __init__(self):
        self.asked = []

    def serve(self, asked, served):
        self.asked.append(asked.path)


class Says(Trick):
    """Another answer to one path."""

    def __init__(self, path, sort, data, status=200, **headers):
        self.path, self.sort, self.data, self.status, self.headers = path, sort, data, status, headers

    def serve(self, asked, served):
        if asked.path == self.path:
            served.status, served.data = self.status, self.data
            served.headers = {"content-type": self.sort, "set-cookie": "x=y", "refresh": "0;url=/", **self.headers}


def test_a_host_cannot_serve_a_script_under_any_name(browser, line):
    for path, sort in (
        ("/api/x", "text/javascript"),
        ("/x.js", "application/javascript"),
        ("/x.css", "text/css"),
        ("/x", "image/png"),
    ):
        with line.lying(Says(path, sort, b"steal()")):
            answer = browser.get(path)
        assert answer.status_code == 502, sort
        assert b"steal" not in answer.content
    with line.lying(Says("/x", "application/json", b'{"a": 1}', **{"content-security-policy": "script-src *"})):
        answer = browser.get("/x")
    assert answer.json() == {"a": 1}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src *" not in answer.headers["content-security-policy"]
    assert "refresh" not in answer.headers
    with line.lying(Says("/static/evil.js", "text/javascript", b"steal()")):
        assert browser.get("/static/evil.js").status_code == 404, "files come from the package or not at all"


def test_a_page_with_a_script_more_is_not_shown_and_says_why(browser, line):
    page = browser.get("/signin/").content
    altered = page.replace(b"</head>", b"<script src=/static/evil.js></script></head>").replace(b"data-host", b"data-x")
    assert altered != page
    with line.lying(Says("/signin/", "text/html; charset=utf-8", altered)):
        answer = browser.get("/signin/")
    assert answer.status_code == 502
    assert "No se muestra y nada de ella se ejecutó" in answer.text
    assert "a script that is not of the release: /static/evil.js" in answer.text
    assert "<script" not in answer.text


def test_a_host_cannot_send_the_browser_elsewhere(browser, line):
    for target in ("https://evil.example/", "//evil.example/", "http://127.0.0.1:1/"):
        with line.lying(Says("/signin/", "text/html", b"", 302, location=target)):
            assert browser.get("/signin/").status_code == 400, target
    with line.lying(Says("/signin/", "text/html", b"", 302, location="/me/")):
        assert browser.get("/signin/").headers["location"] == "/me/"


@pytest.mark.parametrize("language", ["es", "en", "fr", "pt"])
def test_seven_words_do_not_leave_whatever_page_asks_for_them(language, browser, local, line):
    words = passphrase_words(language=language)
    mine = {"origin": local.door.origin, "x-csrftoken": "x" * 32}
    lawful, heard = Heard(), Heard()
    ways = {
        "typed as a user name": lambda said: browser.post("/signin/", data={"username": " ".join(said)}, headers=mine),
        "a field for each": lambda said: browser.post(
            "/signin/", data={f"w{n}": word for n, word in enumerate(said)}, headers=mine
        ),
        "in capitals, with commas": lambda said: browser.post(
            "/signin/", data={"password": ", ".join(said).upper()}, headers=mine
        ),
        "deep in JSON": lambda said: browser.post("/api/signin", json={"a": [{"b": " ".join(said)}]}, headers=mine),
        "in the address": lambda said: browser.get("/signin/", params={"next": " ".join(said)}),
    }
    for name, way in ways.items():
        with line.lying(lawful):
            assert "secret_stopped" not in way(words[:6]).text, name
        with line.lying(heard):
            stopped = way(words)
            assert stopped.status_code == 403, name
            assert "No se envió nada" in stopped.text
    assert heard.asked == []
    assert lawful.asked == ["/signin/"], "the lawful twin in the address did reach the host"


def test_nor_does_a_recovery_code(browser, local):
    code = show_recovery_code(new_recovery_code())
    mine = {"origin": local.door.origin}
    for said in (code, code.lower().replace("-", " "), f"código: {code}."):
        assert browser.post("/signin/", data={"code": said}, headers=mine).status_code == 403, said
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert "recuperación" not in browser.post("/signin/", data={"code": wrong}, headers=mine).text, "a wrong one is no secret"


def test_what_no_page_sends_is_not_passed_on(browser, local):
    mine = {"origin": local.door.origin}
    assert browser.post("/api/signin", content=b"words", headers={**mine, "content-type": "text/plain"}).status_code == 400
    assert browser.post("/api/signin", content=b"{", headers={**mine, "content-type": "application/json"}).status_code == 400
    raw = http.client.HTTPConnection(local.door.origin.removeprefix("http://"), timeout=10)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    raw.request("GET", "http://evil.example/", headers={"Cookie": cookie, "Host": raw.host + f":{raw.port}"})
    assert raw.getresponse().status == 400
    raw.close()


def test_a_host_that_is_away_is_told(local, line):
    away = LocalSite("http://127.0.0.1:1", local.site, port=0)
    Thread(target=away.serve, daemon=True).start()
    with httpx.Client(base_url=away.door.origin, headers={"Accept": "application/json"}) as client:
        client.get(away.door.address)
        assert client.get("/api/me").json()["error"]["code"] == "unreachable"
    away.close()


def test_a_package_whose_files_were_touched_serves_none_of_them(local, tmp_path):
    shutil.copytree(local.site.folder, tmp_path / "served")
    path = "/static/liaison/css/base.css"
    assert Site.read(tmp_path / "served").file(path)
    (tmp_path / "served" / path[1:]).write_bytes(b"body{}")
    with pytest.raises(EnlaceError, match="no_pages"):
        Site.read(tmp_path / "served").file(path)


def test_the_command_opens_it_and_says_where(young_host, tmp_path):
    """The package is the checkout's own; no browser is started."""
    served.main()
    command = [sys.executable, "-m", "client.cli", "open", "--url", young_host.urls[0], "--port", "0", "--no-browser"]
    env = {**os.environ, "ENLACE_HOME": str(tmp_path), "PYTHONPATH": os.getcwd()}
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        told, address = running.stdout.readline(), running.stdout.readline().strip()
        assert young_host.urls[0] in told
        with httpx.Client(headers=PAGE, follow_redirects=True) as client:
            assert 'name="username"' in client.get(address).text
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 130
    finally:
        running.kill()
        running.stdout.close()
