"""Bashir carries a message into another channel, in his browser: what is open goes, what is kept stays."""

from playwright.sync_api import expect

from sealed.handling import Handling


def test_bashir_forwards_what_is_open_and_is_told_why_the_other_stays(window, ana, bashir, ines, fernando):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "De donde viene")
    room.post("Abren a las ocho.", handling=Handling(1))
    room.post("Los vieron en Ayutla.", handling=Handling(2))
    home = bashir.enlace.create_channel("corridor", {ines.kid: "w"}, "Adonde va, en casa")
    abroad = bashir.enlace.create_channel("corridor", {fernando.kid: "w"}, "Adonde va, a Guatemala")
    his = window(bashir)
    his.go("/channels/")
    expect(his.page.locator(f'main a.list-row[data-id="{abroad.id}"]')).to_contain_text("a Guatemala")
    expect(his.page.locator(f'main a.list-row[data-id="{home.id}"]')).to_contain_text("en casa")
    his.page.locator(f'main a.list-row[data-id="{room.id}"]').click()
    dialog = his.page.locator("#forwarding")

    def begin(text):
        message = his.page.locator(".message", has_text=text)
        message.hover()
        message.get_by_role("button", name="Más").click()
        his.page.locator("#message-acts").get_by_role("button", name="Reenviar").click()
        expect(dialog).to_contain_text(text)
        dialog.locator("[data-forward-filter]").fill("adonde va")
        expect(dialog.locator("[name=channel]")).to_have_count(2)

    begin("Los vieron en Ayutla.")
    kept = dialog.locator(".choice", has_text="a Guatemala")
    expect(kept).to_contain_text("Su código de manejo lo reserva")
    expect(kept.locator("input")).to_be_disabled()
    dialog.get_by_role("button", name="Cancelar").click()

    begin("Abren a las ocho.")
    dialog.locator(".choice", has_text="a Guatemala").click()
    dialog.get_by_role("button", name="Reenviar").click()
    expect(dialog).to_be_hidden()
    said = fernando.enlace.room(abroad.id).talk().messages()[-1]
    assert (said.text, said.handling, said.origin) == ("Abren a las ocho.", Handling(1), "HN")
    his.page.locator(f'main a.list-row[data-id="{abroad.id}"]').click()
    expect(his.page.locator(".message", has_text="Abren a las ocho.")).to_contain_text("Palabras de")
    assert fernando.enlace.room(abroad.id).texts() == ["Abren a las ocho."]
