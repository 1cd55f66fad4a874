"""Ana signs in; others try to."""

import httpx
import pytest

from client import totp
from client.enlace import Enlace
from sealed.errors import EnlaceError
from tests import cast

pytestmark = pytest.mark.outside


@pytest.fixture
def newcomer(founder):
    """A person of one's own, so that throttles and used codes disturb nobody else. -> Person, signed in once."""
    import secrets

    name = f"Nadia {''.join(secrets.choice('abcdefghij') for _ in range(8)).title()}"
    return founder.invite("HN", name.lower().replace(" ", "."), name, cast.PASSWORD, languages=["es"])


def raw(host) -> httpx.Client:
    session = httpx.Client(base_url=host.urls[0], headers={"Origin": host.urls[0], "Referer": host.urls[0]}, timeout=30)
    session.get("/signin/")
    session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
    return session


def json_post(session: httpx.Client, path: str, body: dict) -> httpx.Response:
    session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
    return session.post(path, json=body)


def test_both_factors_open_and_either_alone_does_not(host, newcomer):
    session, account = raw(host), newcomer.account
    assert session.get("/api/me").status_code == 401
    assert json_post(session, "/api/signin", {"username": account.username, "password": account.password}).status_code == 200
    assert session.get("/api/me").status_code == 401, "the password alone opens nothing"
    assert session.get("/channels/").status_code == 302
    assert json_post(session, "/api/signin/otp", {"code": totp.fresh_code(account.totp_secret)}).status_code == 200
    assert session.get("/api/me").status_code == 200


def test_the_session_id_changes_at_both_steps(host, newcomer):
    account, planted = newcomer.account, "plantedbysomebodyelse1234567890ab"
    page = httpx.get(f"{host.urls[0]}/signin/")
    csrf = page.cookies["csrftoken"]

    def send(path: str, body: dict, session: str, token: str) -> httpx.Response:
        headers = {"X-CSRFToken": token, "Origin": host.urls[0], "Cookie": f"csrftoken={token}; sessionid={session}"}
        return httpx.post(host.urls[0] + path, json=body, headers=headers)

    first = send("/api/signin", {"username": account.username, "password": account.password}, planted, csrf)
    between = first.cookies["sessionid"]
    second = send("/api/signin/otp", {"code": totp.fresh_code(account.totp_secret)}, between, first.cookies["csrftoken"])
    after = second.cookies["sessionid"]
    assert second.status_code == 200
    assert len({planted, between, after}) == 3
    assert httpx.get(f"{host.urls[0]}/api/me", headers={"Cookie": f"sessionid={after}"}).status_code == 200
    for dead in (planted, between):
        assert httpx.get(f"{host.urls[0]}/api/me", headers={"Cookie": f"sessionid={dead}"}).status_code == 401


def test_a_code_opens_once(host, newcomer):
    account = newcomer.account
    code = totp.fresh_code(account.totp_secret)
    Enlace(host.urls[0]).signin_with(account.username, account.password, code)
    with pytest.raises(EnlaceError, match="wrong_code"):
        Enlace(host.urls[0]).signin_with(account.username, account.password, code)


def test_a_code_asked_for_many_times_at_once_opens_once(host, newcomer):
    """On PostgreSQL a check without a lock lets several of them through."""
    from concurrent.futures import ThreadPoolExecutor

    account = newcomer.account
    clients = [Enlace(host.urls[place % len(host.urls)]) for place in range(6)]
    for client in clients:
        client.http.post("/api/signin", {"username": account.username, "password": account.password})
    code = totp.fresh_code(account.totp_secret)

    def attempt(client: Enlace) -> bool:
        try:
            client.http.post("/api/signin/otp", {"code": code})
        except EnlaceError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, clients)) == 1


def test_a_recovery_code_stands_in_once_for_the_phone(host, newcomer):
    account = newcomer.account
    code = account.codes[0]
    Enlace(host.urls[0]).signin_with(account.username, account.password, code.lower())
    with pytest.raises(EnlaceError, match="wrong_code"):
        Enlace(host.urls[0]).signin_with(account.username, account.password, code)


