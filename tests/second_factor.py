"""Codes for tests that cannot wait: a code of the app opens once, and its next one may be half a minute away."""

from client import totp
from client.enlace import Account


def second_factor(account: Account) -> str:
    """A code of the app, or one of the recovery codes where the app's would have to be waited for."""
    waits = totp.seconds_until_fresh(account.totp_secret) > 0
    return account.codes.pop() if waits and account.codes else totp.fresh_code(account.totp_secret)


def step_up(person) -> None:
    person.enlace.http.post("/api/me/step-up", {"code": second_factor(person.account)})
