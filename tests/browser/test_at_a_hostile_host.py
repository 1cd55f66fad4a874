"""An officer's browser at a host that lies (tests/hostile/tricks.py): the page says what was tampered with, what is whole and
what to do, and shows the rest."""

import pytest
from playwright.sync_api import expect

from sealed.errors import as_read
from sealed.events import POST
from tests import cast
from tests.browser.test_two_officers_talk import begin_direct, write
from tests.hostile.proxy import Proxy
from tests.hostile.tricks import (
    FRAMES,
    LIES,
    AdditionHidden,
    EmptyPages,
    Lie,
    OnTheLine,
    OtherVault,
    Scene,
    Shown,
    SwappedKeys,
    play,
    vaults,
)

FORGET = """() => new Promise((done) => {
  const ask = indexedDB.open("enlace");
  ask.onsuccess = () => {
    const work = ask.result.transaction("cache", "readwrite");
    work.objectStore("cache").clear();
    work.oncomplete = () => { ask.result.close(); done(); };
  };
})"""


@pytest.fixture(scope="module")
def lucia(network):
    """Mexico's officer of these tests: what her vault has seen once it never forgets, so that she is nobody else's colleague."""
    founder = network["founder"]
    return founder.invite("MX", "lucia.prado", "Lucía Prado", cast.PASSWORD, role="officer", posts=[], languages=["es"])


@pytest.fixture(scope="module")
def scene(network, lucia) -> Scene:
    ana, carmen, ines, fernando = (network[name] for name in ("ana", "carmen", "ines", "fernando"))
    return play(ana, lucia, carmen, ines, fernando, "Corredor hostil")


@pytest.fixture(scope="module")
def line(host):
    proxy = Proxy(host.urls[0])
    yield proxy
    proxy.close()


def on_the(line, window, person, **options):
    """This person's browser, all of whose traffic takes the line."""
    made = window(**options)
    made.base = line.url
    made.sign_in(person)
    made.unlock(person)
    return made


def opens(hers, scene: Scene, lie: Lie) -> None:
    """What the page shows of the channel as this host tells it."""
    page = hers.page
    if lie.refused:
        expect(page.locator("[data-conversation] .empty code")).to_have_text(lie.refused)
        return
    expect(page.locator("[data-part=log] .message, [data-part=log] .message-closed, .message-broken").first).to_be_visible()
    codes = [code for _, code in sorted(lie.rows.items())] + ([lie.stops[1]] if lie.stops else [])
    expect(page.locator(".message-broken code")).to_have_text(codes)
    banners = page.locator("[data-part=banners] .banner")
    expect(banners).to_have_count(1 if lie.stops or lie.closed or lie.forked else 0)
    if lie.stops:
        expect(banners).to_contain_text(f"Desde la posición {lie.stops[0]}")
        expect(banners).to_contain_text("avise a su punto focal")
        expect(page.locator("[data-part=composer]")).to_be_hidden()
    elif lie.closed:
        expect(page.locator("[data-part=composer]")).to_be_hidden()
        expect(banners).to_contain_text("Una clave de este canal que le dio Ana Zelaya no llegó como se la dieron")
        expect(page.locator(".message-closed").first).to_contain_text("su clave no llegó")
    else:
        said = page.locator(".message .bubble").all_inner_texts()
        whole = [text for n, text in scene.words.items() if n not in lie.rows]
        assert len(said) >= len(whole) - 1, "the others are read"
        assert {*said} <= {*scene.words.values(), *scene.earlier}
    if lie.forked:
        expect(banners).to_contain_text("Carmen Lobo firmó un pasado" if lie.forked == "carmen" else "Usted ya leyó otro pasado")
    assert "Fernando" not in page.locator("[data-part=subtitle]").inner_text()


def test_every_lie_ends_as_the_table_says(window, scene, line, lucia):
    hers = on_the(line, window, lucia)
    for name, lie in LIES.items():
        hers.page.evaluate(FORGET)
        if lie.seen_before:
            hers.go(f"/channels/{scene.id}/")
            opens(hers, scene, LIES["the truth"])
        trick = Shown(scene, lie)
        with line.lying(trick):
            hers.go(f"/channels/{scene.id}/")
            try:
                opens(hers, scene, lie)
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from None
        assert trick.told, "the lie must have been told"
    hers.page.evaluate(FORGET)
    hers.go(f"/channels/{scene.id}/")
    opens(hers, scene, LIES["the truth"])


