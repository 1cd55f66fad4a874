"""What witnesses and auditors ask of the key log besides its leaves."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from liaison import checkpoints, throttle, witnesses
from liaison.http import api, body, me_of, only
from liaison.names import b64u
from sealed.errors import EnlaceError


def whole_number(request: HttpRequest, name: str, default: str = "") -> int:
    """A count in the address. Raises EnlaceError `bad_request` with the field."""
    text = request.GET.get(name, default)
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise EnlaceError("bad_request", fields={name: _("Give a whole number.")})
    return int(text)


@api("GET")
def consistency(request: HttpRequest) -> HttpResponse:
    """The RFC 9162 proof between two sizes of the log."""
    proof = checkpoints.consistency(whole_number(request, "from"), whole_number(request, "to"))
    return JsonResponse({"proof": [b64u(step) for step in proof]})


@api("GET", signed_in=False)
def builds(request: HttpRequest) -> HttpResponse:
    """The newest releases of the pages, each proved to stand in the log. For anybody: who compares what a host serves should not
    have to say who asks, and the rest of the log, which names officers, is not shown."""
    head, found = checkpoints.builds()
    rows = [{"index": index, "leaf": b64u(leaf), "proof": [b64u(step) for step in proof]} for index, leaf, proof in found]
    return JsonResponse({"checkpoint": head.note, "log_key": b64u(checkpoints.public_key()), "builds": rows})


@api("POST")
def cosignatures(request: HttpRequest) -> HttpResponse:
    """A witness's word under a head, brought by an account of its authority."""
    officer = me_of(request)
    throttle.take("keylog_officer", str(officer.pk))
    data = only(body(request), {"size": int, "line": str})
    witnesses.cosign(officer, data["size"], data["line"])
    return JsonResponse({}, status=201)
