"""The host shows Honduras's new officer another key log, or one with a key in her name: the page locks, says so, and keeps the
proof. She is made for each test, because what her vault has seen once it never forgets."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from client.b64 import unb64u
from sealed.replica import verify_proof
from tests import cast
from tests.lying import certificate, shows


@pytest.fixture
def noemi(founder, request):
    """A new officer of Honduras, vouched for."""
    name = f"noemi.{abs(hash(request.node.name)) % 10**6}"
    return founder.invite("HN", name, "Noemí Lagos", cast.PASSWORD, role="officer", posts=[], languages=["es"])


@pytest.fixture
def log_seed(host):
    return bytes.fromhex((host.var / "log.key").read_text().strip())


def lies(page, leaves, seed):
    """From now on this page's host shows these leaves, rightly signed."""
    lie = shows(leaves, seed)

    def answer(route):
        first = int(parse_qs(urlsplit(route.request.url).query)["from"][0])
        route.fulfill(json=lie({}, first))

    page.route(re.compile(r"/api/keylog\?"), answer)


def leaves_of(person):
    return [unb64u(leaf) for leaf in person.enlace.http.get("/api/keylog")["leaves"]]


def test_a_forked_log_locks_the_page_and_leaves_a_proof(window, noemi, diego, log_seed):
    hers = window(noemi)
    hers.go("/directory/")
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)
    leaves = leaves_of(noemi)
    lies(hers.page, leaves, log_seed)
    hers.go("/me/")
    expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)  # the same line carries the truth
    lies(hers.page, [*leaves[:-1], certificate(diego.enlace.identity), b"more"], log_seed)
    hers.go("/directory/")
    alarm = hers.page.locator("[data-alarms] [role=alert]")
    expect(alarm).to_contain_text("registro de claves distinto")
    expect(hers.page.locator("html[data-seal=locked]")).to_have_count(1)
    with hers.page.expect_download() as saved:
        alarm.get_by_role("link", name="Guardar la prueba").click()
    proof = json.loads(saved.value.path().read_text())
    assert verify_proof(proof) == "log_forked"
    hers.page.locator("[data-lock]:visible").first.click()
    hers.page.fill("#unlock-secret", noemi.account.passphrase)
    hers.page.click("[data-unlock-submit]")
    expect(hers.page.locator("#unlock-secret-error")).to_contain_text("registro de claves distinto")


def test_a_key_in_her_name_that_she_never_asked_for_is_an_alarm_on_every_page(window, noemi, diego, log_seed):
    hers = window(noemi)
    subject = noemi.enlace.vault.subject
    rogue = certificate(diego.enlace.identity, subject=subject, name="Noemí Lagos", gen=1)
    lies(hers.page, [*leaves_of(noemi), rogue], log_seed)
    for path in ("/me/", "/cases/"):
        hers.go(path)
        expect(hers.page.locator("[data-alarms] [role=alert]")).to_contain_text("emitió a nombre de usted una clave")
        expect(hers.page.locator("html[data-seal=open]")).to_have_count(1)  # she can still warn the others
