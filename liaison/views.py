"""The JSON doors and pages of the network: own keys and sessions, the key log, vouching, directory, the network's own data."""

import re
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from liaison import access, actions, checkpoints, keys, sessions, throttle, witnesses
from liaison.http import api, body, me_of, only, page, stepped_up
from liaison.log_views import whole_number
from liaison.models import Authority, Officer, Post, Slot, Vault
from liaison.names import b64u, unb64u
from sealed.errors import EnlaceError

LARGEST_VAULT = 2 * 1024 * 1024
LARGEST_LEAF = 64 * 1024
LONGEST_NAME = 480
AUTHORITY_CODE = re.compile(r"[A-Z]{2}|x-[a-z0-9]{2,12}")
MEMBERSHIPS = ("member", "observer_country", "observer_org")
POST_KINDS = ("desk", "border", "consulate", "shelter")
NETWORKS = ("consular", "trafficking")
FUNCTIONS = ("notification", "receiving", "information", "delivering")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def iso(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


# --- Pages -------------------------------------------------------------------------------------------------------------


def home(request: HttpRequest) -> HttpResponse:
    """Where the day begins. On a demo database a visitor begins by choosing whom to be."""
    if not sessions.is_live(request):
        return HttpResponseRedirect("/demo/" if settings.ENLACE_DEMO else settings.LOGIN_URL)
    officer = me_of(request)
    if officer.kid is None and officer.authority_id:
        return HttpResponseRedirect("/keys/")
    return HttpResponseRedirect("/cases/" if officer.role == "supervisor" else "/channels/")


def _plain_page(template: str) -> Any:
    @page()
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template)

    return view


keys_page = _plain_page("liaison/keys.html")
unlock_page = _plain_page("liaison/unlock.html")
me_page = _plain_page("liaison/me.html")
directory_page = _plain_page("liaison/directory.html")


@page()
def authority_page(request: HttpRequest) -> HttpResponse:
    access.focal(me_of(request))
    return render(request, "liaison/authority.html")


# --- Me ----------------------------------------------------------------------------------------------------------------


@api("GET")
def me(request: HttpRequest) -> HttpResponse:
    officer = me_of(request)
    vault = Vault.objects.filter(officer=officer).first()
    return JsonResponse(
        {
            "officer": {
                "id": officer.pk,
                "subject": b64u(officer.subject_bytes),
                "username": officer.username,
                "name": officer.name,
                "authority": officer.authority_id,
                "authority_name": officer.authority_name,
                "role": officer.role,
                "language": officer.language,
                "languages": officer.languages,
                "organization": officer.organization.name if officer.organization else None,
                "kid": officer.kid,
            },
            "vault": b64u(bytes(vault.data)) if vault else None,
            "slots": [shown_slot(slot) for slot in officer.slots.order_by("created")],
            "session_tag": sessions.tag(request.session.session_key),
            "device_tag": sessions.device_tag(officer),
            "request": "pending" if hasattr(officer, "request") else None,
            "recovery_codes_left": officer.recovery_codes.filter(used_at=None).count(),
        }
    )


def shown_slot(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.slot_id,
        "type": slot.type,
        "name": slot.name,
        "slot": b64u(bytes(slot.data)),
        "created": iso(slot.created),
    }


def _slot_parts(text: object) -> tuple[str, int, bytes]:
    """-> (id, type, bytes) of a slot as the protocol frames it; the server reads its header only (docs/protocol.md 3)."""
    from sealed import cbor

    data = unb64u(text)
    try:
        hdr, _ciphertext = cbor.decode(data)
        tag, slot_id, sort, params = cbor.decode(hdr)
    except (EnlaceError, ValueError, TypeError):
        raise EnlaceError("bad_slot") from None
    well_formed = tag == "enl1.slot" and isinstance(slot_id, bytes) and len(slot_id) == 16 and isinstance(params, list)
    if not well_formed or sort not in (1, 2, 3) or len(data) > 4096:
        raise EnlaceError("bad_slot")
    return b64u(slot_id), sort, data


def _sealed_name(text: str) -> str:
    """What its owner calls a slot: ciphertext, which nobody here reads."""
    if not 0 <= len(unb64u(text)) <= LONGEST_NAME:
        raise EnlaceError("bad_request")
    return text


@api("PUT")
def my_vault(request: HttpRequest) -> HttpResponse:
    officer = me_of(request)
    throttle.take("vault_officer", str(officer.pk))
    data = only(body(request), {"vault": str}, {"slots": list})
    vault = unb64u(data["vault"])
    if len(vault) > LARGEST_VAULT:
        raise EnlaceError("bad_request")
    owner, counter = _vault_head(vault)
    if owner != officer.subject_bytes:
        raise EnlaceError("bad_vault")
    slots = None
    if "slots" in data:
        if Vault.objects.filter(officer=officer).exists() and not sessions.stepped_up(request):
            raise EnlaceError("step_up_required")
        slots = [_named_slot(row) for row in data["slots"]]
    actions.save_vault(officer, vault, counter, slots)
    return JsonResponse({"counter": counter})


