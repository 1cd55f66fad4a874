"""Looks at the page that a window shows as people with other eyes, hands and languages would, and says what is wrong with it."""

from dataclasses import dataclass, field
from functools import cache

import polib

from scripts import messages, node

AXE = (node.ROOT / "tests" / "npm" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK = {"width": 1280, "height": 850}
PHONES = ({"width": 390, "height": 844}, {"width": 320, "height": 640})

SETTLED = """(open) => {
  const seen = (node) => node.checkVisibility();
  return (!open || document.documentElement.dataset.seal === "open")
    && ![...document.querySelectorAll('main [aria-busy="true"], main .skeleton-row')].some(seen)
    && !(open && [...document.querySelectorAll("main .sealed")].some(seen));
}"""
PLAIN = """(lang) => {
  const wrong = [];
  const shown = [...document.querySelectorAll("h1")].filter((node) => node.checkVisibility());
  if (shown.length !== 1) wrong.push(`${shown.length} h1`);
  if (shown.some((node) => !node.textContent.trim())) wrong.push("an empty h1");
  if (!document.title.replace("· Enlace", "").trim()) wrong.push("no title");
  if (document.documentElement.lang !== lang) wrong.push(`html lang is ${document.documentElement.lang}`);
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length) wrong.push(`ids given twice: ${[...new Set(twice)].slice(0, 5)}`);
  return wrong;
}"""
SAID = """() => {
  const said = new Set();
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const home = walk.currentNode.parentElement;
    const own = home.closest("[lang]") !== document.documentElement;
    if (!own && !home.closest("script, style, code, kbd")) said.add(walk.currentNode.data.trim().replace(/\\s+/g, " "));
  }
  for (const node of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (node.closest("[lang]") !== document.documentElement) continue;
    for (const name of ["aria-label", "title", "placeholder"]) said.add(node.getAttribute(name) ?? "");
  }
  return [...said];
}"""
WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return null;
  const right = (node) => node.getBoundingClientRect().right;
  const over = [...document.querySelectorAll("body *")].filter((node) => right(node) > root.clientWidth + 1);
  return `${root.scrollWidth} wide: ${over.slice(0, 3).map((node) => node.outerHTML.slice(0, 120)).join(" | ")}`;
}"""
WIDER_DIALOG = """(name) => {
  const body = document.querySelector(`#${name} .dialog-body`);
  const right = (node) => node.getBoundingClientRect().right;
  const over = [...body.querySelectorAll("*")].filter((node) => node.checkVisibility() && right(node) > innerWidth);
  return over.length ? over[0].outerHTML.slice(0, 160) : null;
}"""
RUN_AXE = """async ({ within, tags }) => {
  const what = within ? { include: [[within]] } : document;
  await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => null)));
  const how = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], iframes: false };
  const { violations, passes } = await axe.run(what, how);
  return { checked: passes.length, wrong: violations.map(({ id, help, nodes }) =>
    `${id} (${help}) ${nodes.length}x: ` + nodes.slice(0, 3).map((node) =>
      `${node.html.slice(0, 160)} [${node.any.map(({ message }) => message).join(" ").slice(0, 160)}]`).join(" || ")) };
}"""


@cache
def phrases() -> dict[str, frozenset[str]]:
    """{language: everything that our catalogues say in it}; what we wrote is English."""
    said: dict[str, set[str]] = {language: set() for language in ("en", *messages.LANGUAGES)}
    for path in messages.catalogues():
        language = path.parts[-3]
        for entry in polib.pofile(str(path)):
            said["en"] |= {entry.msgid, entry.msgid_plural}
            if language in said:
                said[language] |= {entry.msgstr, *entry.msgstr_plural.values()}
    return {language: frozenset(texts) for language, texts in said.items()}


def of_another_language(texts: list[str], language: str) -> set[str]:
    own = phrases()[language]
    others = frozenset().union(*(said for name, said in phrases().items() if name != language))
    return {text for text in texts if text in others and text not in own}


@dataclass
class Looker:
    """Collects what is wrong in the pages that one window shows."""

    window: object
    found: list[str] = field(default_factory=list)
    looks: int = 0

    @property
    def page(self):
        return self.window.page

    def settle(self, *, unlocked: bool) -> None:
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(SETTLED, arg=unlocked)

    def speak(self, language: str) -> None:
        """By the page's own door."""
        self.page.locator(f"button[name=language][value={language}]:visible").first.click()
        self.page.wait_for_selector(f"html[lang={language}]")
        self.page.wait_for_load_state("load")

    def look(self, where: str, language: str, *, quoted: frozenset[str] = frozenset()) -> None:
        """Outline, words, axe as the window is now; then no wider than any phone. `quoted`: words that are not ours."""
        self.found += [f"{where}: {wrong}" for wrong in self.page.evaluate(PLAIN, language)]
        self.words(where, language, quoted)
        self.axe(where)
        size = self.page.viewport_size
        for phone in PHONES:
            self.page.set_viewport_size(phone)
            if wider := self.page.evaluate(WIDER):
                self.found.append(f"{where} on {phone['width']}: {wider}")
        self.page.set_viewport_size(size)

    def words(self, where: str, language: str, quoted: frozenset[str]) -> None:
        texts = self.page.evaluate(SAID)
        assert phrases()[language].intersection(texts), f"{where}: nothing of our own is said here"
        self.found += [f"{where} says “{text}”" for text in sorted(of_another_language(texts, language) - quoted)]

    def axe(self, where: str, within: str | None = None) -> None:
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE)
        got = self.page.evaluate(RUN_AXE, {"within": within, "tags": RULES})
        assert got["checked"], f"{where}: axe checked nothing"
        self.looks += 1
        self.found += [f"{where}: {wrong}" for wrong in got["wrong"]]

    def dialog(self, name: str) -> None:
        """The dialog that is open now; then closed by Escape."""
        self.page.wait_for_selector(f"dialog#{name}[open]")
        self.axe(f"dialog {name}", within=f"#{name}")
        size = self.page.viewport_size
        self.page.set_viewport_size(PHONES[-1])
        if wider := self.page.evaluate(WIDER_DIALOG, name):
            self.found.append(f"dialog {name} on {PHONES[-1]['width']}: {wider}")
        self.page.set_viewport_size(size)
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector(f"dialog#{name}", state="hidden")
