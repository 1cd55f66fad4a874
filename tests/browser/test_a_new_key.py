"""Noemí takes a new key in her browser: with the old one, after a laptop was stolen, and after all was lost."""

import secrets
from datetime import datetime

import pytest
from playwright.sync_api import expect

from client.b64 import b64u, unb64u
from sealed import safety
from tests import cast


@pytest.fixture
def noemi(founder):
    """A new officer of Honduras, whom no other test knows."""
    return founder.invite("HN", f"noemi.{secrets.token_hex(4)}", "Noemí Lagos", cast.PASSWORD, languages=["es"])


@pytest.fixture
def room(noemi, bashir):
    """Noemí and Bashir, with two epochs behind them."""
    room = noemi.enlace.create_channel("corridor", {bashir.kid: "w"}, "Dos años de trabajo")
    room.post("el primer mensaje")
    room.rotate()
    bashir.enlace.room(room.id).post("el segundo, bajo otra clave")
    return room.refresh()


def digits(text):
    return "".join(filter(str.isdigit, text))


def make_keys(page, person):
    """From the page that explains to the page that waits; the code of the sign-in is still fresh. What the sheet says is what
    the person has from now on."""
    page.click("[data-make]")
    words = page.locator("[data-part=words] li")
    expect(words).to_have_count(7)
    person.account.passphrase = " ".join(words.all_inner_texts())
    person.account.recovery_code = page.locator("[data-part=recovery]").inner_text()
    page.click("[data-step=words] [data-next]")
    for name in "ab":
        at = int(digits(page.locator(f"[data-part=ask-{name}]").inner_text()))
        page.fill(f"#word-{name}", person.account.passphrase.split()[at - 1])
    page.click("[data-step=confirm] button[type=submit]")
    expect(page.locator("[data-step=vouching]")).to_be_visible()


def vouch(diego, page):
    """Diego hears the digits that her page shows."""
    shown = digits(page.locator("[data-part=fingerprint]").inner_text())
    rows = diego.enlace.http.get("/api/authority/requests")["requests"]
    kids = {digits(safety.fingerprint(unb64u(row["kid"]))): row for row in rows}
    diego.enlace.vouch(kids[shown])


def messages(page):
    return page.locator("[data-part=log] .bubble")


def test_a_stolen_laptop_and_a_new_key(window, noemi, bashir, diego, room):
    old = noemi.kid
    hers = window(noemi)
    stolen = room.refresh().post("manden a los niños por el otro paso")  # by whoever has the laptop
    room.refresh()
    hers.go("/me/")
    hers.page.get_by_role("link", name="Obtener una clave nueva").click()
    hers.page.check("#lost-it")
    since = datetime.fromisoformat(room.rows[stolen].at)
    local = hers.page.evaluate(
        "ms => new Date(ms - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 23)", since.timestamp() * 1000
    )
    hers.page.fill("#lost-since", local)
    make_keys(hers.page, noemi)
    expect(hers.page.get_by_role("link", name="Seguir trabajando con la clave anterior")).to_be_visible()
    vouch(diego, hers.page)
    hers.page.wait_for_selector("nav.nav")
    hers.go("/channels/")
    row = hers.page.locator(f'[data-id="{room.id}"]')
    expect(row).to_contain_text("Dos años de trabajo")
    row.click()
    expect(messages(hers.page)).to_have_text(
        ["el primer mensaje", "el segundo, bajo otra clave", "manden a los niños por el otro paso"]
    )
    expect(hers.page.locator("[data-part=log]")).to_contain_text("sigue con una clave nueva")
    expect(hers.page.locator("[data-part=log]")).to_contain_text("El autor dice: no es mío")
    hers.page.fill("[data-part=text]", "soy yo, con la clave nueva")
    hers.page.click("[data-part=send]")
    expect(hers.page.locator("[data-part=log]")).to_contain_text("soy yo, con la clave nueva")
    his = bashir.enlace.room(room.id)
    assert his.texts()[-1] == "soy yo, con la clave nueva"
    assert his.state.repudiated == {old: stolen}
    new = next(kid for kid in his.state.members if kid != bashir.kid)
    assert not bashir.enlace.directory.key(new).reset
    assert bashir.enlace.sync().revoked(old), "her own browser took the stolen key back"


def test_words_and_code_are_lost(window, noemi, bashir, diego, room):
    hers = window(noemi, unlocked=False)
    hers.page.wait_for_load_state("load")
    hers.page.locator("[data-lock]:visible").first.click()
    hers.page.get_by_role("link", name="Perdí las palabras y el código").click()
    make_keys(hers.page, noemi)
    vouch(diego, hers.page)
    hers.page.wait_for_selector("nav.nav")
    hers.go(f"/channels/{room.id}/")
    expect(hers.page.locator("[data-part=mute]")).to_contain_text("hasta que un colega compare los dígitos")
    expect(messages(hers.page)).to_have_count(0)

    his = window(bashir)
    his.go(f"/channels/{room.id}/")
    alarm = his.page.locator("[data-part=banners] [data-reset]")
    expect(alarm).to_contain_text("Clave restablecida: Noemí Lagos")
    expect(his.page.locator("[data-part=composer]")).to_be_hidden()
    alarm.get_by_role("button", name="Ya lo sé").click()
    expect(his.page.locator("[data-part=composer]")).to_be_visible()
    alarm.get_by_role("button", name="Comparar y confirmar").click()
    new = diego.enlace.sync().current(noemi.enlace.vault.subject)
    assert new.reset
    assert digits(his.page.locator("[data-part=safety-digits]").inner_text()) == digits(safety.number(bashir.kid, new.kid))
    his.page.click("[data-part=safety-mark]")
    expect(his.page.locator("[data-part=log]")).to_contain_text("confirmó la clave nueva de Noemí Lagos")
    expect(alarm).to_have_count(0)

    expect(messages(hers.page)).to_have_text(["el primer mensaje", "el segundo, bajo otra clave"])
    hers.page.fill("[data-part=text]", "gracias, Bashir")
    hers.page.click("[data-part=send]")
    expect(messages(his.page).last).to_have_text("gracias, Bashir")
    assert b64u(new.kid) in {b64u(kid) for kid in bashir.enlace.room(room.id).state.members}
