"""Pilar leaves the desk and Omar follows her: in her own browser, or when she is gone and Bashir coordinates."""

import itertools

import pytest
from playwright.sync_api import expect

from client.b64 import b64u
from client.cases import Case, person
from sealed.handling import H3, Handling
from tests import cast

_turn = itertools.count(1)


@pytest.fixture
def invited(founder):
    """invited(name) -> a new officer of Honduras: these tests empty a post, and Ana's is needed by others."""

    def invite(name: str):
        username = f"{name.split()[0].lower()}{next(_turn)}"
        made = founder.invite("HN", username, name, cast.PASSWORD, languages=["es"])
        made.enlace.sync()
        return made

    return invite


def choose(window, before, after, *, leave: bool):
    """Fills the form and waits until the list stands."""
    page = window.page
    window.go("/handover/")
    page.locator("[data-part=who]").wait_for()
    page.select_option("#handover-before", before.enlace.officer["subject"])
    page.select_option("#handover-after", b64u(after.kid))
    page.locator("#handover-leave").set_checked(leave)
    page.locator("[data-part=look]").click()
    page.locator("[data-part=acts]").wait_for()


def row(window, room):
    return window.page.locator(f'[data-item="{room.id}"]')


def test_pilar_hands_over_all_that_is_hers_to_give(window, invited, bashir, host, network):
    pilar, omar = invited("Pilar Núñez"), invited("Omar Mejía")
    talk = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "Corredor")
    talk.post("Desde el principio")
    talk.rotate()
    talk.post("Con otra clave")
    kept = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "Reservado")
    bashir.enlace.room(kept.id).post("Solo para nosotros", handling=Handling(H3))
    direct = pilar.enlace.create_channel("direct", {bashir.kid: "o"})
    his = bashir.enlace.create_channel("corridor", {pilar.kid: "w"}, "De Bashir")
    desk = network["founder"].posts["Mesa de enlace Tegucigalpa"]
    case = Case.open(pilar.enlace, "trafficking", desk, [person("P1")], {"P1": {"name": "Rosa"}})
    case.room.act("assign", officer=b64u(pilar.kid))
    hers = window(pilar)
    choose(hers, pilar, omar, leave=False)
    expect(row(hers, talk)).to_contain_text("Desde el primer mensaje")
    expect(row(hers, kept)).to_contain_text("Pídale que lo libere")
    expect(row(hers, direct)).to_contain_text("se queda con ellas")
    expect(row(hers, his)).to_contain_text("Pídaselo a Bashir Haddad")
    hers.page.locator("[data-part=hand]").click()
    for room in (talk, case.room):
        expect(row(hers, room)).to_have_attribute("data-to", "done")
    assert omar.enlace.room(talk.id).texts() == ["Desde el principio", "Con otra clave"]
    assert {ref.granter for ref in omar.enlace.room(talk.id).state.grants_for(omar.kid)} == {pilar.kid}
    assert Case.at(omar.enlace, case.code).sealed()["P1"]["name"] == "Rosa"
    (mine,) = [row for row in omar.enlace.cases(officer=omar.enlace.officer["subject"]) if row["code"] == case.code]
    assert mine["code"] == case.code
    # Without its past, when she says so.
    hers.page.locator("#handover-unread").check()
    hers.page.locator("[data-part=hand]").click()
    expect(row(hers, kept)).to_have_attribute("data-to", "done")
    entered = omar.enlace.room(kept.id)
    assert entered.texts() == []
    assert entered.title == "Reservado"
    pilar.enlace.room(kept.id).post("Bienvenido")
    assert entered.refresh().texts() == ["Bienvenido"]
    assert {row["id"] for row in omar.enlace.channels()} == {talk.id, kept.id, case.room.id}


def test_what_was_done_before_the_line_broke_is_not_done_twice(window, invited, bashir):
    pilar, omar = invited("Pilar Rota"), invited("Omar Roto")
    rooms = [pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, f"Canal {n}") for n in range(3)]
    hers = window(pilar)
    choose(hers, pilar, omar, leave=False)
    answered: list[int] = []

    def lose_the_answer(route):
        answered.append(route.fetch().status)
        route.abort()

    hers.page.route("**/api/channels/batch", lose_the_answer)
    hers.page.locator("[data-part=hand]").click()
    again = hers.page.locator("[data-part=word] button")
    expect(again).to_be_visible()
    assert answered == [200]
    hers.wrong.clear()  # the browser itself reports the line that we cut
    hers.page.unroute_all()
    again.click()
    for room in rooms:
        expect(row(hers, room)).to_have_attribute("data-to", "done")
    expect(hers.page.locator("[data-part=hand]")).to_be_hidden()
    for room in rooms:
        assert sum(1 for one in room.refresh().rows if one.event.kind == 16) == 2, "the genesis and one handover"


def test_bashir_brings_in_the_successor_of_pilar_who_is_gone(window, invited, bashir, diego):
    pilar, omar = invited("Pilar Ida"), invited("Omar Sigue")
    room = bashir.enlace.create_channel("corridor", {pilar.kid: "w"}, "Sin Pilar")
    pilar.enlace.room(room.id).post("Lo último que dije")
    diego.enlace.sync()
    diego.enlace.revoke(pilar.kid)
    his = window(bashir)
    choose(his, pilar, omar, leave=True)
    expect(row(his, room)).to_have_attribute("data-to", "do")
    his.page.locator("[data-part=hand]").click()
    expect(row(his, room)).to_have_attribute("data-to", "done")
    followed = omar.enlace.room(room.id)
    assert followed.texts() == ["Lo último que dije"]
    assert pilar.kid not in followed.state.members
    assert followed.state.epoch == 1
    followed.post("Sigo yo")


def test_titles_go_when_the_page_is_locked(window, invited, bashir):
    pilar, omar = invited("Pilar Cierra"), invited("Omar Espera")
    room = pilar.enlace.create_channel("corridor", {bashir.kid: "w"}, "TítuloPlantado")
    hers = window(pilar)
    choose(hers, pilar, omar, leave=False)
    expect(row(hers, room)).to_contain_text("TítuloPlantado")
    hers.page.locator('[data-action="lock"]:visible, [data-lock]:visible').first.click()
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    assert "Plantado" not in hers.page.content()
