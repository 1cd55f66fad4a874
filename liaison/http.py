"""The threshold: who may call, what a body may be, how a refusal is said. Used by the views of every app."""

import functools
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.utils.http import urlencode
from django.utils.translation import gettext

from liaison import sessions
from liaison.models import Officer
from sealed.errors import EnlaceError

View = Callable[..., HttpResponse]


def error_view(error: EnlaceError) -> dict[str, Any]:
    """{"code", "message", "fields"?, ...}: what a refusal says to a client."""
    said: dict[str, Any] = {"code": error.code, "message": gettext(error.sentence)}
    if error.fields:
        said["fields"] = {path: str(sentence) for path, sentence in error.fields.items()}
    return said | error.more


def error_json(error: EnlaceError) -> JsonResponse:
    """{"error": ...} with the status of the code."""
    response = JsonResponse({"error": error_view(error)}, status=error.status)
    if "retry_after" in error.more:
        response.headers["Retry-After"] = str(error.more["retry_after"])
    return response


def api(*methods: str, signed_in: bool = True) -> Callable[[View], View]:
    """A JSON view for officers who gave both factors. Other methods: 405. An EnlaceError becomes a JSON refusal."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            if signed_in and not sessions.is_live(request):
                return error_json(EnlaceError("sign_in_again"))
            try:
                return _renewed_token(request, view(request, *args, **kwargs))
            except EnlaceError as error:
                return error_json(error)

        return wrapped

    return decorate


def _renewed_token(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Signing in changes the CSRF secret: a page that goes on without reloading learns the new token from the answer."""
    if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        response.headers["X-CSRFToken"] = get_token(request)
    return response


def me_of(request: HttpRequest) -> Officer:
    return request.user  # type: ignore[return-value]


def page(*methods: str) -> Callable[[View], View]:
    """An HTML view for officers who gave both factors; others are sent to sign in and come back. `not_found` is the 404 page."""
    allowed = methods or ("GET",)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if not sessions.is_live(request):
                here = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?{here}" if here else settings.LOGIN_URL)
            try:
                return view(request, *args, **kwargs)
            except EnlaceError as error:
                from liaison.errors import error_page

                return error_page(request, error.status, gettext(error.sentence))

        return wrapped

    return decorate


def stepped_up(view: View) -> View:
    """For sharp acts: the second factor was given in this session within the last five minutes."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sessions.stepped_up(request):
            return error_json(EnlaceError("step_up_required"))
        return view(request, *args, **kwargs)

    return wrapped


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise EnlaceError("bad_request", fields={"": gettext("A field is given twice.")})
    return made


def _no_constants(name: str) -> Any:
    raise EnlaceError("bad_request", name)


def parse_json(data: bytes) -> dict[str, Any]:
    """A JSON object; duplicate keys, NaN and anything nested without end are refused with `bad_request`."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise EnlaceError("bad_request") from None
    if not isinstance(value, dict):
        raise EnlaceError("bad_request")
    return value


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object a request carries. Only application/json: a form of another site cannot send that without asking."""
    if (request.content_type or "") != "application/json":
        raise EnlaceError("bad_request", "content type")
    return parse_json(request.body)


def only(data: dict[str, Any], required: Mapping[str, type], optional: Mapping[str, type] | None = None) -> dict[str, Any]:
    """`data` with exactly these fields of these types: an unknown field is refused, never ignored (mass assignment)."""
    extra = optional or {}
    fields = {name: gettext("This field does not belong here.") for name in data if name not in required and name not in extra}
    fields |= {name: gettext("This is missing.") for name in required if name not in data}
    for name, sort in {**required, **extra}.items():
        value = data.get(name)
        if name in data and (not isinstance(value, sort) or (sort is int and isinstance(value, bool))):
            fields[name] = gettext("This is not of the right form.")
        if isinstance(value, str) and "\x00" in value:
            fields[name] = gettext("This is not of the right form.")
    if fields:
        raise EnlaceError("bad_request", fields=fields)
    return data


def source_of(request: HttpRequest) -> str:
    """The address that the nearest untrusted hop connected from. A client's own X-Forwarded-For changes nothing: only as many
    entries as there are trusted proxies are read, from the right."""
    trusted = settings.ENLACE_TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if trusted and len(hops) >= trusted:
        return hops[-trusted][:64]
    return str(request.META.get("REMOTE_ADDR") or "local")[:64]


def incident() -> str:
    return secrets.token_hex(4)
