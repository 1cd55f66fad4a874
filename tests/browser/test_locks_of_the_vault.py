"""Noemí adds a lock to her vault and takes one away; a host, a stranger's key and a finder of old copies try them."""

import re

import pytest
from playwright.sync_api import expect

from client.b64 import b64u, unb64u
from sealed.errors import EnlaceError
from sealed.open_keys import open_slot, open_vault, parse_recovery_code
from sealed.open_passkey import PASSKEY, passkey_of, seal_passkey_slot
from tests.browser.test_a_cleared_browser import Authenticator, add_key, at_a_name, noemi, unlock_with_key  # noqa: F401
from tests.hostile.proxy import Proxy
from tests.hostile.tricks import OtherVault
from tests.sealed.make_passkeys import bent

SAYS = {
    "passkey_declined": "La llave de seguridad no respondió",
    "wrong_passkey": "la cerradura que dio el servidor no la hizo ella, o fue cambiada",
    "passkey_known": "ya abre sus claves",
    "passkey_without_secret": "no puede guardar un secreto para Enlace",
    "bad_vault": "No se sobrescribió nada",
    "vault_rollback": "una copia de sus claves más antigua",
    "bad_passphrase": "Estas palabras no abren sus claves",
}


@pytest.fixture(scope="module")
def line(host):
    proxy = Proxy(host.urls[0])
    yield proxy
    proxy.close()


@pytest.fixture
def hers(window, line, host, noemi):  # noqa: F811
    """Her window, unlocked, all of whose traffic takes the line."""
    made = at_a_name(window, line.url, noemi)
    made.unlock(noemi)
    return made


def told(person) -> dict:
    return person.enlace.http.get("/api/me")


def key_row(me: dict) -> dict:
    (row,) = [row for row in me["slots"] if row["type"] == PASSKEY]
    return row


def lock(hers) -> None:
    if hers.page.locator("dialog#unlock[open]").count():
        hers.page.locator("#unlock .dialog-head [data-closes]").click()
    if hers.page.locator("html[data-seal=open]").count():
        hers.page.locator("[data-lock]:visible").first.click()
        expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)


def refused(hers, code: str) -> None:
    """Her key is touched, and the dialog says why nothing opened."""
    lock(hers)
    hers.page.locator("[data-lock]:visible").first.click()
    hers.page.locator("#unlock [data-unlock-key]").click()
    expect(hers.page.locator("#unlock-secret-error")).to_contain_text(SAYS[code])
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)


def made_by_the_host(slot: bytes) -> bytes:
    """The same key, host and salt, sealed with an answer that the host made up: the only lock it can write."""
    return seal_passkey_slot(passkey_of(slot), b"\x01" * 32, b"\x02" * 32)


def test_nothing_in_the_lock_of_a_security_key_can_be_exchanged(hers, line, noemi):  # noqa: F811
    Authenticator(hers)
    add_key(hers, "Llave gris")
    row = key_row(told(noemi))
    slot = unb64u(row["slot"])
    lies = {
        "another salt": (bent(slot, salt=b"\x06" * 32), "wrong_passkey"),
        "another slot's place": (bent(slot, id=b"\x08" * 16), "wrong_passkey"),
        "other transports": (bent(slot, transports=["usb", "ble"]), "wrong_passkey"),
        "a lock that the host made": (made_by_the_host(slot), "wrong_passkey"),
        "another credential": (bent(slot, credential=b"\x02" * 32), "passkey_declined"),
    }
    for given, code in lies.values():
        with line.lying(OtherVault({"slots": [row | {"slot": b64u(given)}]})):
            refused(hers, code)
    with line.lying(OtherVault({"slots": [row | {"slot": b64u(bent(slot, rp_id="example.org"))}]})):
        lock(hers)
        hers.page.locator("[data-lock]:visible").first.click()
        expect(hers.page.locator("#unlock-secret")).to_be_visible()
        expect(hers.page.locator("#unlock [data-unlock-key]")).to_be_hidden()
    lock(hers)
    unlock_with_key(hers)


