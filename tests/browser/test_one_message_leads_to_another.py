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
