"""The board: where the cases stand that an officer may know of. Status without content, so it needs no key.

Every list starts from access.cases_for, so that a count, a filter or a cursor never speaks of a case the reader may not
know of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.access import cases_for
from cases.codes import is_code
from cases.kinds import kinds
from cases.kinds.fields import AUTHORITY
from cases.models import Case, CaseAuthority, CasePost
from liaison.names import b64u, unb64u
from sealed.errors import EnlaceError

PAGE = 40
MAX_PAGE = 200
FLAGS = ("overdue", "urgent", "signature", "closed")


@dataclass(frozen=True)
class Filters:
    """What the reader asked to see. Built by `parse`, which refuses what it does not know."""

    kind: str = ""
    stage: str = ""
    partner: str = ""
    post: str = ""
    officer: str = ""  # subject of the assignee, b64u
    waiting: str = ""  # us, them
    overdue: bool = False
    urgent: bool = False
    signature: bool = False
    closed: bool = False
    codes: tuple[str, ...] = field(default=())

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set, as they stand in an address."""
        said = {name: value for name, value in vars(self).items() if isinstance(value, str) and value}
        return said | {name: "1" for name in FLAGS if getattr(self, name)}


def parse(query: Mapping[str, str]) -> Filters:
    """Filters from an address. Raises EnlaceError("bad_request") naming the field whose value cannot be."""
    values: dict[str, Any] = {}
    for name, fits in TESTS.items():
        if value := query.get(name, ""):
            if not fits(value):
                raise EnlaceError("bad_request", fields={name: name})
            values[name] = value
    for name in FLAGS:
        if query.get(name, "") not in ("", "0", "1"):
            raise EnlaceError("bad_request", fields={name: name})
        values[name] = query.get(name) == "1"
    codes = tuple(code for code in query.get("codes", "").split(",") if code)
    if len(codes) > MAX_PAGE or not all(is_code(code) for code in codes):
        raise EnlaceError("bad_request", fields={"codes": "codes"})
    return Filters(codes=codes, **values)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_subject(text: str) -> bool:
    try:
        return len(unb64u(text)) == 16
    except EnlaceError:
        return False


TESTS = {
    "kind": lambda text: text in kinds(),
    "stage": lambda text: any(stage.code == text for kind in kinds().values() for stage in kind.stages),
    "partner": lambda text: AUTHORITY.fullmatch(text) is not None,
    "post": _is_uuid,
    "officer": _is_subject,
    "waiting": lambda text: text in ("us", "them"),
}


def visible(officer: Any, filters: Filters, now: datetime | None = None) -> QuerySet[Case]:
    """The cases the officer may know of that fit the filters, unordered."""
    now = now or timezone.now()
    found = cases_for(officer).filter(closed__isnull=not filters.closed)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.stage:
        found = found.filter(stage=filters.stage)
    if filters.partner:
        found = found.filter(_part(authority=filters.partner))
    if filters.post:
        found = found.filter(Exists(CasePost.objects.filter(case=OuterRef("pk"), post_id=UUID(filters.post))))
    if filters.officer:
        found = found.filter(_part(authority=officer.authority_id, assignee__subject=unb64u(filters.officer)))
    if filters.waiting == "us":
        found = found.filter(_waits_for(officer))
    if filters.waiting == "them":
        found = found.exclude(waiting_for="").exclude(_waits_for(officer))
    if filters.overdue:
        found = found.filter(due_at__lt=now)
    if filters.urgent:
        found = found.exclude(urgent="")
    if filters.signature:
        found = found.filter(needs_signature=officer.authority_id)
    if filters.codes:
        found = found.filter(code__in=filters.codes)
    return found


def _part(**conditions: Any) -> Exists:
    return Exists(CaseAuthority.objects.filter(case=OuterRef("pk"), **conditions))


def _waits_for(officer: Any) -> Exists:
    mine = CaseAuthority.objects.filter(case=OuterRef("pk"), authority=officer.authority_id)
    return Exists(mine.exclude(waiting=""))


@dataclass(frozen=True)
class Page:
    cases: list[Case]
    next: str | None  # cursor of the following page


def page(officer: Any, filters: Filters, after: str = "", limit: int = PAGE) -> Page:
    """One page in the board's order: urgent ones, then by the next term, closed ones newest first. Keyset: a case that
    moves between two pages is never shown twice because of rows before it."""
    limit = max(1, min(limit, MAX_PAGE))
    found = visible(officer, filters)
    if after:
        at, code = read_cursor(after)
        later = Q(sort_at=at, code__gt=code) | Q(sort_at__gt=at)
        earlier = Q(sort_at=at, code__lt=code) | Q(sort_at__lt=at)
        found = found.filter(earlier if filters.closed else later)
    order = ("-sort_at", "-code") if filters.closed else ("sort_at", "code")
    rows = list(found.order_by(*order)[: limit + 1])
    more = len(rows) > limit
    return Page(rows[:limit], cursor(rows[limit - 1]) if more else None)


def cursor(case: Case) -> str:
    return b64u(json.dumps([case.sort_at.isoformat(), case.code]).encode())


def read_cursor(text: str) -> tuple[datetime, str]:
    try:
        at, code = json.loads(unb64u(text))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError):
        raise EnlaceError("bad_request", fields={"after": "after"}) from None
    if not isinstance(code, str) or not is_code(code) or moment.tzinfo is None:
        raise EnlaceError("bad_request", fields={"after": "after"})
    return moment, code


def counts(officer: Any) -> list[dict[str, Any]]:
    """[{kind, stage, n}] of the open cases."""
    rows = visible(officer, Filters()).order_by().values("kind", "stage").annotate(n=Count("pk"))
    return [dict(row) for row in rows.order_by("kind", "stage")]


def totals(officer: Any) -> dict[str, int]:
    """{open, overdue, us, them, urgent, signatures} of the open cases, in one query."""
    now = timezone.now()
    rows = visible(officer, Filters(), now).annotate(ours=_waits_for(officer))
    return rows.aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        us=Count("pk", filter=Q(ours=True)),
        them=Count("pk", filter=Q(ours=False) & ~Q(waiting_for="")),
        urgent=Count("pk", filter=~Q(urgent="")),
        signatures=Count("pk", filter=Q(needs_signature=officer.authority_id)),
    )


def choices(officer: Any) -> dict[str, list[Any]]:
    """What the filter bar can offer: partners, posts and assignees that occur in cases the reader may know of."""
    mine = cases_for(officer)
    parts = CaseAuthority.objects.filter(case__in=mine)
    assignees = parts.filter(authority=officer.authority_id, assignee__isnull=False).select_related("assignee")
    return {
        "partners": sorted(
            parts.exclude(authority=officer.authority_id).order_by().values_list("authority", flat=True).distinct()
        ),
        "posts": list(CasePost.objects.filter(case__in=mine).order_by().values_list("post_id", flat=True).distinct()),
        "officers": list({row.assignee_id: row.assignee for row in assignees}.values()),
    }