def _named_slot(row: object) -> tuple[str, int, str, bytes]:
    if not isinstance(row, dict):
        raise EnlaceError("bad_request")
    fields = only(row, {"slot": str}, {"name": str})
    slot_id, sort, content = _slot_parts(fields["slot"])
    return slot_id, sort, _sealed_name(fields.get("name", "")), content


def _vault_head(vault: bytes) -> tuple[bytes, int]:
    from sealed import cbor

    try:
        tag, subject, counter, _ciphertext = cbor.decode(vault)
    except (EnlaceError, ValueError, TypeError):
        raise EnlaceError("bad_vault") from None
    if tag != "enl1.vault" or not isinstance(subject, bytes) or type(counter) is not int:
        raise EnlaceError("bad_vault")
    return subject, counter


@api("POST")
@stepped_up
def my_slots(request: HttpRequest) -> HttpResponse:
    data = only(body(request), {"slot": str}, {"name": str})
    slot_id, sort, content = _slot_parts(data["slot"])
    actions.add_slot(me_of(request), slot_id, sort, _sealed_name(data.get("name", "")), content)
    return JsonResponse({"id": slot_id}, status=201)


@api("PUT")
def my_slot(request: HttpRequest, slot_id: str) -> HttpResponse:
    slot = access.slot_of(me_of(request), slot_id)
    actions.name_slot(slot, _sealed_name(only(body(request), {"name": str})["name"]))
    return JsonResponse({})


@api("POST")
def my_certificate_request(request: HttpRequest) -> HttpResponse:
    data = only(body(request), {"request": str})
    actions.ask_for_certificate(me_of(request), unb64u(data["request"]))
    return JsonResponse({}, status=201)


@api("GET")
def my_sessions(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"sessions": sessions.shown(me_of(request), request.session.session_key)})


@api("DELETE")
def my_session(request: HttpRequest, identifier: str) -> HttpResponse:
    """Ending one's own other session needs no fresh code: who finds a stranger in it must be quick."""
    sessions.end([access.session_of(me_of(request), identifier)])
    return JsonResponse({})


# --- The key log ---------------------------------------------------------------------------------------------------------


@api("GET")
def keylog(request: HttpRequest) -> HttpResponse:
    head = checkpoints.current()
    found = keys.leaves(whole_number(request, "from", "0"), head.size)
    shown = {"size": head.size, "leaves": [b64u(leaf) for leaf in found]}
    heads = {"checkpoint": head.note, "cosigned": witnesses.newest(me_of(request).authority_id)}
    return JsonResponse(shown | heads | {"log_key": b64u(checkpoints.public_key())})


@api("POST")
def keylog_leaves(request: HttpRequest) -> HttpResponse:
    officer = me_of(request)
    throttle.take("keylog_officer", str(officer.pk))
    leaf = unb64u(only(body(request), {"leaf": str})["leaf"])
    if len(leaf) > LARGEST_LEAF:
        raise EnlaceError("bad_leaf")
    return JsonResponse({"index": keys.append(officer, leaf)}, status=201)


# --- The focal point's desk ------------------------------------------------------------------------------------------------


@api("GET")
def requests(request: HttpRequest) -> HttpResponse:
    rows = access.requests_of(me_of(request))
    return JsonResponse({"requests": [shown_request(row) for row in rows]})


def shown_request(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "officer": row.officer_id,
        "name": row.officer.name,
        "username": row.officer.username,
        "role": row.officer.role,
        "at": iso(row.at),
        "request": b64u(bytes(row.data)),
        "kid": row.kid,
        "posts": [appointment.post.name for appointment in row.officer.appointments.all()],
    }


@api("DELETE")
def refused_request(request: HttpRequest, identifier: int) -> HttpResponse:
    actions.refuse_request(me_of(request), access.request_of(me_of(request), identifier))
    return JsonResponse({})


@api("GET", "POST")
def invitations(request: HttpRequest) -> HttpResponse:
    officer = me_of(request)
    if officer.role not in ("focal", "secretariat"):
        raise EnlaceError("not_found")
    if request.method == "GET":
        rows = Officer.objects.filter(invitation__made_by=officer).select_related("invitation").order_by("-pk")[:200]
        shown = [
            {"name": row.name, "username": row.username, "at": iso(row.invitation.made_at), "used": iso(row.invitation.used_at)}
            for row in rows
        ]
        return JsonResponse({"invitations": shown})
    return _make_invitation(request, officer)


