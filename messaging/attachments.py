"""Files on the host: opaque parts of one MiB, taken in any order and as often as a bad line needs, shared by the message that
refers to them, swept when no message ever does (docs/protocol.md 5.5, docs/adr/0017)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from liaison.names import b64u
from messaging import access
from messaging.models import Attachment, Channel, Part
from sealed.errors import EnlaceError
from sealed.files import LARGEST_SEALED, PART
from sealed.suite import sha256

ON_THEIR_WAY = 40  # files of one officer that no message refers to yet
KEPT = timedelta(hours=24)  # so long may a file be on its way


def parts_of(size: int) -> int:
    return -(-size // PART)


def begin(officer: Any, channel_id: str, file_id: bytes, size: int) -> Attachment:
    """A place for a file of `size` bytes of ciphertext; the same again is the same place. Raises EnlaceError."""
    channel = access.channel_for(officer, channel_id)
    if not 0 < size <= LARGEST_SEALED:
        raise EnlaceError("file_too_large")
    made = Attachment(channel=channel, file_id=file_id, officer=officer, size=size, at=timezone.now())
    if Attachment.objects.filter(officer=officer, shared_at=None).count() >= ON_THEIR_WAY:
        raise EnlaceError("too_many_files")
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        made = access.attachment_for(officer, channel_id, file_id)
        if (made.officer_id, made.size) != (officer.pk, size):
            raise EnlaceError("not_found") from None
    return made


def put(officer: Any, channel_id: str, file_id: bytes, index: int, data: bytes) -> None:
    """Keeps one part. The same part again changes nothing, another one in its place is refused (409 `file_changed`)."""
    attachment = access.attachment_for(officer, channel_id, file_id)
    if attachment.officer_id != officer.pk or attachment.shared_at is not None:
        raise EnlaceError("not_found")
    last = parts_of(attachment.size) - 1
    if not 0 <= index <= last or len(data) != (attachment.size - last * PART if index == last else PART):
        raise EnlaceError("bad_request")
    digest = sha256(data)
    known = Part.objects.filter(attachment=attachment, index=index).first()
    if known is None:
        known = _keep(attachment, index, data, digest)
    if bytes(known.digest) != digest:
        raise EnlaceError("file_changed")


def _keep(attachment: Attachment, index: int, data: bytes, digest: bytes) -> Part:
    """The bytes first, then the row that names them: a row never promises what is not there."""
    name = f"{attachment.channel_id}/{b64u(attachment.file_id)}/{index}"
    stored = default_storage.save(name, ContentFile(data))
    part = Part(attachment=attachment, index=index, digest=digest, name=stored)
    try:
        with transaction.atomic():
            part.save(force_insert=True)
    except IntegrityError:  # the same part came twice at once
        default_storage.delete(stored)
        part = Part.objects.get(attachment=attachment, index=index)
    return part


def here(attachment: Attachment) -> list[int]:
    """The parts that have arrived: a broken upload goes on with the others."""
    return list(attachment.parts.order_by("index").values_list("index", flat=True))


def read(officer: Any, channel_id: str, file_id: bytes, index: int) -> bytes:
    part = access.attachment_for(officer, channel_id, file_id).parts.filter(index=index).first()
    if part is None:
        raise EnlaceError("not_found")
    with default_storage.open(part.name) as stored:
        return bytes(stored.read())


def share(officer: Any, channel: Channel, file_ids: Iterable[bytes]) -> None:
    """Inside the transaction of the message that refers to them: whole, the sender's own, of this channel, or nothing is sent."""
    for file_id in file_ids:
        row = Attachment.objects.select_for_update().filter(channel=channel, file_id=file_id, officer=officer).first()
        if row is None or row.parts.count() != parts_of(row.size):
            raise EnlaceError("file_incomplete")
        if row.shared_at is None:
            row.shared_at = timezone.now()
            row.save(update_fields=["shared_at"])


def sweep() -> int:
    """Removes what no message refers to after a day. -> how many files. The row goes first: a file that is shared in this very
    moment is locked by its message, and then it is not removed."""
    swept = 0
    for pk in list(Attachment.objects.filter(shared_at=None, at__lt=timezone.now() - KEPT).values_list("pk", flat=True)):
        with transaction.atomic():
            row = Attachment.objects.select_for_update().filter(pk=pk, shared_at=None).first()
            if row is None:
                continue
            names = list(row.parts.values_list("name", flat=True))
            row.delete()
        for name in names:
            default_storage.delete(name)
        swept += 1
    return swept
