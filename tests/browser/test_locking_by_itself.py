"""What an unlocked browser keeps for the next page (docs/adr/0002-the-session-slot.md), what it keeps for hours where its
officer says so, and when it keeps nothing."""

import secrets

from playwright.sync_api import expect

from tests import cast
from tests.second_factor import second_factor

MINUTE = 60_000
KEPT = """async () => {
  let kept = 0;
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((done) => { const ask = indexedDB.open(name); ask.onsuccess = () => done(ask.result); });
    if (base.objectStoreNames.contains("session")) {
      kept += await new Promise((done) => {
        const ask = base.transaction("session").objectStore("session").count(); ask.onsuccess = () => done(ask.result); });
    }
    base.close();
  }
  return kept;
}"""
EXPORTED = """async () => {
  const base = await new Promise((done) => { const ask = indexedDB.open("enlace"); ask.onsuccess = () => done(ask.result); });
  const [slot] = await new Promise((done) => {
    const ask = base.transaction("session").objectStore("session").getAll(); ask.onsuccess = () => done(ask.result); });
  base.close();
  return crypto.subtle.exportKey("raw", slot.key).then(() => "exported", (error) => error.name);
}"""


def unlocked(window, ana):
    hers = window(ana, unlocked=False)
    hers.page.clock.install()
    hers.go("/me/")
    hers.unlock(ana)
    hers.go("/me/")
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    assert hers.page.evaluate(KEPT) == 1, "what the next page opens with"
    return hers


def touch(hers, minutes: int) -> None:
    """A key is pressed, then this much time passes."""
    hers.page.keyboard.press("Shift")
    hers.page.clock.fast_forward(minutes * MINUTE)


def locked_with_nothing_kept(hers) -> None:
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    assert hers.page.evaluate(KEPT) == 0


def test_ana_unlocks_once_for_all_pages_and_its_key_cannot_be_carried_away(window, ana):
    hers = unlocked(window, ana)
    assert hers.page.evaluate(EXPORTED) == "InvalidAccessError"


def test_fifteen_minutes_untouched_lock_and_leave_nothing(window, ana):
    hers = unlocked(window, ana)
    hers.page.clock.fast_forward(14 * MINUTE)
    touch(hers, 14)
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    hers.page.clock.fast_forward(2 * MINUTE)
    locked_with_nothing_kept(hers)


def test_after_twelve_hours_even_busy_hands_unlock_again(window, ana):
    hers = unlocked(window, ana)
    for _ in range(71):
        touch(hers, 10)
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    touch(hers, 10)
    touch(hers, 1)
    locked_with_nothing_kept(hers)


def test_locking_one_tab_locks_the_other(window, ana):
    hers = unlocked(window, ana)
    other = hers.context.new_page()
    hers.watch(other)
    other.goto(hers.base + "/me/")
    expect(other.locator("html[data-seal=open]")).to_have_count(1)
    hers.page.locator('[data-action="lock"]:visible, [data-lock]:visible').first.click()
    expect(other.locator("html[data-seal=locked]")).to_have_count(1)
    locked_with_nothing_kept(hers)


def test_signing_out_leaves_nothing_to_open_the_vault_with(window, ana):
    hers = unlocked(window, ana)
    hers.page.locator("[data-signout] button:visible").first.click()
    hers.page.wait_for_selector("#username")
    assert hers.page.evaluate(KEPT) == 0


HOURS = 60 * MINUTE
DEVICE_SLOT = """() => new Promise((done) => {
  const ask = indexedDB.open("enlace");
  ask.onsuccess = () => {
    const got = ask.result.transaction("session").objectStore("session").get("device");
    got.onsuccess = () => { ask.result.close(); done(got.result); };
  };
})"""
EXPORT_DEVICE_KEY = f"""async () => {{
  const {{ key }} = await ({DEVICE_SLOT})();
  return crypto.subtle.exportKey("raw", key).then(() => "exported", (error) => error.name);
}}"""
GONE = f"async () => (await ({DEVICE_SLOT})()) === undefined"
COPY_OUT = f"""async () => {{
  const {{ slot }} = await ({DEVICE_SLOT})();
  return [...slot];
}}"""
PUT_IN = """(bytes) => new Promise(async (done) => {
  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const ask = indexedDB.open("enlace");
  ask.onsuccess = () => {
    const work = ask.result.transaction("session", "readwrite");
    work.objectStore("session").put({ key, slot: Uint8Array.from(bytes) }, "device");
    work.oncomplete = () => { ask.result.close(); done(); };
  };
})"""


