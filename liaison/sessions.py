"""Signed-in sessions: who is behind a session key, for pages, JSON and sockets alike. Both factors or nothing."""

import hashlib
import time
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth import login as django_login
from django.contrib.auth import logout as django_logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from liaison.models import LoginSession, Officer
from liaison.names import b64u
from realtime.hub import hub
from sealed.errors import EnlaceError

IDLE = timedelta(minutes=30)
LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
STEP_UP_SECONDS = 300
SEEN_EVERY = timedelta(seconds=60)
SIGN_IN_AGAIN = 4401
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def begin(request: HttpRequest, officer: Officer) -> None:
    """The password was right: a new session id, in which the second factor is still missing."""
    django_login(request, officer, backend="django.contrib.auth.backends.ModelBackend")
    request.session.cycle_key()
    LoginSession(session_key=_key(request), officer=officer, public_id=uuid.uuid4(), device=_device(request)).save()


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""


def verify(request: HttpRequest, officer: Officer) -> None:
    """The second factor was right: again a new session id, so that one planted before is worth nothing. Raises
    `sign_in_again` when the session was ended meanwhile: nothing brings it back."""
    row = LoginSession.objects.filter(session_key=_key(request), officer=officer).first()
    if row is None:
        raise EnlaceError("sign_in_again")
    request.session.cycle_key()
    request.session["second_factor_at"] = int(time.time())
    request.session.save()
    row.session_key, row.verified, row.last_seen = _key(request), True, timezone.now()
    row.save()


def step_up(request: HttpRequest) -> None:
    request.session["second_factor_at"] = int(time.time())


def stepped_up(request: HttpRequest) -> bool:
    return time.time() - request.session.get("second_factor_at", 0) < STEP_UP_SECONDS


def keep_through_password_change(request: HttpRequest, officer: Officer) -> None:
    """Django ends every session whose password changed; this one, where it was changed, goes on."""
    request.session[HASH_SESSION_KEY] = officer.get_session_auth_hash()


def is_live(request: HttpRequest) -> bool:
    """Both factors given in this session, not idle, not ended, officer active; looked up once a request."""
    if not hasattr(request, "_enlace_live"):
        key = request.session.session_key
        officer = live([key]).get(key) if key and request.user.is_authenticated else None
        request._enlace_live = officer is not None and officer.pk == request.user.pk  # type: ignore[attr-defined]
    return bool(request._enlace_live)  # type: ignore[attr-defined]


def live(keys: Iterable[str]) -> dict[str, Officer]:
    """{session key: officer} of those keys that are signed in with both factors; two queries, however many keys."""
    now = timezone.now()
    rows = LoginSession.objects.select_related("officer", "officer__authority", "officer__organization").filter(
        session_key__in=list(keys),
        verified=True,
        officer__is_active=True,
        last_seen__gt=now - IDLE,
        created__gt=now - LONGEST,
    )
    found = {row.session_key: row.officer for row in rows}
    alive = set(Session.objects.filter(session_key__in=found, expire_date__gt=now).values_list("session_key", flat=True))
    return {key: officer for key, officer in found.items() if key in alive}


def touch(request: HttpRequest) -> None:
    """A request keeps the session from idling away; written at most once a minute."""
    touch_all([request.session.session_key or ""])


def touch_all(keys: Collection[str]) -> None:
    """Whoever writes in a channel uses only the socket: that counts as much as a request. What idled away stays so."""
    if not keys:
        return
    now = timezone.now()
    stale = LoginSession.objects.filter(session_key__in=keys, last_seen__lt=now - SEEN_EVERY, last_seen__gt=now - IDLE)
    if stale.exists():  # on SQLite even an UPDATE of nothing waits for every writer
        stale.update(last_seen=now)


def sign_out(request: HttpRequest) -> None:
    key = request.session.session_key
    LoginSession.objects.filter(session_key=key).delete()
    django_logout(request)
    if key:
        hub.close(SIGN_IN_AGAIN, session=key)


@transaction.atomic
def end(rows: Iterable[LoginSession]) -> None:
    """Ends sessions for good: the rows and the cookies' sessions together with the act that wants it, their sockets once that is
    committed."""
    keys = [row.session_key for row in rows]
    LoginSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(session_key__in=keys).delete()
    for key in keys:
        transaction.on_commit(partial(hub.close, SIGN_IN_AGAIN, session=key))


def end_all(officer: Officer, but: str | None = None) -> None:
    end(LoginSession.objects.filter(officer=officer).exclude(session_key=but or ""))


def tag(session_key: str | None) -> str:
    """Names a session towards its own browser without being worth stealing: binds what is kept there to this sign-in."""
    digest = hashlib.sha256(b"enlace.tag" + (session_key or "").encode()).digest()[:16]
    return b64u(digest)


def device_tag(officer: Officer) -> str:
    """Another one after each change of the password: what a browser keeps of before is then forgotten there."""
    digest = hashlib.sha256(b"enlace.device" + officer.get_session_auth_hash().encode()).digest()[:16]
    return b64u(digest)


def shown(officer: Officer, current: str | None) -> list[dict[str, Any]]:
    rows = LoginSession.objects.filter(officer=officer, verified=True, last_seen__gt=timezone.now() - IDLE).order_by("-last_seen")
    return [
        {
            "id": str(row.public_id),
            "device": row.device,
            "created": _iso(row.created),
            "last_seen": _iso(row.last_seen),
            "current": row.session_key == current,
        }
        for row in rows
    ]


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.get_default_timezone()).isoformat().replace("+00:00", "Z")


def _device(request: HttpRequest) -> str:
    """Enough to recognise one's own laptop, too little to track anybody by."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for name in BROWSERS if name in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    names = {"Edg": "Edge", "OPR": "Opera", "Mac OS": "macOS"}
    return ", ".join(names.get(part, part) for part in (browser, system) if part)
