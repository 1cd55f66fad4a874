"""Signed heads of the key log: one for each leaf, made in the transaction that appends it, by a key that opens nothing
(docs/protocol.md 4.1, docs/adr/0014)."""

import contextlib
import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from liaison.models import Checkpoint, Leaf
from sealed import checkpoint, merkle
from sealed.errors import EnlaceError
from sealed.issuing import log_public, sign_checkpoint

LOG_LOCK = 0x456E6C62


def lock_log() -> None:
    """One writer of the log at a time, until the transaction ends; SQLite has only one anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])


# --- The key -----------------------------------------------------------------------------------------------------------


def key_path() -> Path:
    return Path(settings.ENLACE_LOG_KEY_FILE) if settings.ENLACE_LOG_KEY_FILE else settings.VAR_DIR / "log.key"


def public_key() -> bytes:
    return log_public(_seed(key_path()))


@cache
def _seed(path: Path) -> bytes:
    """Made at the first start of a log. Never over an existing one: every client would take the new key for an attack."""
    if not path.exists():
        if Checkpoint.objects.exists():
            raise ImproperlyConfigured(f"The key of the log is missing: {path}. Put back the file that signed this log.")
        _create(path)
    return _read(path)


def _create(path: Path) -> None:
    """Whole or not at all, and once: of two processes that start together one links its file, the other takes that one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    with contextlib.suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()


def _read(path: Path) -> bytes:
    try:
        seed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        seed = b""
    if len(seed) != 32:
        raise ImproperlyConfigured(f"The key of the log cannot be read: {path} must hold 64 hexadecimal digits.")
    return seed


def problem() -> str | None:
    """What is wrong with the key of this log, for the check at start; None where nothing is, or nothing was signed yet."""
    path = key_path()
    try:
        last = Checkpoint.objects.last()
    except DatabaseError:
        return None  # before the first migration
    if not path.exists():
        return f"{path} is missing, but the key log was signed with it." if last else None
    if path.stat().st_mode & 0o077:
        return f"{path} can be read by others than its owner."
    try:
        if last:
            checkpoint.verify_log(checkpoint.parse(last.note), log_public(_read(path)))
    except (EnlaceError, ImproperlyConfigured):
        return f"{path} is not the key that signed the key log."
    return None


# --- Heads -------------------------------------------------------------------------------------------------------------


def issue() -> Checkpoint:
    """Signs the log as it stands, inside the transaction that holds the lock."""
    hashes = [bytes(one) for one in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    last, root = Checkpoint.objects.last(), merkle.tree_root(hashes)
    # The name of a log is that of its first head: a host that moves house does not become another log.
    origin = checkpoint.parse(last.note).origin if last else settings.ENLACE_LOG_ORIGIN
    note = sign_checkpoint(origin, len(hashes), root, _seed(key_path()))
    return Checkpoint.objects.get_or_create(size=len(hashes), defaults={"root": root, "note": note})[0]


def current() -> Checkpoint:
    """The newest head. A log of before heads were signed gets its first one here."""
    last = Checkpoint.objects.last()
    if last is not None and last.size == Leaf.objects.count():
        return last
    with transaction.atomic():
        lock_log()
        return issue()


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the first `old` leaves are the beginning of the first `new`. Raises EnlaceError `bad_request`."""
    hashes = [bytes(one) for one in Leaf.objects.filter(index__lt=new).order_by("index").values_list("hash", flat=True)]
    if not 0 <= old <= new == len(hashes):
        raise EnlaceError("bad_request")
    return merkle.consistency_proof(hashes, old)


def builds(most: int = 20) -> tuple[Checkpoint, list[tuple[int, bytes, list[bytes]]]]:
    """-> the newest head, and of the last releases in it: (index, leaf, proof that it stands there)."""
    head = current()
    known = Leaf.objects.filter(index__lt=head.size).order_by("index")
    hashes = [bytes(one) for one in known.values_list("hash", flat=True)]
    rows = known.filter(kind="Build").values_list("index", "data").reverse()[:most]
    return head, [(index, bytes(data), merkle.inclusion_proof(hashes, index)) for index, data in rows]
