"""Everybody at every page, in three languages, in the light and in the dark, at a desk and with a phone: axe finds nothing
(WCAG 2.2 AA), nothing scrolls sideways, nothing is said in another language, and no window reports an error or a broken
policy."""

import json

import httpx
import pytest
from django.urls import URLPattern, get_resolver
from playwright.sync_api import expect

from client import totp
from client.cases import Case, later, person
from sealed.handling import Handling
from tests import cast
from tests.browser.looking import DESK, PHONES, Looker
from tests.host import ROOT, Host
from tests.test_main_job import until_consented

PASSES = (  # most people of this network speak Spanish, and find it so again
    ("en", DESK, "light"),
    ("fr", PHONES[0], "light"),
    ("es", DESK, "dark"),
)

# Every page of the URL conf: who opens it, and where. A new page fails the first test until somebody walks it.
PAGES = {
    "signin/": [("visitor", "/signin/")],
    "signin/otp/": [("visitor", "/signin/otp/")],
    "demo/": [("visitor of the demo", "/demo/")],
    "join/<str:token>/": [("newcomer", "/join/{token}/")],
    "keys/": [("newcomer", "/keys/")],
    "unlock/": [("unlocking", "/unlock/")],
    "me/": [("fernando", "/me/"), ("locked", "/me/")],
    "me/password/": [("fernando", "/me/password/")],
    "me/code-app/": [("fernando", "/me/code-app/")],
    "handover/": [("fernando", "/handover/"), ("locked", "/handover/")],
    "directory/": [("fernando", "/directory/"), ("locked", "/directory/")],
    "authority/": [("gloria", "/authority/")],
    "channels/": [("fernando", "/channels/"), ("locked", "/channels/")],
    "channels/new/": [("fernando", "/channels/new/")],
    "channels/<str:channel_id>/": [("fernando", "/channels/{channel}/"), ("locked", "/channels/{channel}/")],
    "cases/": [("fernando", "/cases/"), ("carmen", "/cases/"), ("carmen", "/cases/?overdue=1")],
    "cases/new/": [("fernando", "/cases/new/"), ("fernando", "/cases/new/?kind=trafficking")],
    "cases/import/": [("fernando", "/cases/import/")],
    "cases/<casecode:code>/": [
        ("fernando", "/cases/{case}/"),
        ("locked", "/cases/{case}/"),
        ("grace", "/cases/{case}/"),  # her desk is asked: she sees where it stands, and no more
        ("carmen", "/cases/{hers}/"),
    ],
}
DOORS = {"", "healthz", "readyz", "signout/", "language/"}  # they answer, but show no page


def walked_by(who: str, ground: dict) -> list[str]:
    return [path.format(**ground) for stops in PAGES.values() for whose, path in stops if whose == who]


def routes(patterns, before: str = "") -> list[str]:
    found = []
    for one in patterns:
        route = before + str(one.pattern)
        found += [route] if isinstance(one, URLPattern) else routes(one.url_patterns, route)
    return found


def test_no_page_is_left_out(host):
    known = {route for route in routes(get_resolver().url_patterns) if not route.startswith("api/")}
    assert known == PAGES.keys() | DOORS
    for door in DOORS:
        answer = httpx.get(f"{host.urls[0]}/{door}")
        assert answer.status_code in (302, 405) or "html" not in answer.headers["Content-Type"], door


@pytest.fixture(scope="module")
def ground(network) -> dict:
    """A channel that was talked in, a case that asks Grace's desk, one of Carmen's officers, and an invitation."""
    fernando, gloria, grace, ana, carmen = (network[who] for who in ("fernando", "gloria", "grace", "ana", "carmen"))
    room = fernando.enlace.create_channel("corridor", {gloria.kid: "w", grace.kid: "w"}, "Corredor Tecún Umán")
    counted, gone = room.post("Llegaron 40 personas."), room.post("Son de Huehuetenango.")
    room.edit(counted, "Llegaron 41 personas.")
    room.redact(gone, "person_at_risk")
    hers = grace.enlace.room(room.id)
    hers.post("Two of them need a doctor.", handling=Handling(2, ("x-iom",)), evaluation=("B", 2))
    hers.react(counted, "received")
    fernando.enlace.room(room.id).read()
    posts = fernando.enlace.http.get("/api/directory")["posts"]
    desk = {row["authority"]: row["id"] for row in posts}
    persons = [
        person("P1", sex="f", age_band="25-39", citizenship="US", flags=["violence"]),
        person("P2", sex="f", age_band="18-24", citizenship="GT"),
    ]
    sealed = {"case": {"title": "Hallazgo en Coatepeque"}, "P1": {"name": "Rosalía Pech Canul"}, "P2": {"name": "Juana Pech"}}
    case = Case.open(fernando.enlace, "trafficking", desk["GT"], persons, sealed, members={gloria.kid: "o"})
    until_consented(case)
    case.refer("US", desk["US"], "reception")
    hers = Case.open(ana.enlace, "trafficking", desk["HN"], [person("P1")], {}, members={carmen.kid: "o"})
    fields = {"username": "norma.ico", "name": "Norma Icó", "role": "officer", "languages": ["es"]}
    fields["posts"] = [{"post": desk["GT"], "network": "consular"}]
    token = gloria.enlace.http.post("/api/authority/invitations", fields)["token"]
    return {"channel": room.id, "case": case.code, "hers": hers.code, "token": token, "due": later()}


