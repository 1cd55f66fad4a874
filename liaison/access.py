"""The read door: the only place where an id from outside becomes an object. "Not yours" is the same answer as "not there"."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from liaison.models import Authority, CertificateRequest, LoginSession, Officer, Post, Slot
from sealed.errors import EnlaceError


def _one(rows: QuerySet[Any]) -> Any:
    found = rows.first()
    if found is None:
        raise EnlaceError("not_found")
    return found


def authority(code: str) -> Authority:
    return _one(Authority.objects.filter(pk=code))


def post(identifier: str) -> Post:
    try:
        return _one(Post.objects.filter(pk=UUID(identifier)))
    except ValueError:
        raise EnlaceError("not_found") from None


def request_of(officer: Officer, identifier: int) -> CertificateRequest:
    """A key that waits for this focal point's word."""
    focal(officer)
    return _one(CertificateRequest.objects.filter(pk=identifier, officer__authority=officer.authority))


def requests_of(officer: Officer) -> QuerySet[CertificateRequest]:
    focal(officer)
    rows = CertificateRequest.objects.filter(officer__authority=officer.authority, officer__is_active=True)
    return rows.exclude(officer=officer).select_related("officer").prefetch_related("officer__appointments__post").order_by("at")


def officers_of(officer: Officer) -> QuerySet[Officer]:
    """Whom this focal point answers for."""
    focal(officer)
    return Officer.objects.filter(authority=officer.authority).exclude(pk=officer.pk)


def officer_of(officer: Officer, identifier: int) -> Officer:
    return _one(officers_of(officer).filter(pk=identifier, is_active=True))


def slot_of(officer: Officer, slot_id: str) -> Slot:
    return _one(Slot.objects.filter(officer=officer, slot_id=slot_id))


def session_of(officer: Officer, identifier: str) -> LoginSession:
    try:
        return _one(LoginSession.objects.filter(officer=officer, public_id=UUID(identifier)))
    except ValueError:
        raise EnlaceError("not_found") from None


def focal(officer: Officer) -> None:
    """What only focal points may see does not exist for others."""
    if officer.role != "focal":
        raise EnlaceError("not_found")


def secretariat(officer: Officer) -> None:
    if officer.role != "secretariat":
        raise EnlaceError("not_found")
