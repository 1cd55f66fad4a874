"""An officer changes the password, or moves the code app to a new phone; what was known or held before is worth nothing then."""

import re
import secrets

import httpx
import pytest

from client import totp
from client.enlace import Enlace
from sealed.errors import EnlaceError
from tests import cast

pytestmark = pytest.mark.outside
NEW = "el río crece en octubre"


@pytest.fixture
def nadia(founder):
    return founder.invite("HN", f"nadia.{secrets.token_hex(4)}", "Nadia Prueba", cast.PASSWORD, languages=["es"])


def browser_of(host, enlace: Enlace) -> httpx.Client:
    headers = {"Cookie": enlace.http.cookie_header(), "Origin": host.urls[0], "Referer": host.urls[0]}
    return httpx.Client(base_url=host.urls[0], headers=headers, timeout=30)


def form(browser: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(path).text)
    assert token, "the page must offer its form"
    return browser.post(path, data={"csrfmiddlewaretoken": token[1], **fields})


def signed_in(host, account, code: str) -> Enlace:
    enlace = Enlace(host.urls[0])
    enlace.signin_with(account.username, account.password, code)
    return enlace


def test_a_new_password_ends_every_other_session_and_the_old_one_opens_nothing(host, nadia):
    # Recovery codes stand in for the phone: each of its codes opens once, and the next comes after half a minute.
    here, account = nadia.enlace, nadia.account
    elsewhere = signed_in(host, account, account.codes[0])
    browser = browser_of(host, here)
    code = account.codes[1]
    assert form(browser, "/me/password/", current="not the one", new=NEW, code=code).status_code == 403
    assert form(browser, "/me/password/", current=account.password, new="corta", code=code).status_code == 422
    assert form(browser, "/me/password/", current=account.password, new=NEW, code="000000").status_code == 403
    assert elsewhere.http.get("/api/me"), "nothing was changed so far"
    done = form(browser, "/me/password/", current=account.password, new=NEW, code=code)
    assert (done.status_code, done.headers["Location"]) == (302, "/me/")
    assert browser.get("/api/me").status_code == 200, "where it was changed the session goes on"
    with pytest.raises(EnlaceError, match="sign_in_again"):
        elsewhere.http.get("/api/me")
    with pytest.raises(EnlaceError, match="wrong_password"):
        Enlace(host.urls[0]).http.post("/api/signin", {"username": account.username, "password": account.password})
    assert Enlace(host.urls[0]).http.post("/api/signin", {"username": account.username, "password": NEW})


def test_a_new_phone_counts_from_its_first_code_on_and_the_old_one_no_longer(host, nadia):
    account, browser = nadia.account, browser_of(host, nadia.enlace)
    page = form(browser, "/me/code-app/", code=account.codes[0])
    secret = re.search(r'id="new-secret">([A-Z2-7 ]+)<', page.text)
    assert secret, page.text[:2000]
    fresh = secret[1].replace(" ", "")
    assert signed_in(host, account, totp.fresh_code(account.totp_secret)), "until its first code the new app changes nothing"
    assert form(browser, "/me/code-app/", new_code=totp.fresh_code(fresh)).status_code == 302
    assert signed_in(host, account, totp.fresh_code(fresh)).http.get("/api/me")
    with pytest.raises(EnlaceError, match="wrong_code"):
        signed_in(host, account, totp.code_at(account.totp_secret, totp.step_now()))


def test_nobody_moves_the_code_app_without_a_code_of_the_old_one(host, nadia):
    browser = browser_of(host, nadia.enlace)
    refused = form(browser, "/me/code-app/", code="000000")
    assert refused.status_code == 403
    assert "new-secret" not in refused.text
    skipped = form(browser, "/me/code-app/", new_code="123456")
    assert skipped.status_code == 403, "there is no pending app to confirm"