@pytest.fixture
def looker(window):
    """looker(person) -> Looker at that person's window."""
    made: list[Looker] = []

    def one(person=None, **options) -> Looker:
        made.append(Looker(window(person, reduced_motion="reduce", **options)))
        return made[-1]

    yield one
    for each in made:
        print(f"{each.looks} looks of axe")
    found = [wrong for each in made for wrong in each.found]
    assert not found, f"{len(found)} findings\n" + "\n".join(found)


def begin(eye: Looker, path: str, language: str, size: dict, light: str) -> None:
    """Speak the language of this pass, by the switch that a page has at a desk."""
    eye.page.set_viewport_size(DESK)
    eye.page.emulate_media(color_scheme=light, reduced_motion="reduce")
    eye.window.go(path)
    eye.speak(language)
    eye.page.set_viewport_size(size)


def walk(eye: Looker, paths: list[str], *, unlocked: bool = True, passes=PASSES) -> None:
    for language, size, light in passes:
        begin(eye, paths[0], language, size, light)
        for at, path in enumerate(paths):
            if at:
                eye.window.go(path)
            eye.settle(unlocked=unlocked)
            eye.look(f"{path} {language} {light} {size['width']}", language)
    eye.page.set_viewport_size(DESK)


def test_a_visitor_signs_in(looker, ground, hana):
    eye = looker()
    walk(eye, ["/signin/"], unlocked=False)
    eye.page.fill("#username", hana.account.username)
    eye.page.fill("#password", hana.account.password)
    eye.page.locator("main form button").click()
    eye.page.wait_for_selector("#code")
    walk(eye, ["/signin/otp/"], unlocked=False)


def test_a_visitor_of_the_demo(looker, fernando):
    host = Host("sqlite", ENLACE_DEMO="1").prepare().start()
    try:
        secrets = {"username": "fernando.xol", "password": cast.PASSWORD, "totp_secret": fernando.account.totp_secret}
        who = {"name": "Fernando Xol", "authority": "GT", "role": "officer", "post": "Mesa de enlace Guatemala"}
        (host.var / "demo.json").write_text(json.dumps([secrets | who | {"passphrase": "siete palabras"}]))
        eye = looker()
        eye.window.base = host.urls[0]
        walk(eye, ["/demo/", "/signin/"], unlocked=False)
        expect(eye.page.locator(".banner")).to_be_visible()
    finally:
        host.stop()


def test_an_officer_at_work_and_locked(looker, ground, fernando):
    eye = looker(fernando)
    walk(eye, walked_by("fernando", ground))
    eye.window.go("/directory/")
    eye.settle(unlocked=True)
    eye.page.locator("[data-lock]:visible").first.click()
    eye.page.wait_for_selector("html[data-seal=locked]")
    walk(eye, walked_by("unlocking", ground), unlocked=False)
    walk(eye, walked_by("locked", ground), unlocked=False, passes=PASSES[-1:])
    eye.page.locator("[data-lock]:visible").first.click()
    eye.dialog("unlock")


@pytest.mark.parametrize("who", ["carmen", "grace"])
def test_others_at_work(who, looker, ground, network):
    eye = looker(network[who])
    walk(eye, walked_by(who, ground), passes=PASSES[-1:])
    eye.speak(network[who].languages[0])


