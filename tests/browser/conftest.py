"""Real windows. Each page that is opened here fails its test on any error in it or any answer of 500."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from client.enlace import Enlace
from scripts import browser as found
from tests.second_factor import second_factor

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.fspath):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    known = found.find()
    with sync_playwright() as driver:
        env = {**os.environ, **known["env"]}
        browser = driver.chromium.launch(executable_path=known["path"], env=env, args=found.ARGS)
        yield browser
        browser.close()


@dataclass
class Window:
    """One person's browser: its page, everything it sent, and everything that went wrong in it."""

    context: BrowserContext
    page: Page
    base: str
    sent: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        page.on("console", lambda said: said.type == "error" and self.wrong.append(f"console: {said.text}"))
        page.on("response", lambda got: got.status >= 400 and self.wrong.append(f"{got.status} {got.url}"))
        page.on("request", lambda asked: self.sent.append(f"{asked.url} {asked.headers} {asked.post_data or ''}"))
        page.on("websocket", lambda line: line.on("framesent", lambda frame: self.sent.append(str(frame))))

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def sign_in(self, person) -> None:
        self.go("/signin/")
        self.page.fill("#username", person.account.username)
        self.page.fill("#password", person.account.password)
        self.page.locator("main form button").click()
        self.page.fill("#code", second_factor(person.account))
        self.page.locator("main form button").click()
        self.page.wait_for_selector("nav.nav")
        self.page.wait_for_load_state("load")  # the page's modules listen from then on

    def enter(self, person) -> None:
        """With the cookie of a session that was begun beside the browser: the form's three pages cost two seconds of a core."""
        account, beside = person.account, Enlace(self.base)
        beside.signin_with(account.username, account.password, second_factor(account))
        cookies = [{"name": cookie.name, "value": cookie.value, "url": self.base} for cookie in beside.http.session.cookies.jar]
        self.context.add_cookies(cookies)
        beside.http.close()
        self.go("/")
        self.page.wait_for_selector("nav.nav")

    def unlock(self, person) -> None:
        self.page.wait_for_load_state("load")  # the page's modules listen from then on
        if self.page.locator("html[data-seal=open]").count():
            return
        self.page.locator('[data-action="unlock"]:visible, [data-lock]:visible').first.click()
        dialog = self.page.locator("#unlock")
        dialog.locator("input:visible").first.fill(person.account.passphrase)
        dialog.locator("[data-unlock-submit]").click()
        self.page.wait_for_selector("html[data-seal=open]", timeout=40_000)


@pytest.fixture
def window(chromium, host) -> Iterator[Callable[..., Window]]:
    """window(person, unlocked=True) -> Window, signed in (`sign_in` does it by the form)."""
    opened: list[Window] = []

    def open_one(person=None, *, unlocked: bool = True, **options) -> Window:
        context = chromium.new_context(locale="es", **({"viewport": {"width": 1280, "height": 850}} | options))
        made = Window(context, context.new_page(), host.urls[len(opened) % len(host.urls)])
        made.watch(made.page)
        opened.append(made)
        if person is not None:
            made.enter(person)
            if unlocked:
                made.unlock(person)
        return made

    yield open_one
    wrong = [said for one in opened for said in one.wrong]
    for one in opened:
        one.context.close()
    assert not wrong, "\n".join(wrong)