def test_only_her_key_in_her_hand_opens(hers, noemi):  # noqa: F811
    key = Authenticator(hers)
    add_key(hers, "Llave gris")
    assert "Llave gris" not in str(told(noemi)), "the host must not read what she calls it"
    assert not any("Llave gris" in said for said in hers.sent)
    lock(hers)
    unlock_with_key(hers)
    hers.go("/me/")
    hers.page.locator("[data-add-key]").click()
    hers.page.locator("#slot-name [data-yes]").click()
    expect(hers.page.locator("#slot-name-text-error")).to_contain_text(SAYS["passkey_known"])
    hers.page.locator("#slot-name [data-closes]").first.click()
    key.verifies(False)
    refused(hers, "passkey_declined")
    key.swap()
    refused(hers, "passkey_declined")
    assert len(told(noemi)["slots"]) == 3


def test_a_key_that_keeps_no_secret_is_told_so_and_nothing_is_added(hers, noemi):  # noqa: F811
    Authenticator(hers, hasPrf=False)
    hers.go("/me/")
    hers.page.locator("[data-add-key]").click()
    hers.page.locator("#slot-name [data-yes]").click()
    expect(hers.page.locator("#slot-name-text-error")).to_contain_text(SAYS["passkey_without_secret"])
    assert len(told(noemi)["slots"]) == 2


def test_a_lock_that_was_taken_away_opens_no_later_vault(hers, line, noemi):  # noqa: F811
    Authenticator(hers)
    add_key(hers, "Llave perdida")
    before = told(noemi)
    hers.go("/me/")
    row = hers.page.locator("[data-part=slots] li", has_text="Llave perdida")
    row.get_by_role("button", name=re.compile("Retirar")).click()
    dialog = hers.page.locator("#renewed")
    code = dialog.locator(".recovery").inner_text()
    dialog.locator("#renewed-words").fill("siete palabras que no son las suyas de verdad")
    dialog.locator("[data-renewed]").click()
    expect(dialog.locator(".error")).to_contain_text(SAYS["bad_passphrase"])
    assert told(noemi)["slots"] == before["slots"], "a slip of the pen changes nothing"
    dialog.locator("#renewed-words").fill(noemi.account.passphrase)
    dialog.locator("[data-renewed]").click()
    expect(dialog).to_be_hidden()
    expect(row).to_have_count(0)
    after = told(noemi)
    assert [one["type"] for one in after["slots"]] == [1, 2]
    by_words, by_code = (unb64u(one["slot"]) for one in after["slots"])
    new_key = open_slot(by_words, noemi.account.passphrase)
    assert open_slot(by_code, parse_recovery_code(code)) == new_key
    assert open_slot(by_code, parse_recovery_code(noemi.account.recovery_code)) is None, "the old paper is worthless"
    old_key = open_slot(unb64u(before["slots"][0]["slot"]), noemi.account.passphrase)
    assert open_vault(unb64u(before["vault"]), old_key).subject == open_vault(unb64u(after["vault"]), new_key).subject
    with pytest.raises(EnlaceError, match="bad_vault"):
        open_vault(unb64u(after["vault"]), old_key)
    with line.lying(OtherVault({"slots": before["slots"]})):
        refused(hers, "bad_vault")
    with line.lying(OtherVault({"slots": before["slots"], "vault": before["vault"]})):
        refused(hers, "vault_rollback")


def test_new_words_are_read_by_her_other_tab_and_her_key_opens_on(hers, noemi):  # noqa: F811
    Authenticator(hers)
    add_key(hers, "Llave gris")
    other = hers.context.new_page()
    hers.watch(other)
    other.goto(hers.base + "/me/")
    expect(other.locator("html[data-seal=open]")).to_have_count(1)
    hers.page.locator('[data-renew="passphrase"]').click()
    dialog = hers.page.locator("#renewed")
    expect(dialog.locator(".words li")).to_have_count(7)
    words = " ".join(dialog.locator(".words li").all_inner_texts())
    dialog.locator("[data-renewed]").click()
    expect(dialog).to_be_hidden()
    other.reload()
    expect(other.locator("html[data-seal=open]")).to_have_count(1)
    expect(other.locator("[data-part=slots]")).to_contain_text("Llave gris")
    lock(hers)
    unlock_with_key(hers)
    me = told(noemi)
    assert open_slot(unb64u(me["slots"][0]["slot"]), words) is not None
    assert open_slot(unb64u(me["slots"][0]["slot"]), noemi.account.passphrase) is None
    noemi.account.passphrase = words
