"""Many channels in one request: what handing over a post asks for and writes."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from liaison.http import api, body, error_view, me_of, only
from liaison.names import unb64u
from messaging import access, actions, many, shapes
from messaging.views import placed, sent_in
from sealed.errors import EnlaceError

AT_ONCE = 50


@api("GET")
def shared(request: HttpRequest) -> JsonResponse:
    """?with=subject: the officer's channels where that person is or was a member."""
    found = access.channels_shared_with(me_of(request), unb64u(request.GET.get("with"), 16))
    return JsonResponse({"channels": shapes.heads(found.order_by("-last_at"))})


@api("POST")
def read(request: HttpRequest) -> JsonResponse:
    """{channels: [id]}: everything needed to verify and open them. One that is not the officer's is left out."""
    ids = only(body(request), {"channels": list})["channels"]
    if len(ids) > AT_ONCE:
        raise EnlaceError("too_many")
    if not all(isinstance(name, str) for name in ids):
        raise EnlaceError("bad_request")
    return JsonResponse({"channels": many.openings(me_of(request), ids)})


@api("POST")
def batch(request: HttpRequest) -> JsonResponse:
    """{sends: [{channel, wires, grants?}]} -> {results: [{events} or {error}]}, in the same order: each channel takes all of its
    own or nothing, whatever the others do."""
    sends = only(body(request), {"sends": list})["sends"]
    if len(sends) > AT_ONCE:
        raise EnlaceError("too_many")
    read = [_sending(one) for one in sends]
    answers = iter(actions.append_many(me_of(request), [one for one in read if isinstance(one, actions.Sending)]))
    return JsonResponse({"results": [_shown(one if isinstance(one, EnlaceError) else next(answers)) for one in read]})


def _sending(asked: Any) -> actions.Sending | EnlaceError:
    try:
        if not isinstance(asked, dict) or not isinstance(asked.get("channel"), str):
            raise EnlaceError("bad_request")
        wires, grants, files = sent_in({name: value for name, value in asked.items() if name != "channel"})
        if files:
            raise EnlaceError("bad_request")
        return actions.Sending(asked["channel"], wires, grants)
    except EnlaceError as refusal:
        return refusal


def _shown(result: Any) -> dict[str, Any]:
    if isinstance(result, EnlaceError):
        return {"error": error_view(result)}
    return {"events": [placed(row) for row in result]}
