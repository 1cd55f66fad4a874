"""Another authority's ids answer 404 on every address: all addresses that Django knows are tried, found by themselves, so that a
new one without a guard fails here on the day it is written."""

import re
import secrets
from pathlib import Path

import pytest

from client.b64 import b64u
from client.cases import Case, person
from sealed.open_events import sign_receipt

pytestmark = pytest.mark.outside
PARAMETER = re.compile(r"<(?:(?P<sort>[a-z]+):)?(?P<name>[a-z_]+)>")
METHODS = ("GET", "POST", "PUT", "DELETE")
# What names nothing of anybody: the join links are secrets in themselves and tested in tests/liaison.
ELSEWHERE = ("join/", "api/join/")


def addresses() -> list[str]:
    from django.urls import get_resolver

    return sorted({str(row.pattern) for include in get_resolver().url_patterns for row in include.url_patterns})


@pytest.fixture(scope="module")
def anas(network):
    """{parameter: an id of Ana's} of everything that has one."""
    ana, bashir = network["ana"], network["bashir"]
    room = ana.enlace.create_channel("corridor", {bashir.kid: "o"}, "Suyo")
    room.post("suyo")
    desk = next(post["id"] for post in ana.enlace.http.get("/api/directory")["posts"] if post["authority"] == "HN")
    case = Case.open(ana.enlace, "land_return", desk, [person("P1", citizenship="HN")], {"P1": {"name": "Suyo"}})
    ana.enlace._read_me()
    n = room.attach(Path(__file__))
    session = ana.enlace.http.get("/api/me/sessions")["sessions"][0]["id"]
    return {
        "channel_id": room.id,
        "code": case.code,
        "file_id": b64u(room.opened()[n].file.file_id),
        "index": "0",
        "slot_id": ana.enlace.me["slots"][0]["id"],
        "identifier": session,
        "int": str(ana.enlace.officer["id"]),
        "kid": b64u(ana.kid),
        "wire": ana.enlace.http.get(f"/api/channels/{room.id}/events")["events"][-1]["wire"],
        "receipt": b64u(sign_receipt(ana.enlace.identity, room.channel_id, room.state.head_n, room.state.head_t, 1)),
    }


def filled(pattern: str, ids: dict[str, str]) -> str:
    def value(found: re.Match) -> str:
        if found["sort"] == "int":
            return ids["int"]
        return ids.get(found["name"]) or ids["channel_id"]

    return "/" + PARAMETER.sub(value, pattern)


def test_the_walk_finds_the_addresses_with_ids():
    with_ids = [pattern for pattern in addresses() if PARAMETER.search(pattern)]
    assert len(with_ids) >= 10, with_ids


def test_fernando_gets_404_wherever_ana_gets_an_answer(anas, ana, fernando):
    lawful, leaks = 0, []
    for pattern in addresses():
        if not PARAMETER.search(pattern) or pattern.startswith(ELSEWHERE):
            continue
        path = filled(pattern, anas)
        if ana.enlace.http.session.get(path).status_code == 200:
            lawful += 1
        for method in METHODS:
            if method == "GET" or "sessions" in path or "slots" in path or "api/" in path:
                status = _status(fernando, method, path, anas)
                if status not in (404, 405, 403) or (status == 403 and method == "GET"):
                    leaks.append((method, path, status))
    assert lawful >= 5, "Ana herself must get answers for this test to mean anything"
    assert leaks == []


def _status(who, method: str, path: str, anas: dict[str, str]) -> int:
    """Ana's own request, replayed: a body that would be good in her hands."""
    headers = {"X-CSRFToken": who.enlace.http._csrf()}
    good = {"receipt": anas["receipt"]} if path.endswith("/receipt") else {"wires": [anas["wire"]], "grants": []}
    body = None if method == "GET" else good
    return who.enlace.http.session.request(method, path, json=body, headers=headers).status_code


def test_not_yours_and_not_there_are_the_same_answer(anas, fernando):
    nowhere = {**anas, "channel_id": _like(anas["channel_id"]), "code": "RT-BABAB-BABAB-0"}
    for path in ("/api/channels/{channel_id}", "/api/channels/{channel_id}/events", "/api/cases/{code}"):
        answers = [fernando.enlace.http.session.get(path.format(**ids)) for ids in (anas, nowhere)]
        assert {answer.status_code for answer in answers} == {404}
        if "channel" in path:
            assert answers[0].text == answers[1].text


def _like(channel_id: str) -> str:
    return b64u(secrets.token_bytes(32))


def test_nobody_without_a_session_gets_anything(host, anas):
    import httpx

    open_to_all = {"", "healthz", "readyz", "signin/", "demo/", "language/", "signout/", "api/keylog/builds"}
    leaks = []
    nobody = httpx.Client(base_url=host.urls[0])
    for pattern in addresses():
        if pattern in open_to_all or pattern.startswith((*ELSEWHERE, "api/signin", "signin/otp/")):
            continue
        nobody.cookies.clear()
        answer = nobody.get(filled(pattern, anas))
        if answer.status_code not in (302, 401, 404, 405):
            leaks.append((pattern, answer.status_code))
    assert leaks == []


def test_lists_and_numbers_speak_of_nothing_foreign(anas, fernando):
    assert anas["channel_id"] not in str(fernando.enlace.http.get("/api/channels"))
    assert anas["code"] not in str(fernando.enlace.http.get("/api/cases"))
    assert fernando.enlace.http.get("/api/channels", kid=anas["kid"]) == {"channels": []}
