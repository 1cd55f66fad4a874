"""What an unlocked browser keeps for the next page (docs/adr/0002-the-session-slot.md), and when it keeps nothing."""

from playwright.sync_api import expect

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
