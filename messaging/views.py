"""The channels over HTTP: JSON for clients, and the three pages, which hold no content but ids (the browser opens it)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from liaison.http import api, body, only, page
from liaison.names import b64u, unb64u
from messaging import access, actions, shapes
from messaging.announce import iso, wire_view
from messaging.models import Event
from sealed.errors import EnlaceError

MAX_PAGE = 500


# --- JSON -----------------------------------------------------------------------------------------------------------
@api("GET", "POST")
def channels(request: HttpRequest) -> JsonResponse:
    """GET: the officer's channels; ?kid= for a focal point: where a key of its authority is a member.
    POST {wires, grants}: make one; its genesis is the first wire."""
    if request.method == "GET" and "kid" in request.GET:
        held = access.channels_of_key(request.user, unb64u(request.GET["kid"], 32))
        return JsonResponse({"channels": shapes.heads(held.order_by("-last_at"))})
    if request.method == "GET":
        return JsonResponse({"channels": shapes.channel_list(request.user)})
    wires, grants, files = sent_in(body(request))
    if files:
        raise EnlaceError("bad_request")
    made = actions.create_channel(request.user, wires, grants)
    return JsonResponse({"channel": made.pk, "n": made.head_n}, status=201)


@api("GET")
def channel(request: HttpRequest, channel_id: str) -> JsonResponse:
    """What a client needs to verify and open one channel. Who is no member learns only what it needs to sign the one
    thing it may do there."""
    found, who = access.channel_and_standing(request.user, channel_id)
    if who.member:
        return JsonResponse(shapes.channel_detail(found, request.user))
    return JsonResponse(shapes.focal_detail(found, guest=who.guest) if who.focal else shapes.guest_detail(found))


@api("GET", "POST")
def events(request: HttpRequest, channel_id: str) -> JsonResponse:
    """GET ?after=n&limit= (events from position n on) or ?before=n (the newest below n). POST {wires, grants}."""
    if request.method == "POST":
        wires, grants, files = sent_in(body(request))
        return JsonResponse({"events": [placed(row) for row in actions.append(request.user, channel_id, wires, grants, files)]})
    found = access.channel_for(request.user, channel_id)
    limit = _number(request, "limit", 200, MAX_PAGE)
    if "before" in request.GET:
        rows = shapes.events_before(found, _number(request, "before", 0), limit)
    else:
        rows = shapes.events_after(found, _number(request, "after", 0), limit)
    return JsonResponse({"events": [wire_view(row) for row in rows], "head_n": found.head_n})


@api("GET")
def ids(request: HttpRequest, channel_id: str) -> JsonResponse:
    """Event ids from position `after` on, 32 bytes each, so that a client extends its transcript without the bodies."""
    found = access.channel_for(request.user, channel_id)
    after = _number(request, "after", 0)
    return JsonResponse({"after": after, "ids": b64u(shapes.event_ids(found, after)), "head_n": found.head_n})


@api("GET")
def headers(request: HttpRequest, channel_id: str) -> JsonResponse:
    """Headers from position `after` on: what a client needs to know that no change of membership was kept from it."""
    found = access.channel_for(request.user, channel_id)
    after = _number(request, "after", 0)
    return JsonResponse({"after": after, "headers": [b64u(hdr) for hdr in shapes.headers(found, after)], "head_n": found.head_n})


@api("POST")
def receipt(request: HttpRequest, channel_id: str) -> JsonResponse:
    """{receipt}: the signed read mark of the officer's own key."""
    row = actions.save_receipt(request.user, channel_id, unb64u(body(request).get("receipt")))
    return JsonResponse({"n": row.n, "at": iso(row.at)})


def placed(row: Event) -> dict[str, Any]:
    return {
        "n": row.n,
        "at": iso(row.at),
        "event_id": b64u(row.event_id),
        "client_id": b64u(row.client_id),
        "client_seq": row.client_seq,
    }


def sent_in(asked: dict[str, Any]) -> tuple[list[bytes], list[tuple[bytes, bytes]], list[bytes]]:
    """{wires: [b64u], grants?: [[rcpt_kid, blob]], files?: [file_id]} and nothing else."""
    data = only(asked, {"wires": list}, {"grants": list, "files": list})
    wires, grants, files = data["wires"], data.get("grants", []), data.get("files", [])
    if any(not isinstance(pair, list) or len(pair) != 2 for pair in grants):
        raise EnlaceError("bad_request")
    gifts = [(unb64u(kid, 32), unb64u(blob)) for kid, blob in grants]
    return [unb64u(wire) for wire in wires], gifts, [unb64u(file_id, 16) for file_id in files]


def _number(request: HttpRequest, name: str, default: int, highest: int = 2**53) -> int:
    text = request.GET.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        raise EnlaceError("bad_request")
    return min(int(text), highest)


# --- Pages: one template; the browser swaps conversations in place -----------------------------------------------------
@page("GET")
def channels_page(request: HttpRequest) -> HttpResponse:
    return _page(request)


@page("GET")
def new_channel_page(request: HttpRequest) -> HttpResponse:
    return _page(request, start="new")


@page("GET")
def channel_page(request: HttpRequest, channel_id: str) -> HttpResponse:
    return _page(request, channel_id=access.channel_for(request.user, channel_id).pk)


def _page(request: HttpRequest, channel_id: str = "", start: str = "") -> HttpResponse:
    return render(request, "messaging/channels.html", {"channel_id": channel_id, "start": start})


@page("GET")
def handover_page(request: HttpRequest) -> HttpResponse:
    """Says nothing of channels or people: the browser reads both, and the key log has the word on who is who."""
    return render(request, "messaging/handover.html")
