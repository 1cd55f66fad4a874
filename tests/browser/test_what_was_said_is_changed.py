"""Ana and Bashir edit, withdraw and answer with a mark, in two real browsers."""

from playwright.sync_api import expect


def more(window, text: str):
    """The sheet of one message."""
    message = window.page.locator(".message", has_text=text)
    message.hover()
    message.locator(".message-tools button").last.click()
    sheet = window.page.locator("#message-acts")
    expect(sheet).to_be_visible()
    return sheet


def test_bashir_sees_what_ana_edits_and_withdraws(window, ana, bashir):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Enmiendas")
    room.post("Salieron 40 personas.")
    room.post("NombrePlantado")
    hers, his = window(ana), window(bashir)
    for one in (hers, his):
        one.go(f"/channels/{room.id}/")
        expect(one.page.locator(".message", has_text="Salieron 40")).to_be_visible()

    box = hers.page.locator("[data-conversation] [data-part=text]")
    box.fill("lo que ya escribía")
    more(hers, "Salieron 40").locator(".menu-item", has_text="Editar").click()
    expect(box).to_have_value("Salieron 40 personas.")
    box.fill("Salieron 41 personas.")
    box.press("Enter")
    expect(box).to_have_value("lo que ya escribía")
    edited = his.page.locator(".message", has_text="Salieron 41 personas.")
    edited.locator(".message-foot button", has_text="Editado").click()
    expect(his.page.locator("#versions .version-text")).to_have_text(["Salieron 41 personas.", "Salieron 40 personas."])
    his.page.keyboard.press("Escape")

    more(his, "Salieron 41").locator("[data-mark=on_it]").click()
    mark = hers.page.locator(".message", has_text="Salieron 41").locator(".marks .mark")
    expect(mark).to_contain_text("En eso")
    expect(mark).to_have_attribute("title", "Bashir Haddad")

    more(hers, "NombrePlantado").locator(".menu-item", has_text="Retirar").click()
    hers.page.locator("#withdrawing input[value=person_at_risk]").check()
    hers.page.locator("#withdrawing button[type=submit]").click()
    for one in (hers, his):
        expect(one.page.locator(".withdrawn")).to_contain_text("Retirado por Ana Zelaya: pone en riesgo a una persona")
        assert "NombrePlantado" not in one.page.locator("main").inner_html()


def test_what_ana_keeps_to_those_here_is_marked_and_not_given_to_fernando(window, ana, bashir, fernando):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Manejo")
    hers = window(ana)
    hers.go(f"/channels/{room.id}/")
    how = hers.page.locator("[data-conversation] [data-part=how]")
    how.click()
    sheet = hers.page.locator("#writing-how")
    sheet.locator("input[name=code][value='2']").check()
    sheet.locator("input[name=released][value=US]").check()
    sheet.locator("#how-source").select_option("B")
    sheet.locator("#how-information").select_option("2")
    sheet.locator("button[type=submit]").click()
    expect(how).to_have_text("H2 B2")
    box = hers.page.locator("[data-conversation] [data-part=text]")
    box.fill("Los vieron en Ayutla.")
    box.press("Enter")
    expect(hers.page.locator(".message", has_text="Ayutla").locator(".handling").first).to_contain_text("H2 + US")
    expect(how).to_have_text("H0")

    hers.page.locator(".conversation-head .menu summary").click()
    hers.page.locator("[data-part=add]").click()
    adding = hers.page.locator("#adding")
    adding.locator("[data-pick-filter]").fill("Fernando Xol")
    adding.locator("[data-part=pick] label", has_text="Fernando Xol").first.click()
    adding.locator("button[type=submit]").click()
    closed = hers.page.locator("#confirm")
    expect(closed).to_contain_text("el pasado queda cerrado")
    assert fernando.kid not in ana.enlace.room(room.id).state.members, "Nobody is brought in with less than was asked for."
    closed.locator("[data-confirm-yes]").click()
    expect(adding).to_be_hidden()
    assert fernando.enlace.room(room.id).texts() == []
    assert bashir.enlace.room(room.id).texts() == ["Los vieron en Ayutla."]
