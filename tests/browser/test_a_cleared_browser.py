"""Noemí's browser forgets everything. With one passphrase, one code or one security key she is back in all her channels."""

import secrets

import pytest
from playwright.sync_api import expect

from tests import cast

TITLES = ("Corredor de Agua Caliente", "Turno de noche", "Retorno del jueves")
FORGOTTEN = """async () => {
  const kept = await Promise.all((await indexedDB.databases()).map(({ name }) => new Promise((done) => {
    const ask = indexedDB.open(name);
    ask.onsuccess = () => { const stores = [...ask.result.objectStoreNames]; ask.result.close(); done(stores); };
  })));
  return kept.flat().length + localStorage.length + sessionStorage.length;
}"""


@pytest.fixture
def noemi(founder):
    """Somebody of Honduras whose locks these tests change."""
    return founder.invite(
        "HN", f"noemi.{secrets.token_hex(3)}", "Noemí Prueba", cast.PASSWORD, role="officer", posts=[], languages=["es"]
    )


@pytest.fixture
def channels(noemi, ana, bashir):
    """{title: (first message, last message)}, by others and by herself."""
    said = {}
    for title in TITLES:
        room = ana.enlace.create_channel("corridor", {bashir.kid: "w", noemi.kid: "w"}, title)
        first, last = f"Primero de «{title}»", f"Último de «{title}»"
        room.post(first)
        for n in range(3):
            bashir.enlace.room(room.id).post(f"entre medio {n}")
        noemi.enlace.room(room.id).post(last)
        said[title] = (first, last)
    return said


class Authenticator:
    """A security key in this window, as Chromium imitates one: it is touched at once, by its owner."""

    def __init__(self, hers, **options) -> None:
        self.line = hers.context.new_cdp_session(hers.page)
        self.line.send("WebAuthn.enable")
        self.id = self.plug_in(**options)

    def plug_in(self, **options) -> str:
        kind = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "usb", "hasResidentKey": True}
        owner = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True, "hasPrf": True}
        return self.line.send("WebAuthn.addVirtualAuthenticator", {"options": kind | owner | options})["authenticatorId"]

    def verifies(self, is_her: bool) -> None:
        self.line.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": is_her})

    def pull_out(self) -> None:
        self.line.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})

    def swap(self, **options) -> None:
        self.pull_out()
        self.id = self.plug_in(**options)

    @property
    def credentials(self) -> list[dict]:
        return self.line.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]


def at_a_name(window, url: str, person, **options):
    """Her window under the host's name: a security key answers to no address of numbers."""
    hers = window(**options)
    hers.base = url.replace("127.0.0.1", "localhost")
    hers.sign_in(person)
    return hers


def cleared(hers, person) -> None:
    """Everything that this browser kept is gone; then she signs in again."""
    hers.page.goto("about:blank")  # a page of Enlace would see the cookie go, and leave by itself
    hers.context.clear_cookies()
    hers.go("/signin/")
    line = hers.context.new_cdp_session(hers.page)
    line.send("Storage.clearDataForOrigin", {"origin": hers.base, "storageTypes": "all"})
    hers.go("/signin/")
    assert hers.page.evaluate(FORGOTTEN) == 0
    hers.sign_in(person)
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)


def reads_all(hers, channels) -> None:
    hers.go("/channels/")
    for title, (first, last) in channels.items():
        hers.page.locator("main a.list-row", has=hers.page.locator(".row-title", has_text=title)).first.click()
        expect(hers.page.locator("[data-conversation] [data-part=title]")).to_have_text(title)
        expect(hers.page.locator(".message .bubble", has_text=first)).to_have_text(first)
        expect(hers.page.locator(".message .bubble").last).to_have_text(last)


def unlock_with_key(hers) -> None:
    hers.page.locator("[data-lock]:visible").first.click()
    hers.page.locator("#unlock [data-unlock-key]").click()
    hers.page.wait_for_selector("html[data-seal=open]", timeout=40_000)


def add_key(hers, name: str) -> None:
    hers.go("/me/")
    hers.page.locator("[data-add-key]").click()
    dialog = hers.page.locator("#slot-name")
    dialog.locator("#slot-name-text").fill(name)
    dialog.locator("[data-yes]").click()
    expect(dialog).to_be_hidden()
    expect(hers.page.locator("[data-part=slots]")).to_contain_text(name)


def test_with_seven_words(window, host, noemi, channels):
    hers = at_a_name(window, host.urls[0], noemi)
    cleared(hers, noemi)
    hers.unlock(noemi)
    reads_all(hers, channels)


def test_with_the_recovery_code(window, host, noemi, channels):
    hers = at_a_name(window, host.urls[0], noemi)
    cleared(hers, noemi)
    hers.page.locator("[data-lock]:visible").first.click()
    hers.page.fill("#unlock-secret", noemi.account.recovery_code)
    hers.page.click("#unlock [data-unlock-submit]")
    hers.page.wait_for_selector("html[data-seal=open]")
    reads_all(hers, channels)


def test_with_a_security_key(window, host, noemi, channels):
    hers = at_a_name(window, host.urls[0], noemi)
    hers.unlock(noemi)
    Authenticator(hers)
    add_key(hers, "Llave gris, caja fuerte")
    cleared(hers, noemi)
    unlock_with_key(hers)
    reads_all(hers, channels)