def test_who_does_not_exist_gets_the_same_answer_as_a_wrong_password(host, newcomer):
    answers = []
    for username in (newcomer.account.username, "nobody.at.all"):
        session = raw(host)
        answer = json_post(session, "/api/signin", {"username": username, "password": "not the password at all"})
        answers.append((answer.status_code, answer.json()))
    assert answers[0] == answers[1]


def note_tries(host, limit: str, who: str, number: int) -> None:
    script = f"""
from django.utils import timezone
from liaison.models import ThrottleHit
ThrottleHit.objects.bulk_create(ThrottleHit(limit="{limit}", who="{who}", at=timezone.now()) for _ in range({number}))
"""
    host.shell(script)


def test_guessing_slows_the_guesser_and_nobody_else(host, newcomer, ana):
    note_tries(host, "password_account", newcomer.account.username, 10 * int(host.env["ENLACE_THROTTLE_SCALE"]))
    session = raw(host)
    body = {"username": newcomer.account.username, "password": newcomer.account.password}
    answer = json_post(session, "/api/signin", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_tries")
    assert int(answer.headers["Retry-After"]) > 0
    body = {"username": ana.account.username, "password": ana.account.password}
    assert json_post(raw(host), "/api/signin", body).status_code == 200, "others sign in as ever"


def test_sixty_guesses_at_once_count_as_sixty(founder, host, newcomer):
    """A limit that is looked up before the try is written down lets every guess of one moment through."""
    from concurrent.futures import ThreadPoolExecutor

    limit = 8 * int(host.env["ENLACE_THROTTLE_SCALE"])
    room, who = 5, newcomer.enlace.officer["id"]
    note_tries(host, "otp_account", who, limit - room)
    session = raw(host)
    body = {"username": newcomer.account.username, "password": newcomer.account.password}
    assert json_post(session, "/api/signin", body).status_code == 200

    def guess(number: int) -> int:
        return session.post("/api/signin/otp", json={"code": f"{number:06}"}).status_code

    session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(60)))
    assert set(answers) <= {403, 429}
    assert answers.count(403) <= room
    good = session.post("/api/signin/otp", json={"code": totp.fresh_code(newcomer.account.totp_secret)})
    assert good.status_code == 429, "even the right code waits then"


def test_signing_out_ends_the_session_for_good(host, newcomer):
    enlace = Enlace(host.urls[0])
    enlace.signin(newcomer.account.username, newcomer.account.password, newcomer.account.totp_secret)
    cookie = enlace.http.cookie_header()
    assert httpx.get(f"{host.urls[0]}/api/me", headers={"Cookie": cookie}).status_code == 200
    enlace.signout()
    assert httpx.get(f"{host.urls[0]}/api/me", headers={"Cookie": cookie}).status_code == 401


def test_nadia_sees_where_she_is_signed_in_and_ends_another_session(host, newcomer):
    other = Enlace(host.urls[0])
    other.signin(newcomer.account.username, newcomer.account.password, newcomer.account.totp_secret)
    rows = newcomer.enlace.http.get("/api/me/sessions")["sessions"]
    assert [row["current"] for row in rows].count(True) == 1
    foreign = next(row for row in rows if not row["current"])
    newcomer.enlace.http.delete(f"/api/me/sessions/{foreign['id']}")
    with pytest.raises(EnlaceError, match="sign_in_again"):
        other.http.get("/api/me")
    assert newcomer.enlace.http.get("/api/me")


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_sends_nobody_to_another_site(host, newcomer, address):
    session = raw(host)
    form = {
        "username": newcomer.account.username,
        "password": newcomer.account.password,
        "csrfmiddlewaretoken": session.cookies["csrftoken"],
    }
    answer = session.post("/signin/", params={"next": address}, data=form)
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("password", ["corta", "enlaceenlaceenlace", "123456789012345", "conferencia regional"])
def test_a_weak_password_is_refused_in_words(host, diego, password):
    import secrets

    username = f"weak.{secrets.token_hex(4)}"
    invited = {"username": username, "name": "Persona De Prueba", "role": "officer"}
    token = diego.enlace.http.post("/api/authority/invitations", invited)["token"]
    with pytest.raises(EnlaceError, match="weak_password") as refused:
        Enlace(host.urls[0]).http.post(f"/api/join/{token}/account", {"password": password})
    assert refused.value.fields["password"]
