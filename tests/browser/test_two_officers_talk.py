"""Ana and Bashir at their desks, in two real browsers at once."""

from playwright.sync_api import expect


def begin_direct(hers, name: str) -> None:
    hers.go("/channels/")
    hers.page.locator("[data-new-channel]").first.click()
    dialog = hers.page.locator("#new-channel")
    dialog.locator("[data-pick-filter]").fill(name)
    dialog.locator("[data-part=pick] label", has_text=name).first.click()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()


def write(window, text: str) -> None:
    box = window.page.locator("[data-conversation] [data-part=text]")
    box.fill(text)
    box.press("Enter")


def test_ana_writes_and_reads_the_answer_live(window, ana, bashir):
    hers, his = window(ana), window(bashir)
    his.go("/channels/")
    begin_direct(hers, "Bashir Haddad")
    write(hers, "¿Recibió la lista del lunes? PalabraPlantada")
    # By its title: a line "Ana Zelaya: ..." stands under other channels, too.
    his.page.locator("main a.list-row", has=his.page.locator(".row-title", has_text="Ana Zelaya")).first.click()
    expect(his.page.locator(".message", has_text="PalabraPlantada")).to_be_visible()
    write(his, "Sí, 41 personas.")
    expect(hers.page.locator(".message", has_text="Sí, 41 personas.")).to_be_visible()
    expect(hers.page.locator("[data-conversation]")).to_contain_text("Visto por")
    expect(hers.page.locator("[data-channel-list]")).to_be_visible()
    hers.page.set_viewport_size({"width": 390, "height": 844})
    expect(hers.page.locator("[data-channel-list]")).to_be_hidden()
    expect(hers.page.locator(".message", has_text="PalabraPlantada")).to_be_visible()
    for said in (*hers.sent, *his.sent):
        assert "PalabraPlantada" not in said, "a word left a browser unsealed"
        assert ana.account.passphrase.split()[0] + " " + ana.account.passphrase.split()[1] not in said
    kept = hers.page.evaluate(EVERYTHING_KEPT)
    assert len(kept) > 100, "the stores were not read"
    assert "PalabraPlantada" not in kept
    assert ana.account.passphrase not in kept


EVERYTHING_KEPT = """async () => {
  const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  const text = (value) => value instanceof Uint8Array || value instanceof ArrayBuffer ? new TextDecoder().decode(value)
    : value && typeof value === "object" && !(value instanceof CryptoKey)
      ? Object.values(value).map(text).join(" ") : String(value);
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((done) => { const ask = indexedDB.open(name); ask.onsuccess = () => done(ask.result); });
    for (const store of base.objectStoreNames) {
      const rows = await new Promise((done) => {
        const ask = base.transaction(store).objectStore(store).getAll(); ask.onsuccess = () => done(ask.result); });
      parts.push(store, ...rows.map(text));
    }
    base.close();
  }
  return parts.join("\\n");
}"""


def test_what_ana_began_to_write_waits_in_its_own_channel(window, ana, bashir):
    one = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Corredor norte")
    other = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Corredor sur")
    hers = window(ana)
    hers.go(f"/channels/{one.id}/")
    box = hers.page.locator("[data-conversation] [data-part=text]")
    box.fill("solo para el norte")
    # Every value that the box of the other channel ever shows: a glimpse of this text there could be sent there.
    hers.page.evaluate(WATCH_THE_BOX)
    hers.page.locator("main a.list-row", has_text="Corredor sur").click()
    expect(hers.page.locator("[data-conversation] [data-part=title]")).to_have_text("Corredor sur")
    expect(box).to_be_visible()
    box.press("Enter")
    write(hers, "esto sí es para el sur")
    expect(hers.page.locator(".message", has_text="esto sí es para el sur")).to_contain_text("Enviado")
    hers.page.locator("main a.list-row", has_text="Corredor norte").click()
    expect(box).to_have_value("solo para el norte")
    assert bashir.enlace.room(other.id).texts() == ["esto sí es para el sur"]
    assert bashir.enlace.room(one.id).texts() == []
    seen = hers.page.evaluate("() => globalThis.shownElsewhere")
    assert seen, "the box of the other channel must have been watched"
    assert "solo para el norte" not in seen


WATCH_THE_BOX = """() => {
  const root = document.querySelector("[data-conversation]");
  const box = root.querySelector("[data-part=text]");
  const here = root.dataset.channel;
  globalThis.shownElsewhere = [];
  const look = () => {
    if (root.dataset.channel !== here && box.checkVisibility()) globalThis.shownElsewhere.push(box.value);
    requestAnimationFrame(look);
  };
  look();
}"""


def test_a_locked_page_shows_titles_and_words_of_nobody(window, ana, bashir):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "TítuloPlantado")
    room.post("PalabraPlantada")
    hers = window(ana, unlocked=False)
    hers.go(f"/channels/{room.id}/")
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    assert "Plantad" not in hers.page.content()
    hers.unlock(ana)
    expect(hers.page.locator(".message", has_text="PalabraPlantada")).to_be_visible()
    hers.page.locator('[data-action="lock"]:visible, [data-lock]:visible').first.click()
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    expect(hers.page.locator("main")).not_to_contain_text("Plantad")


def test_what_was_still_being_opened_when_ana_locked_is_not_shown(window, ana, bashir):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "TítuloTardío")
    hers = window(ana, unlocked=False)
    held: list = []
    hers.page.route(f"**/api/channels/{room.id}/events?*", lambda route: held.append(route))
    hers.go("/channels/")
    hers.unlock(ana)
    while not held:
        hers.page.wait_for_timeout(20)
    hers.page.locator('[data-action="lock"]:visible, [data-lock]:visible').first.click()
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    for route in held:
        with hers.page.expect_response(route.request.url):
            route.continue_()
    hers.page.unroute_all()
    hers.page.wait_for_load_state("networkidle")
    assert "Tardío" not in hers.page.evaluate(
        "() => new Promise((drawn) => requestAnimationFrame(() => drawn(document.body.innerText)))"
    )
    hers.unlock(ana)
    expect(hers.page.locator("main a.list-row", has_text="TítuloTardío")).to_be_visible()


def test_what_was_written_without_a_line_arrives_once(window, ana, bashir):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w"}, "Sin línea")
    hers = window(ana)
    hers.go(f"/channels/{room.id}/")
    expect(hers.page.locator("[data-conversation] [data-part=composer]")).to_be_visible()
    hers.context.set_offline(True)
    write(hers, "escrito sin línea")
    expect(hers.page.locator(".message", has_text="escrito sin línea")).to_be_visible()
    hers.context.set_offline(False)
    hers.wrong.clear()  # the browser itself reports the line that we cut
    hers.go(f"/channels/{room.id}/")
    expect(hers.page.locator(".message", has_text="escrito sin línea")).to_have_count(1)
    expect(hers.page.locator(".message", has_text="escrito sin línea")).to_contain_text("Enviado")
    assert bashir.enlace.room(room.id).texts() == ["escrito sin línea"]
    hers.wrong.clear()
