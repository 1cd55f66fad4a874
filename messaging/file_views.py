"""Files over HTTP: opaque parts in and out."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from liaison import throttle
from liaison.http import api, body, me_of, only
from liaison.names import unb64u
from messaging import access, attachments
from messaging.models import Attachment
from sealed.errors import EnlaceError
from sealed.files import PART

OPAQUE = "application/octet-stream"


@api("GET", "PUT")
def file(request: HttpRequest, channel_id: str, file_id: str) -> HttpResponse:
    """PUT {size}: a place for so many bytes of ciphertext. GET: what has arrived of it, to go on after a broken line."""
    officer, wanted = me_of(request), unb64u(file_id, 16)
    if request.method == "GET":
        return JsonResponse(_shown(access.attachment_for(officer, channel_id, wanted)))
    access.channel_for(officer, channel_id)  # before the form: a stranger learns nothing, not even that his was wrong
    size = only(body(request), {"size": int})["size"]
    throttle.take("file_officer", str(officer.pk))
    return JsonResponse(_shown(attachments.begin(officer, channel_id, wanted, size)), status=201)


@api("GET", "PUT")
def part(request: HttpRequest, channel_id: str, file_id: str, index: int) -> HttpResponse:
    """The bytes of one part. What comes out is never anything that a browser would open by itself."""
    officer, wanted = me_of(request), unb64u(file_id, 16)
    if request.method == "GET":
        answer = HttpResponse(attachments.read(officer, channel_id, wanted, index), content_type=OPAQUE)
        answer.headers["Content-Disposition"] = "attachment"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    access.attachment_for(officer, channel_id, wanted)
    if request.content_type != OPAQUE or len(request.body) > PART:
        raise EnlaceError("bad_request")
    attachments.put(officer, channel_id, wanted, index, request.body)
    return JsonResponse({})


def _shown(row: Attachment) -> dict[str, object]:
    return {"size": row.size, "part": PART, "here": attachments.here(row)}