def _make_invitation(request: HttpRequest, officer: Officer) -> HttpResponse:
    throttle.take("invite_officer", str(officer.pk))
    optional = {"posts": list, "languages": list, "authority": str, "organization": int}
    data = only(body(request), {"username": str, "name": str, "role": str}, optional)
    authority = _invited_authority(officer, data)
    person = {
        "username": data["username"].strip().lower(),
        "name": _shown_name(data["name"]),
        "role": data["role"],
        "languages": [code for code in data.get("languages", []) if isinstance(code, str) and len(code) <= 8][:8],
        "posts": [_appointment(row, authority) for row in data.get("posts", [])],
        "organization": _organization(data.get("organization"), authority),
    }
    _invited, token = actions.invite(officer, authority, person)
    return _invitation_answer(request, token)


def _invitation_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The only time that the token is shown."""
    return JsonResponse({"token": token, "url": request.build_absolute_uri(f"/join/{token}/")}, status=201)


def _invited_authority(officer: Officer, data: dict[str, Any]) -> Authority:
    """A focal point invites into its own authority; the secretariat invites the first focal point of an authority."""
    if officer.role == "secretariat":
        if data["role"] != "focal" or "authority" not in data:
            raise EnlaceError("not_allowed")
        return access.authority(data["authority"])
    if (
        data["role"] not in ("officer", "supervisor", "bot")
        or data.get("authority", officer.authority_id) != officer.authority_id
    ):
        raise EnlaceError("not_allowed")
    assert officer.authority is not None  # noqa: S101  a focal point always has one
    return officer.authority


def _shown_name(text: str) -> str:
    """Officers' names keep every script but no invisible marks: a name that only looks like another is an impostor's."""
    name = " ".join(text.split())
    hidden = any(ord(letter) < 32 or 0x200B <= ord(letter) <= 0x200F or 0x202A <= ord(letter) <= 0x2069 for letter in name)
    scripts = {("latin" if ord(letter) < 0x250 else "cyrillic") for letter in name if letter.isalpha() and ord(letter) < 0x530}
    if not 2 <= len(name) <= 80 or hidden or len(scripts) > 1:
        raise EnlaceError("bad_request", fields={"name": _("Give the name as colleagues know it, in one script.")})
    return name


def _appointment(row: object, authority: Authority) -> tuple[Post, str, str]:
    if not isinstance(row, dict):
        raise EnlaceError("bad_request")
    fields = only(row, {"post": str}, {"network": str, "function": str})
    post = access.post(fields["post"])
    network, function = fields.get("network", "consular"), fields.get("function", "information")
    if post.authority_id != authority.pk or network not in NETWORKS or function not in FUNCTIONS:
        raise EnlaceError("bad_request", fields={"posts": _("This post is not of that authority.")})
    return post, network, function


def _organization(identifier: int | None, authority: Authority) -> Any:
    if identifier is None:
        return None
    found = authority.organizations.filter(pk=identifier).first()
    if found is None:
        raise EnlaceError("bad_request", fields={"organization": _("This organization is not accredited by that authority.")})
    return found


@api("POST")
@stepped_up
def deactivate(request: HttpRequest, identifier: int) -> HttpResponse:
    actions.deactivate(me_of(request), access.officer_of(me_of(request), identifier))
    return JsonResponse({})


@api("POST")
@stepped_up
def end_sessions(request: HttpRequest, identifier: int) -> HttpResponse:
    actions.end_sessions(me_of(request), access.officer_of(me_of(request), identifier))
    return JsonResponse({})


@api("POST")
@stepped_up
def invite_again(request: HttpRequest, identifier: int) -> HttpResponse:
    throttle.take("invite_officer", str(me_of(request).pk))
    return _invitation_answer(request, actions.invite_again(me_of(request), access.officer_of(me_of(request), identifier)))


@api("GET")
def officers(request: HttpRequest) -> HttpResponse:
    """Everybody this focal point answers for, invited and gone ones too."""
    rows = access.officers_of(me_of(request)).select_related("invitation", "request", "organization")
    rows = rows.prefetch_related("appointments__post").order_by("-is_active", "name")
    return JsonResponse({"officers": [officer_at_the_desk(row) for row in rows]})


def officer_at_the_desk(row: Officer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "username": row.username,
        "authority": row.authority_id,
        "organization": row.organization.name if row.organization else None,
        "posts": [one.post.name for one in row.appointments.all()],
        "kid": row.kid,
        "active": row.is_active,
        "joined": row.has_usable_password(),
        "asks": hasattr(row, "request"),
    }


# --- The directory -----------------------------------------------------------------------------------------------------


@api("GET")
def directory(request: HttpRequest) -> HttpResponse:
    """Only officers whose key is vouched for, and every post with its hours."""
    now = timezone.now()
    officers = Officer.objects.filter(is_active=True).exclude(kid=None).select_related("organization")
    officers = officers.prefetch_related("appointments").order_by("name")
    return JsonResponse(
        {
            "authorities": [
                {"code": row.pk, "name": row.name, "kind": row.kind, "membership": row.membership}
                for row in Authority.objects.order_by("code")
            ],
            "posts": [shown_post(row, now) for row in Post.objects.all()],
            "officers": [shown_officer(row) for row in officers],
        }
    )


def shown_post(row: Post, now: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "authority": row.authority_id,
        "name": row.name,
        "kind": row.kind,
        "city": row.city,
        "country": row.country,
        "tz": row.tz,
        "hours": row.hours,
        "capacity": row.capacity,
        "networks": row.networks,
        "open": row.is_open(now),
    }


def shown_officer(row: Officer) -> dict[str, Any]:
    serving = [one for one in row.appointments.all() if one.end is None]
    return {
        "id": row.pk,
        "subject": b64u(row.subject_bytes),
        "name": row.name,
        "authority": row.authority_id,
        "organization": row.organization.name if row.organization else None,
        "role": row.role,
        "kid": row.kid,
        "posts": list(dict.fromkeys(str(one.post_id) for one in serving)),  # one desk may serve two networks
        "networks": sorted({one.network for one in serving}),
        "functions": sorted({one.function for one in serving}),
        "languages": row.languages,
    }


# --- The network's own data ------------------------------------------------------------------------------------------------


@api("POST")
def authorities(request: HttpRequest) -> HttpResponse:
    access.secretariat(me_of(request))
    fields = only(body(request), {"code": str, "name_es": str, "name_en": str, "name_fr": str}, {"kind": str, "membership": str})
    fields.setdefault("kind", "country")
    fields.setdefault("membership", "member")
    good = AUTHORITY_CODE.fullmatch(fields["code"]) and fields["membership"] in MEMBERSHIPS
    if not good or fields["kind"] not in ("country", "organization"):
        raise EnlaceError("bad_request", fields={"code": _("This is not the code of an authority.")})
    authority = actions.admit_authority(me_of(request), fields)
    return JsonResponse({"code": authority.pk}, status=201)


@api("POST")
def posts(request: HttpRequest) -> HttpResponse:
    officer = me_of(request)
    required = {"authority": str, "name": str, "kind": str, "country": str, "tz": str, "hours": dict}
    data = only(body(request), required, {"city": str, "capacity": int, "networks": list})
    if officer.role == "secretariat":
        authority = access.authority(data["authority"])
    else:
        access.focal(officer)
        if data["authority"] != officer.authority_id:
            raise EnlaceError("not_found")
        authority = access.authority(data["authority"])
    _check_post(data)
    fields = {name: value for name, value in data.items() if name != "authority"}
    post = actions.open_post(officer, authority, fields)
    return JsonResponse({"id": str(post.pk)}, status=201)


@cache
def time_zones() -> frozenset[str]:
    """Reads the disk: once."""
    return frozenset(available_timezones())


def _check_post(data: dict[str, Any]) -> None:
    if data["kind"] not in POST_KINDS:
        raise EnlaceError("bad_request", fields={"kind": _("Choose one of the listed values.")})
    if data["tz"] not in time_zones():
        raise EnlaceError("bad_request", fields={"tz": _("This is not a time zone.")})
    if not 2 <= len(data["name"]) <= 160 or not re.fullmatch(r"[A-Z]{2}", data["country"]):
        raise EnlaceError("bad_request", fields={"name": _("This is not of the right form.")})
    if not set(data.get("networks", [])) <= set(NETWORKS):
        raise EnlaceError("bad_request", fields={"networks": _("Choose one of the listed values.")})
    for day, ranges in data["hours"].items():
        good = day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") and isinstance(ranges, list)
        pairs = good and all(isinstance(pair, list) and len(pair) == 2 for pair in ranges)
        if not pairs or not all(isinstance(clock, str) and CLOCK.fullmatch(clock) for pair in ranges for clock in pair):
            raise EnlaceError("bad_request", fields={"hours": _("Give hours as 08:00 to 17:00 for each day.")})


@api("POST")
def organizations(request: HttpRequest) -> HttpResponse:
    officer = me_of(request)
    access.focal(officer)
    name = _shown_name(only(body(request), {"name": str})["name"])
    assert officer.authority is not None  # noqa: S101  a focal point always has one
    return JsonResponse({"id": actions.accredit(officer, officer.authority, name).pk}, status=201)


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, and how the pipes are."""
    import realtime

    Authority.objects.exists()
    state = realtime.status()
    return JsonResponse({"database": "up", "bus": state["bus"], "debug": settings.DEBUG})
