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
    his.page.locator("main a", has_text="Ana Zelaya").first.click()
    expect(his.page.locator(".message", has_text="PalabraPlantada")).to_be_visible()
    write(his, "Sí, 41 personas.")
    expect(hers.page.locator(".message", has_text="Sí, 41 personas.")).to_be_visible()
    expect(hers.page.locator("[data-conversation]")).to_contain_text("Visto por")
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