def test_what_an_officer_opens(looker, ground, bashir, elena):
    """In the words of his own account, in the dark: every dialog, and a list before it is sealed."""
    room = bashir.enlace.create_channel("corridor", {elena.kid: "w"}, "Corredor Suchiate")
    room.edit(room.post("¿Cuántos camiones?"), "¿Cuántos camiones vienen?")
    posts = bashir.enlace.http.get("/api/directory")["posts"]
    desk = next(row["id"] for row in posts if row["authority"] == "MX")
    sealed = {"case": {"title": "Hallazgo en Huixtla"}, "P1": {"name": "Rosalía Pech Canul"}}
    case = Case.open(
        bashir.enlace, "trafficking", desk, [person("P1", sex="f", age_band="25-39")], sealed, members={elena.kid: "o"}
    )
    until_consented(case)
    eye = looker(bashir, color_scheme="dark")
    eye.window.go("/channels/new/")
    eye.dialog("new-channel")
    eye.window.go(f"/channels/{room.id}/")
    eye.settle(unlocked=True)
    eye.page.locator("[data-part=people]").click()
    eye.page.locator(".member [aria-expanded]").first.click()
    eye.dialog("members")
    eye.page.locator("[data-part=people]").click()
    eye.page.locator(".member [aria-expanded]").first.click()
    eye.page.locator("dialog#members .member-acts button").first.click()
    eye.dialog("safety")
    eye.page.keyboard.press("Escape")
    for act, dialog in (("add", "adding"), ("rename", "renaming"), ("leave", "confirm")):
        eye.page.locator(".conversation-head .menu summary").click()
        eye.page.locator(f".conversation-head [data-part={act}]").click()
        eye.dialog(dialog)
    eye.page.locator(".message-tools button").last.click()
    eye.dialog("message-acts")
    eye.page.locator(".message-foot button").first.click()
    eye.dialog("versions")
    eye.page.locator(".message-tools button").last.click()
    eye.page.locator("#message-acts .menu-item[data-tone=bad]").click()
    eye.dialog("withdrawing")
    eye.page.locator("[data-conversation] [data-part=how]").click()
    eye.page.locator("#writing-how input[value='2']").check()
    eye.dialog("writing-how")
    eye.window.go("/directory/")
    eye.settle(unlocked=True)
    eye.page.locator("[data-part=list] .list-row").first.click()
    eye.dialog("officer")
    eye.window.go(f"/cases/{case.code}/")
    eye.settle(unlocked=True)
    for dialog in opened_by_buttons(eye):
        eye.page.evaluate(OPEN, dialog)
        eye.dialog(dialog)
    eye.page.locator("[data-record]").first.evaluate("(button) => button.click()")
    eye.dialog("record")
    eye.window.go("/cases/import/")
    eye.settle(unlocked=True)
    eye.page.set_input_files("[data-part=file]", ROOT / "tests" / "data" / "manifest.csv")
    expect(eye.page.locator("[data-part=preview] table")).to_be_visible()
    eye.look("the preview of an import", "es", quoted=frozenset(["Bus"]))  # a heading of that file


OPEN = """(id) => document.querySelector(`[data-opens="${id}"]`).click()"""  # some openers wait inside a closed menu


def opened_by_buttons(eye: Looker) -> list[str]:
    names = eye.page.evaluate(
        "() => [...new Set([...document.querySelectorAll('[data-opens]')].map((one) => one.dataset.opens))]"
    )
    assert len(names) > 8, names
    return names


def test_a_newcomer_joins_and_gloria_vouches(looker, ground, gloria):
    eye = looker()
    walk(eye, walked_by("newcomer", ground)[:1], unlocked=False)
    page = eye.page
    page.fill("#join-password", cast.PASSWORD)
    page.locator("[data-form=account] .button-primary").click()
    page.wait_for_selector("[data-step=code]:visible")
    eye.look("the code app", "es")
    secret = page.locator("[data-part=secret]").inner_text().replace(" ", "")
    page.fill("#join-code", totp.fresh_code(secret))
    page.locator("[data-form=code] .button-primary").click()
    page.wait_for_selector("[data-step=codes]:visible")
    eye.look("codes for a lost phone", "es")
    page.locator("[data-step=codes] [data-next]").click()
    page.wait_for_url("**/keys/")
    page.wait_for_selector("[data-step=explain]:visible")
    walk(eye, ["/keys/"], unlocked=False)
    page.locator("[data-make]").click()
    page.wait_for_selector("[data-step=words]:visible")
    eye.look("the seven words", "es")
    words = page.locator("[data-part=words] li").all_inner_texts()
    page.locator("[data-step=words] [data-next]").click()
    for name in "ab":
        asked = int(page.locator(f"[data-part=ask-{name}]").inner_text().split()[-1])
        page.fill(f"#word-{name}", words[asked - 1])
    eye.look("the paper is checked", "es")
    page.locator("[data-form=confirm] .button-primary").click()
    page.wait_for_selector("[data-step=vouching]:visible", timeout=40_000)
    eye.look("waiting to be vouched for", "es")
    hers = looker(gloria)
    walk(hers, walked_by("gloria", ground))
    hers.page.locator("[data-opens=invite]").click()
    hers.dialog("invite")
    hers.page.locator("[data-part=requests] .button-primary").first.click()
    hers.dialog("vouch")


def test_what_is_not_there_is_said_plainly(looker):
    eye = looker()
    eye.window.go("/join/nothing/")
    eye.look("a page that is not there", "es")
    assert eye.window.wrong, "the browser itself reports the 404 that we asked for"
    assert all("404" in said for said in eye.window.wrong)
    eye.window.wrong.clear()
