"""The tracker as JSON. Thin: access decides what is there, actions do, shapes say."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from cases import actions, board, shapes
from cases.access import case_for
from cases.kinds import kinds
from liaison.http import api, body
from liaison.names import unb64u
from sealed.errors import EnlaceError


@api("GET", "POST")
def cases(request: HttpRequest) -> JsonResponse:
    """GET: a page of the cases that fit the filters, {cases, next}. POST: open a case, {channel, code, n}."""
    if request.method == "POST":
        return _open(request)
    filters = board.parse(request.GET)
    try:
        limit = int(request.GET.get("limit", board.PAGE))
    except ValueError:
        raise EnlaceError("bad_request", fields={"limit": "limit"}) from None
    found = board.page(request.user, filters, request.GET.get("after", ""), limit)
    return JsonResponse({"cases": shapes.row_views(found.cases, request.user), "next": found.next})


def _open(request: HttpRequest) -> JsonResponse:
    data = body(request)
    wires, grants = data.get("wires"), data.get("grants", [])
    if set(data) - {"wires", "grants"} or not isinstance(wires, list) or not isinstance(grants, list):
        raise EnlaceError("bad_request")
    case = actions.open_case(request.user, [unb64u(wire) for wire in wires], [_gift(one) for one in grants])
    return JsonResponse({"channel": case.pk, "code": case.code, "n": case.channel.head_n}, status=201)


def _gift(pair: Any) -> tuple[bytes, bytes]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise EnlaceError("bad_request")
    return unb64u(pair[0], 32), unb64u(pair[1])


@api("GET")
def case(request: HttpRequest, code: str) -> JsonResponse:
    return JsonResponse(shapes.case_view(case_for(request.user, code), request.user))


@api("GET")
def board_numbers(request: HttpRequest) -> JsonResponse:
    """The numbers above the board: {counts, totals}."""
    return JsonResponse({"counts": shapes.count_views(board.counts(request.user)), "totals": board.totals(request.user)})


@api("GET")
def kind_list(request: HttpRequest) -> JsonResponse:
    """Every kind with its stages, facts, act schemas and sealed fields, labelled in the reader's language."""
    return JsonResponse({"kinds": [one.shape() | {"steps": shapes.form_views(one)} for one in kinds().values()]})
