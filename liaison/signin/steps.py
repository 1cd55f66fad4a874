"""The two steps of signing in, shared by the pages and the JSON doors: password, then code. Each answers the same for a user
who does not exist, and takes as long."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django_otp import match_token

from liaison import actions, audit, sessions, throttle
from liaison.http import source_of
from liaison.models import Officer
from sealed.errors import EnlaceError


def password(request: HttpRequest, username: str, secret: str) -> Officer:
    """Begins a session that still lacks its second factor. Raises `wrong_password` or `too_many_tries`."""
    account = username.strip().lower()[:60]
    known = Officer.objects.filter(username=account, is_active=True).first()
    officer = check_password(request, account, known, secret)
    sessions.begin(request, officer)
    return officer


def check_password(request: HttpRequest, account: str, officer: Officer | None, secret: str) -> Officer:
    """-> the officer. Raises `wrong_password` or `too_many_tries`, for an officer and for nobody (None) alike."""
    from_here = throttle.take("password_source", source_of(request))
    throttle.take("password_account", account)
    if not _matches(officer, secret) or officer is None:
        audit.record(officer, "signin.refused", "password")
        raise EnlaceError("wrong_password")
    throttle.clear("password_account", account)
    from_here.delete()
    return officer


def _matches(officer: Officer | None, secret: str) -> bool:
    if officer is None or not officer.has_usable_password():
        make_password(secret)  # the same work as for a real user: the time says nothing
        return False
    return officer.check_password(secret)


def code(request: HttpRequest, text: str) -> Officer:
    """Completes the session. Raises `sign_in_again`, `wrong_code` or `too_many_tries`."""
    officer = request.user
    if not isinstance(officer, Officer) or not officer.is_active:
        raise EnlaceError("sign_in_again")
    check_code(officer, text)
    sessions.verify(request, officer)
    audit.record(officer, "signin", f"officer {officer.pk}")
    return officer


def check_code(officer: Officer, text: str) -> None:
    """Six digits of the app or a recovery code, each good once even when asked for many times at the same moment."""
    who, plain = str(officer.pk), "".join(text.split())
    throttle.take("otp_account", who)
    if plain.isdigit() and len(plain) == 6:
        # match_token locks the device's row: device.verify_token alone lets parallel uses of one code through.
        with transaction.atomic():
            good = match_token(officer, plain) is not None
    else:
        throttle.take("recovery_account", who)
        good = actions.use_recovery_code(officer, plain)
    if not good:
        audit.record(officer, "signin.refused", "code")
        raise EnlaceError("wrong_code")
    throttle.clear("otp_account", who)
    throttle.clear("recovery_account", who)
