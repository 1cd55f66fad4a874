"""From an answer to what it answers, and how many messages the list says are new, in real browsers."""

import os
from pathlib import Path

from playwright.sync_api import expect

SHOTS = os.environ.get("ENLACE_SHOTS")


def shot(window, name: str) -> None:
    """For a person to look at: where ENLACE_SHOTS names a folder."""
    if SHOTS:
        window.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_bashir_goes_from_an_answer_to_what_ana_asked_long_before(window, ana, bashir):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Respuestas")
    asked = room.post("¿Cuántos salieron de Tapachula?")
    for at in range(130):
        room.post(f"aviso {at}")
    room.post("Fueron 41.", reply_to=next(row.event.event_id for row in room.rows if row.n == asked))
    his = window(bashir)
    his.go(f"/channels/{room.id}/")
    answer = his.page.locator(".message", has_text="Fueron 41.")
    expect(answer).to_be_visible()
    question = his.page.locator(".message .bubble", has_text="¿Cuántos salieron").filter(has_not_text="Fueron")
    expect(question).to_have_count(0)

    answer.locator("button.quote").click()
    expect(his.page.locator(".message[data-found=true]", has_text="¿Cuántos salieron")).to_be_focused()
    expect(question).to_be_in_viewport()
    expect(his.page.locator("[data-part=jump]")).to_be_visible()
    shot(his, "quote")


def test_a_mark_and_an_edit_are_no_new_messages_in_the_list_of_bashir(window, ana, bashir):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Cuentas")
    first = room.post("uno")
    his = window(bashir)
    his.go("/channels/")
    row = his.page.locator(f'main a.list-row[data-id="{room.id}"]')
    expect(row.locator(".count")).to_have_text("3")
    room.react(first, "received")
    room.edit(first, "uno y medio")
    room.post("dos")
    expect(row.locator(".row-sub")).to_contain_text("dos")
    expect(row.locator(".count")).to_have_text("4")
    his.page.reload()
    expect(row.locator(".count")).to_have_text("4")


def test_ana_calls_bashir_who_sees_it_in_the_list_the_title_and_the_message(window, ana, bashir):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Llamadas")
    his, hers = window(bashir), window(ana)
    his.go("/channels/")
    row = his.page.locator(f'main a.list-row[data-id="{room.id}"]')
    expect(row.locator(".count")).to_be_visible()
    hers.page.set_viewport_size({"width": 320, "height": 640})
    hers.go(f"/channels/{room.id}/")
    box, offered = hers.page.locator("[data-conversation] [data-part=text]"), hers.page.locator("#calling [role=option]")
    expect(box).to_be_visible()
    box.press_sequentially("@fern")
    expect(hers.page.locator("#calling")).to_contain_text("Nadie con ese nombre es miembro aquí")
    box.fill("")
    box.press_sequentially("@")
    expect(offered.first).to_contain_text("Bashir Haddad")
    expect(offered.first).to_have_attribute("aria-selected", "true")
    assert offered.count() >= 3, "a person, his desk and his role"
    shot(hers, "picker-320")
    box.press("Escape")
    expect(offered).to_have_count(0)
    box.fill("")
    box.press_sequentially("¿Puede ver, @bash")
    box.press("ArrowDown")
    box.press("ArrowUp")
    box.press("Enter")
    expect(box).to_have_value("¿Puede ver, @Bashir Haddad ")
    box.press("Enter")

    expect(row.locator(".count-call")).to_have_text("@1")
    expect(his.page).to_have_title("(@1) Canales · Enlace")
    shot(his, "calls-list")
    row.click()
    called = his.page.locator(".message", has_text="¿Puede ver")
    expect(called).to_have_attribute("data-called", "true")
    expect(called.locator(".call")).to_have_text("@Bashir Haddad")
    expect(called.locator(".message-foot")).to_contain_text("Le llama")
    expect(his.page).to_have_title("Llamadas · Enlace")
    his.page.emulate_media(color_scheme="dark")
    shot(his, "calls-message-dark")
