"""Before the past stays closed to somebody, or nobody can open it any more, a person is told in words and decides."""

import pytest
from playwright.sync_api import expect

from sealed.handling import H3, Handling
from tests.talking.test_the_past_is_given_again import badly_added
from tests.test_main_job import open_case, post_of, until_consented

YES = "#confirm [data-confirm-yes]"


def open_channel(window, room):
    window.go(f"/channels/{room.id}/")
    expect(window.page.locator("[data-conversation] [data-part=composer]")).to_be_visible()


def begin_to_leave(window):
    menu = window.page.locator("[data-conversation] details.menu")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    menu.locator("[data-part=leave]").click()


def open_members(window, room):
    open_channel(window, room)
    window.page.locator("[data-conversation] [data-part=people]").click()
    return window.page.locator("#members")


def test_ana_adds_fernando_without_what_bashir_keeps_from_his_country(window, ana, bashir, fernando):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Con reservas")
    bashir.enlace.room(room.id).post("solo para Honduras", handling=Handling(H3, ("HN",)))
    hers = window(ana)
    members = open_members(hers, room)
    members.locator("[data-part=members-add]").click()
    adding = hers.page.locator("#adding")
    adding.locator("[data-pick-filter]").fill("Fernando")
    adding.locator("[data-part=pick] label", has_text="Fernando").click()
    adding.locator("button[type=submit]").click()
    asked = hers.page.locator("#confirm")
    expect(asked).to_contain_text("no verán ningún mensaje ni archivo anterior")
    hers.page.locator(YES).click()
    expect(adding).to_be_hidden()
    room.refresh().post("Bienvenido")
    assert fernando.enlace.room(room.id).texts() == ["Bienvenido"]


def test_a_desk_that_accepted_comes_in_without_the_past_when_ana_says_so(window, ana, bashir):
    case = open_case(ana)
    until_consented(case)
    case.room.post("no sale de aquí", handling=Handling(H3))
    referral = case.refer("MX", post_of(ana.enlace, "MX"), "reception")
    bashir.enlace.answer_referral(case.code, referral, accept=True)
    hers = window(ana)
    hers.go(f"/cases/{case.code}/")
    expect(hers.page.locator("#confirm")).to_contain_text("datos sellados del caso")
    hers.page.locator(YES).click()
    expect(hers.page.locator(".toast", has_text="ya está en el canal")).to_be_visible()
    assert bashir.enlace.room(case.room.id).texts() == []


@pytest.fixture
def later_room(ana, bashir):
    """Ana alone has the past; Bashir came later, without it."""
    made = ana.enlace.create_channel("corridor", {}, "Pasado de una")
    made.post("lo primero")
    made.add([bashir.kid], "o", history=False)
    return made


def test_ana_is_told_that_she_is_the_last_who_can_open_the_past(window, ana, bashir, later_room):
    hers = window(ana)
    open_channel(hers, later_room)
    begin_to_leave(hers)
    asked = hers.page.locator("#confirm")
    expect(asked).to_contain_text("Usted es la última persona aquí")
    expect(asked).to_contain_text("No quedará nadie de HN aquí")
    asked.locator("button", has_text="Cancelar").click()
    assert ana.kid in bashir.enlace.room(later_room.id).state.members
    begin_to_leave(hers)
    hers.page.locator(YES, has_text="Salir de todos modos").click()
    expect(hers.page.locator("[data-nothing-open]")).to_be_visible()
    assert ana.kid not in bashir.enlace.room(later_room.id).state.members


def test_bashir_is_told_before_he_takes_her_out(window, ana, bashir, later_room):
    his = window(bashir)
    members = open_members(his, later_room)
    her_row = members.locator(".member", has_text="Ana Zelaya")
    her_row.locator("button[aria-expanded]").click()
    her_row.locator(".button-danger").click()
    expect(his.page.locator("#confirm")).to_contain_text("Ana Zelaya es la última persona aquí")
    expect(his.page.locator(YES)).to_have_text("Quitar de todos modos")


def test_carmen_asks_for_what_anas_key_did_not_open_and_bashir_gives_it(window, ana, bashir, carmen):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Clave mala")
    room.post("lo primero")
    badly_added(room, carmen.kid)
    room.rotate()
    hers = window(carmen)
    open_channel(hers, room)
    told = hers.page.locator("[data-conversation] [data-part=banners] .banner", has_text="Ana Zelaya")
    expect(told).to_contain_text("no abre")
    told.locator("button").click()
    hers.page.locator("[data-conversation] [data-part=text]").press("Enter")
    his = window(bashir)
    open_channel(his, room)
    expect(his.page.locator(".message", has_text="Una clave que me dio Ana Zelaya")).to_be_visible()
    members = open_members(his, room)
    her_row = members.locator(".member", has_text="Carmen Lobo")
    her_row.locator("button[aria-expanded]").click()
    her_row.locator("button", has_text="Dar el historial").click()
    expect(hers.page.locator(".message", has_text="lo primero")).to_be_visible()
    expect(told).to_have_count(0)