def test_a_refused_message_says_what_is_whole_and_what_to_do(window, scene, line, lucia):
    hers = on_the(line, window, lucia)
    with line.lying(Shown(scene, LIES["a message altered"])):
        hers.go(f"/channels/{scene.id}/")
        broken = hers.page.locator(".message-broken")
        expect(broken).to_contain_text(
            "Los demás están íntegros. Pregunte a quien lo escribió qué decía y avise a su punto focal."
        )
    assert as_read("bad_hash") not in broken.inner_text(), "in the reader's own language"


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        pytest.param(lambda shown: shown, "Desde la posición 2", id="the headers tell"),
        pytest.param(lambda shown: shown[:2] + shown[3:], "no es", id="the header left out, too"),
        pytest.param(lambda _shown: [], "no es", id="no headers at all"),
    ],
)
def test_an_addition_long_ago_is_not_hidden(window, line, lucia, ana, ines, headers, at):
    """With a dishonest coordinator: Inés reads along, and the newest page shows nothing of it."""
    talk = ana.enlace.create_channel("corridor", {lucia.kid: "w"}, "Mucho que leer")
    talk.add([ines.kid])
    talk.send(lambda: ([many(talk, n) for n in range(80)], []))
    hers = on_the(line, window, lucia)
    composer = hers.page.locator("[data-part=composer]")
    hers.go(f"/channels/{talk.id}/")
    expect(composer).to_be_visible()
    hers.page.evaluate(FORGET)
    trick = AdditionHidden(talk.id, 2, ines.kid, headers)
    with line.lying(trick):
        hers.go(f"/channels/{talk.id}/")
        expect(hers.page.locator("[data-part=banners] .banner")).to_contain_text(at)
        expect(composer).to_be_hidden()
    assert trick.told, "the lie must have been told"


def many(room, n: int) -> bytes:
    wire = room.sealed_wire(POST, ["text", f"Mensaje {n}", None])
    room.foresee(wire)
    return wire


def test_every_bent_frame_is_named_or_mended(window, scene, line, lucia, ana):
    talk = ana.enlace.create_channel("corridor", {lucia.kid: "w"}, "Línea en vivo del navegador")
    hers = on_the(line, window, lucia)
    hers.go(f"/channels/{talk.id}/")
    talk.post("antes")
    expect(hers.page.locator(".message .bubble").last).to_have_text("antes")  # the same line carries the truth
    broken = hers.page.locator(".message-broken code")
    codes: list[str] = []
    for name, (bend, code) in FRAMES.items():
        with line.lying(OnTheLine(talk.id, lambda told, bend=bend: bend(scene, told))):
            talk.post(name)
            codes += [code] if code else []
            if code:
                expect(broken).to_have_text(codes)
            else:
                expect(hers.page.locator(".message .bubble").last).to_have_text(name)
                expect(broken).to_have_text(codes)


def test_a_channel_that_was_not_opened_stays_closed_when_something_arrives(window, line, lucia, ana):
    talk = ana.enlace.create_channel("corridor", {lucia.kid: "w"}, "No se abre")
    talk.post("antes")
    hers = on_the(line, window, lucia)
    frames: list[str] = []
    hers.page.on("websocket", lambda one: one.on("framereceived", lambda frame: frames.append(str(frame))))
    with line.lying(EmptyPages(talk.id)):
        hers.go(f"/channels/{talk.id}/")
        refusal = hers.page.locator("[data-conversation] .empty code")
        expect(refusal).to_have_text("wrong_transcript")
        talk.post("después")
        while not any('"events"' in frame for frame in frames):
            hers.page.wait_for_timeout(20)
        expect(refusal).to_have_text("wrong_transcript")
    hers.go(f"/channels/{talk.id}/")
    expect(hers.page.locator(".message .bubble")).to_have_text(["antes", "después"])


def test_lucia_writes_to_carmen_though_the_list_gives_her_another_key(window, line, lucia, carmen, fernando):
    hers = on_the(line, window, lucia)
    trick = SwappedKeys(carmen.kid, fernando.kid)
    with line.lying(trick):
        begin_direct(hers, "Carmen Lobo")
        write(hers, "Solo para Carmen.")
        expect(hers.page.locator(".message", has_text="Solo para Carmen.")).to_contain_text("Enviado")
    assert trick.told, "the lie must have been told"
    channel = hers.page.url.rstrip("/").rsplit("/", 1)[1]
    assert carmen.enlace.room(channel).texts() == ["Solo para Carmen."]
    assert channel not in {row["id"] for row in fernando.enlace.channels()}


def test_no_other_vault_is_opened(window, line, lucia, ana):
    earlier = lucia.enlace.http.get("/api/me")
    hers = on_the(line, window, lucia)
    hers.page.locator("[data-lock]:visible").first.click()  # and her vault is kept with what she saw
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    own, foreign = lucia.enlace.http.get("/api/me"), ana.enlace.http.get("/api/me")
    assert own["vault"] != earlier["vault"]
    told_of = vaults(own, earlier, foreign)
    for same in ("a damaged vault", "vault and locks of another officer"):
        del told_of[same]  # the client's half tries them; here each try takes the words' whole second
    for name, (given, code) in told_of.items():
        with line.lying(OtherVault(given)):
            hers.go("/channels/")
            hers.page.locator("[data-lock]:visible").first.click()
            hers.page.fill("#unlock-secret", lucia.account.passphrase)
            hers.page.click("[data-unlock-submit]")
            told = hers.page.locator("#unlock-secret-error")
            expect(told, name).to_contain_text(SAID[code])
            expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)


SAID = {
    "bad_vault": "No se sobrescribió nada",
    "vault_rollback": "una copia de sus claves más antigua",
    "bad_slot": "pide ajustes inseguros",
}