def unlock_for(hers, person, hours: int) -> None:
    if hers.page.locator("html[data-seal=open]").count():
        hers.page.locator("[data-lock]:visible").first.click()
        expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    hers.page.locator("[data-lock]:visible").first.click()
    hers.page.select_option("#unlock-keep", str(hours))
    hers.page.fill("#unlock-secret", person.account.passphrase)
    hers.page.click("#unlock [data-unlock-submit]")
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    hers.go("/me/")
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)


def for_hours(window, person, hours: int):
    """Her window, kept unlocked by her own choice."""
    hers = window(person, unlocked=False)
    hers.page.clock.install()
    hers.go("/me/")
    unlock_for(hers, person, hours)
    assert hers.page.evaluate(KEPT) == 2, "for the next page, and for the hours"
    return hers


def later(hers, hours: float) -> None:
    """The browser was closed and its clock went on: what the next page finds."""
    hers.page.clock.fast_forward(int(hours * HOURS))
    hers.go("/me/")


def test_nothing_is_kept_for_hours_unless_ana_says_so(window, ana):
    hers = unlocked(window, ana)
    assert hers.page.evaluate(DEVICE_SLOT) is None
    assert hers.page.locator("#unlock-keep").input_value() == ""


def test_for_four_hours_ana_types_no_words_and_then_she_does(window, ana):
    hers = for_hours(window, ana, 4)
    assert hers.page.evaluate(EXPORT_DEVICE_KEY) == "InvalidAccessError"
    hers.page.clock.fast_forward(40 * MINUTE)
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    later(hers, 3)
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    expect(hers.page.locator("[data-part=slots]")).to_contain_text("Este navegador")
    later(hers, 0.5)
    locked_with_nothing_kept(hers)


def test_a_clock_put_back_gives_no_more_hours(window, ana):
    hers = for_hours(window, ana, 1)
    began = hers.page.evaluate("() => Date.now()")
    hers.page.clock.set_system_time(began - 24 * HOURS)
    hers.go("/me/")
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    assert hers.page.evaluate(DEVICE_SLOT) is None


def test_locking_and_forgetting_take_the_hours_back(window, ana):
    hers = for_hours(window, ana, 12)
    hers.page.locator("[data-part=slots]").get_by_role("button", name="Olvidar").click()
    expect(hers.page.locator("[data-part=slots]")).not_to_contain_text("Este navegador")
    assert hers.page.evaluate(DEVICE_SLOT) is None
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    unlock_for(hers, ana, 12)
    hers.page.locator("[data-lock]:visible").first.click()
    locked_with_nothing_kept(hers)


def test_a_slot_copied_to_another_browser_opens_nothing_there(window, ana):
    hers = for_hours(window, ana, 12)
    copied = hers.page.evaluate(COPY_OUT)
    thief = window(ana, unlocked=False)
    thief.go("/me/")
    thief.page.evaluate(PUT_IN, copied)
    thief.go("/me/")
    expect(thief.page.locator("html[data-seal=locked]")).to_have_count(1)
    thief.page.wait_for_function(GONE)
    later(hers, 1)
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)


def test_another_officer_of_this_computer_finds_no_hours_of_ana(window, ana, bashir):
    hers = for_hours(window, ana, 12)
    hers.page.goto("about:blank")
    hers.context.clear_cookies()  # as when her sign-in ran out
    hers.sign_in(bashir)
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    hers.page.wait_for_function(GONE)


def test_the_hours_outlive_the_sign_in_and_a_new_password_ends_them(window, founder):
    nadia = founder.invite(
        "HN", f"nadia.{secrets.token_hex(3)}", "Nadia Prueba", cast.PASSWORD, role="officer", posts=[], languages=["es"]
    )
    hers = for_hours(window, nadia, 12)
    hers.page.goto("about:blank")
    hers.context.clear_cookies()
    hers.sign_in(nadia)
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    hers.go("/me/password/")
    hers.page.fill("input[name=current]", nadia.account.password)
    hers.page.fill("input[name=new]", "catorce puertas miran al mar 72")
    hers.page.fill("input[name=code]", second_factor(nadia.account))
    hers.page.locator("main form button").last.click()
    hers.page.wait_for_url("**/me/")
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    hers.page.wait_for_function(GONE)
