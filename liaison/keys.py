"""The key log as the host keeps it: appended under a lock, replayed by the rules that clients use, cached by size."""

import threading

from django.db import transaction

from liaison import audit, checkpoints
from liaison.models import CertificateRequest, Leaf, Officer
from liaison.names import b64u
from sealed import certs, keylog, merkle
from sealed.errors import EnlaceError
from sealed.keylog import Directory

_guard = threading.Lock()
_cached = Directory()


def directory() -> Directory:
    """The whole log replayed; only leaves that came since the last call are read. Other threads go on reading the one they hold:
    it is never changed, a longer log is a new directory."""
    global _cached
    upto = Leaf.objects.count()
    with _guard:
        if upto < _cached.size:  # another database than before: tests
            _cached = Directory()
        if upto > _cached.size:
            fresh = Leaf.objects.filter(index__gte=_cached.size, index__lt=upto).order_by("index").values_list("data", flat=True)
            _cached = keylog.extend(_cached.copy(), [bytes(data) for data in fresh])
        return _cached


def leaves(first: int, before: int, most: int = 2000) -> list[bytes]:
    """From number `first` on, and below number `before`: the size of the head they are served with."""
    rows = Leaf.objects.filter(index__gte=first, index__lt=before).order_by("index").values_list("data", flat=True)[:most]
    return [bytes(data) for data in rows]


@transaction.atomic
def append(officer: Officer, leaf: bytes) -> int:
    """-> the index. Refuses a leaf that the replay would reject, so that the log holds no junk; and who may not add it."""
    checkpoints.lock_log()
    parsed = certs.parse(leaf)
    _may_append(officer, parsed)
    index = Leaf.objects.count()
    keylog.apply(directory().copy(), leaf)
    digest = merkle.leaf_hash(leaf)
    if Leaf.objects.filter(hash=digest).exists():
        raise EnlaceError("bad_leaf", "already in the log")
    Leaf.objects.create(index=index, data=leaf, hash=digest, kind=type(parsed).__name__[:12])
    checkpoints.issue()
    _project(parsed)
    audit.record(officer, "keylog.append", f"leaf {index}", type(parsed).__name__)
    return index


def _may_append(officer: Officer, parsed: certs.Leaf) -> None:
    """Every leaf proves itself; this only keeps strangers from filling the log. Certificates: for an officer of the network who
    asked for exactly this key."""
    if isinstance(parsed, certs.CertLeaf):
        subject = Officer.objects.filter(subject=parsed.cert.subject, authority_id=parsed.cert.authority, is_active=True).first()
        asked = CertificateRequest.objects.filter(officer=subject, kid=b64u(parsed.cert.kid)).exists() if subject else False
        renews = subject is not None and subject.kid == b64u(parsed.cert.kid)
        if subject is None or not (asked or renews):
            raise EnlaceError("bad_leaf", "nobody asked for this certificate")
        if parsed.cert.role != subject.role_number or parsed.cert.display != subject.name:
            # A focal point that signs more than was asked: an officer made supervisor, or shown under another's name.
            raise EnlaceError("bad_leaf", "not the officer's own role and name")
        return
    if isinstance(parsed, certs.Revocation):
        return
    if isinstance(parsed, certs.Build):  # signed by a release key, of no authority: brought by who runs the network
        if officer.role != "secretariat":
            raise EnlaceError("not_allowed")
        return
    if officer.role not in ("secretariat", "focal"):
        raise EnlaceError("not_allowed")
    if officer.role == "focal" and parsed.authority != officer.authority_id:
        raise EnlaceError("not_allowed")


def _project(parsed: certs.Leaf) -> None:
    """`Officer.kid` follows the log."""
    if isinstance(parsed, certs.CertLeaf):
        Officer.objects.filter(subject=parsed.cert.subject).update(kid=b64u(parsed.cert.kid))
        CertificateRequest.objects.filter(kid=b64u(parsed.cert.kid)).delete()
    elif isinstance(parsed, certs.Revocation):
        Officer.objects.filter(kid=b64u(parsed.kid)).update(kid=None)
