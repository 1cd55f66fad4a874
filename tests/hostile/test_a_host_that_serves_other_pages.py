"""Honduras asks from a café, without an account, whether the host serves the pages of its package. The host is honest first; then
it alters one thing after another on the way."""

import dataclasses

import httpx
import pytest

from client import cli, verify_site
from client.b64 import b64u
from client.release import ReleaseKey
from client.site import Site
from scripts import served
from sealed.errors import EnlaceError
from tests.hostile.proxy import Proxy, Trick

pytestmark = pytest.mark.outside
UNLOCK = "/static/build/js/liaison/unlock_page.js"


@pytest.fixture(scope="module")
def release_key(tmp_path_factory):
    return ReleaseKey.create(tmp_path_factory.mktemp("safe") / "release.key")


@pytest.fixture(scope="module")
def package(young_host, secretariat, release_key):
    """What Honduras installed: built apart from the host, released, and announced in the host's log."""
    served.main()
    site = Site.read(served.OUT)
    site = dataclasses.replace(site, leaf=release_key.sign(site.manifest, None))
    secretariat.http.post("/api/keylog/leaves", {"leaf": b64u(site.leaf)})
    return site


@pytest.fixture(scope="module")
def line(young_host):
    proxy = Proxy(young_host.urls[0])
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def few(package, line):
    """The same package, as if it held no more files than the first page and these tests need: quick to compare."""
    pages = httpx.get(f"{line.url}/signin/").text
    altered = {path for path, *_ in ALTERED.values()}
    files = {path: digest for path, digest in package.manifest.files.items() if path in pages or path in altered}
    assert 10 < len(files) < 30
    return dataclasses.replace(package, manifest=dataclasses.replace(package.manifest, files=files))


class Alters(Trick):
    """`change(served)` of every answer whose path begins with `path`."""

    def __init__(self, path, change):
        self.path, self.change, self.done = path, change, 0

    def serve(self, asked, served):
        if asked.path.startswith(self.path):
            self.change(served)
            self.done += 1


def one_byte(served):
    served.data = served.data[:-2] + bytes([served.data[-2] ^ 1]) + served.data[-1:]


def gone(served):
    served.status, served.data = 404, b""


def writes(what):
    def change(served):
        served.data = served.data.replace(b"</head>", what + b"</head>")

    return change


def loosens(old, new):
    def change(served):
        assert old in served.headers["content-security-policy"]
        served.headers["content-security-policy"] = served.headers["content-security-policy"].replace(old, new)

    return change


def without_policy(served):
    del served.headers["content-security-policy"]


def leads_away(served):
    served.headers["refresh"] = "0;url=https://evil.example/"


ALTERED = {
    "one byte of the page that takes the seven words": (UNLOCK, one_byte, f"other bytes: {UNLOCK}"),
    "one byte of a style sheet": ("/static/liaison/css/base.css", one_byte, "other bytes: /static/liaison/css/base.css"),
    "a file less": ("/static/build/i18n/fr.js", gone, "missing: /static/build/i18n/fr.js"),
    "a script more": ("/signin/", writes(b"<script src=/static/evil.js></script>"), "not of the release: /static/evil.js"),
    "a script of another site": ("/signin/", writes(b"<script src=https://e.example/></script>"), "not of the release: https://e.ex"),
    "a script in the page": ("/signin/", writes(b"<script>steal()</script>"), "not of the release: written into the page"),
    "a link that leads away": ("/signin/", writes(b"<a href=https://e.example/>x</a>"), "href='https://e.example/' on <a>"),
    "a looser policy": ("/signin/", loosens("script-src 'self'", "script-src 'self' 'unsafe-inline'"), "/signin/ has another"),
    "a policy without Trusted Types": ("/signin/", loosens("require-trusted-types-for 'script'; ", ""), "has another policy"),
    "no policy": ("/signin/", without_policy, "/signin/ has another policy: none"),
    "a header that leads away": ("/signin/", leads_away, "/signin/ leads elsewhere"),
}  # fmt: skip


def test_an_honest_host_serves_what_the_package_holds(line, package):
    report = verify_site.look(line.url, package)
    assert report.findings == []
    assert report.files == len(package.manifest.files) > 200
    assert report.pages == ["/signin/"]
    assert "release key" in report.log


@pytest.mark.parametrize("name", ALTERED)
def test_whatever_it_alters_for_everybody_is_found(name, line, few):
    path, change, sentence = ALTERED[name]
    trick = Alters(path, change)
    with line.lying(trick):
        report = verify_site.look(line.url, few)
    assert trick.done, "the host must have altered something"
    assert any(sentence in finding for finding in report.findings), report.findings
    assert all(path in finding or path in sentence for finding in report.findings), "and nothing else is accused"


class Builds(Trick):
    """Another answer about releases."""

    def __init__(self, change):
        self.change = change

    def answer(self, asked, told):
        if asked.path == "/api/keylog/builds":
            self.change(told)
        return told


def of_before(told):
    told["builds"] = told["builds"][1:]


def at_another_place(told):
    told["builds"][0]["index"] += 1


def a_head_of_its_own(told):
    told["checkpoint"] = told["checkpoint"].replace("enlace-keys\n", "enlace-keyz\n")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (of_before, "does not announce"),
        (at_another_place, "gives no proof"),
        (a_head_of_its_own, "gives no proof"),
        (dict.clear, "gives no proof"),
    ],
)
def test_a_log_that_hides_or_bends_the_release_is_found(change, sentence, line, few):
    with line.lying(Builds(change)):
        assert sentence in " ".join(verify_site.look(line.url, few).findings)


def test_who_holds_an_old_package_hears_of_the_newer_release(line, package, few, secretariat, release_key):
    newer = dataclasses.replace(package.manifest, data=package.manifest.data + b"\n", version="0.2")
    secretariat.http.post("/api/keylog/leaves", {"leaf": b64u(release_key.sign(newer, package.leaf))})
    report = verify_site.look(line.url, few)
    assert report.findings == ["the key log announces a newer release, 0.2: install it and ask again"]


def test_the_command_says_its_verdict_plainly(line, package, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ENLACE_HOME", str(tmp_path))
    arguments = ["verify-site", line.url, "--against", str(package.folder)]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert "The same: all that was fetched is as the package says." in said
    assert "no signed release" in said
    with line.lying(Alters(UNLOCK, one_byte)):
        assert cli.main(arguments) == 1
    said = capsys.readouterr()
    assert f"NOT THE SAME   other bytes: {UNLOCK}" in said.out
    assert "do not type your seven words there" in said.err
    assert cli.main([*arguments, "--signed-in"]) == 1, "nobody is signed in here"
    with pytest.raises(EnlaceError, match="unreachable"):
        verify_site.look("http://127.0.0.1:1", package)
