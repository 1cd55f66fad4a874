"""`enlace open` shows only what client/pages.py knows. An element or attribute that a template begins to use is added there
first, after asking what a hostile host could do with it."""

import re
from html.parser import HTMLParser
from pathlib import Path

from client import pages

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
LEADING = {("a", "href"), ("link", "href"), ("use", "href"), ("script", "src"), ("form", "action")}


class Used(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.unknown: list[str] = []
        self.seen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += 1
        if tag not in pages.TAGS:
            self.unknown.append(f"<{tag}>")
        for name, _ in attrs:
            known = name in pages.ATTRIBUTES or pages.NAMED.fullmatch(name) or (tag, name) in LEADING
            if not known and not (name == "name" and tag in pages.MAY_BE_NAMED):
                self.unknown.append(f"{name} on <{tag}>")


def test_templates_use_nothing_that_enlace_open_would_refuse():
    used = Used()
    for path in TEMPLATES:
        used.feed(DJANGO.sub("", path.read_text(encoding="utf-8")))
    assert used.seen > 500
    assert sorted(set(used.unknown)) == []


def test_forms_that_a_browser_sends_are_those_that_enlace_open_lets_through():
    """Forms with a method, by what they ask; the addresses they send to are those of `pages.SENT`."""
    asked = set()
    for path in TEMPLATES:
        for form in re.findall(r"<form[^>]*method=\"(?:post|get)\".*?</form>", path.read_text(encoding="utf-8"), re.S):
            asked |= set(re.findall(r"<(?:input|select|button|textarea)[^>]* name=\"(\w+)\"", form))
    assert len(asked) > 10
    assert asked <= frozenset().union(*pages.SENT.values())
