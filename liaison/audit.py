"""The audit: one append-only chain of who did what. Its rows cannot be changed or removed (a trigger refuses, on SQLite and on
PostgreSQL), and each holds the hash of the one before, so that a hole shows."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from liaison.models import AuditEntry

CHAIN_LOCK = 0x456E6C61  # one writer at a time on PostgreSQL; SQLite has only one anyway


@transaction.atomic
def record(officer: Any, verb: str, object: str = "", detail: str = "") -> None:
    """Appends one entry, inside the caller's transaction where there is one. Ids and codes only: no name, text
    or token belongs here."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = AuditEntry.objects.order_by("-n").values_list("hash", flat=True).first()
    entry = AuditEntry(
        at=timezone.now(),
        actor=str(officer.pk) if officer is not None and officer.pk else "",
        authority=getattr(officer, "authority_id", None) or "",
        verb=verb,
        object=object[:160],
        detail=detail[:160],
        prev=last or "",
    )
    entry.hash = digest(entry)
    entry.save(force_insert=True)


def digest(entry: AuditEntry) -> str:
    fields = [entry.prev, entry.at.isoformat(), entry.actor, entry.authority, entry.verb, entry.object, entry.detail]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def broken_entries() -> Iterator[int]:
    """The numbers of entries that do not follow from the one before: none in an untouched chain."""
    previous = ""
    for entry in AuditEntry.objects.order_by("n").iterator(2000):
        if entry.prev != previous or entry.hash != digest(entry):
            yield entry.n
        previous = entry.hash
