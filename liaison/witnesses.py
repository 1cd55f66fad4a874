"""Witnesses' words under the heads of the key log (docs/protocol.md 4.3): taken where they verify, shown to their own
officers."""

import time

from django.db import transaction

from liaison import audit, checkpoints, keys
from liaison.models import Checkpoint, Cosignature, Officer
from sealed import checkpoint
from sealed.errors import EnlaceError

AHEAD = 300  # s that a witness's clock may be fast


def newest(authority: str | None) -> str:
    """The head that the witness of this authority cosigned last, with that signature as its last line; "" where there is none."""
    last = Cosignature.objects.filter(authority_id=authority).select_related("head").order_by("-at", "-pk").first()
    return last.head.note + last.line if last else ""


@transaction.atomic
def cosign(officer: Officer, size: int, line: str) -> None:
    """Takes the word of the officer's own authority's witness under the head of `size` leaves. Raises `not_allowed` where the
    key log names no witness, `bad_checkpoint` for what is not its signature, or is older than its last."""
    checkpoints.lock_log()
    authority = str(officer.authority_id)
    public = keys.directory().witnesses.get(authority)
    head = Checkpoint.objects.filter(size=size).first()
    if public is None or head is None:
        raise EnlaceError("not_allowed" if public is None else "bad_request")
    shown = checkpoint.parse(head.note + line)
    at = checkpoint.cosigned_at(shown, checkpoint.witness_name(authority), public)
    known = Cosignature.objects.filter(authority_id=authority, at__gt=at or 0).exists()
    if len(shown.signatures) != 2 or at is None or known or at > time.time() + AHEAD:
        raise EnlaceError("bad_checkpoint", "not one new word of this witness")
    Cosignature.objects.get_or_create(authority_id=authority, head=head, at=at, defaults={"line": line})
    audit.record(officer, "keylog.cosign", f"head {size}")
