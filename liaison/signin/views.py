"""Pages and JSON doors of signing in, signing out, joining, and the demo's list of people."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as translate
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST

from liaison import actions, demo, sessions, throttle
from liaison.http import api, body, error_json, only, source_of, stepped_up
from liaison.names import b64u
from liaison.signin import passwords, steps
from sealed.errors import EnlaceError

OTP_PAGE = "/signin/otp/"


def _local(request: HttpRequest, wanted: str) -> str:
    """Only paths of this site: a sign-in page that sends people elsewhere is a phisher's tool."""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if allowed and wanted.startswith("/") and not wanted.startswith("//") else "/"


@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    wanted = _local(request, request.GET.get("next", "/"))
    if request.method == "GET" and sessions.is_live(request):
        return HttpResponseRedirect(wanted)
    context: dict[str, Any] = {"demo": settings.ENLACE_DEMO, "making": demo.progress() if settings.ENLACE_DEMO else None}
    if request.method == "GET":
        return render(request, "liaison/signin.html", context)
    try:
        steps.password(request, request.POST.get("username", ""), request.POST.get("password", ""))
    except EnlaceError as error:
        context |= {"problem": translate(error.sentence), "username": request.POST.get("username", "")[:60]}
        return render(request, "liaison/signin.html", context, status=error.status)
    return HttpResponseRedirect(OTP_PAGE + (f"?next={quote(wanted)}" if wanted != "/" else ""))


@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def otp(request: HttpRequest) -> HttpResponse:
    wanted = _local(request, request.GET.get("next", "/"))
    if not request.user.is_authenticated:
        return HttpResponseRedirect(settings.LOGIN_URL)
    if request.method == "GET":
        return render(request, "liaison/otp.html")
    try:
        steps.code(request, request.POST.get("code", ""))
    except EnlaceError as error:
        return render(request, "liaison/otp.html", {"problem": translate(error.sentence)}, status=error.status)
    return HttpResponseRedirect(wanted)


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    sessions.sign_out(request)
    response = HttpResponseRedirect(settings.LOGIN_URL)
    response.headers["Clear-Site-Data"] = '"cache"'  # not "storage": the outbox may hold sealed messages on their way
    return response


@api("POST", signed_in=False)
def api_signin(request: HttpRequest) -> HttpResponse:
    data = only(body(request), {"username": str, "password": str})
    steps.password(request, data["username"], data["password"])
    return JsonResponse({"next": "otp"})


@api("POST", signed_in=False)
def api_otp(request: HttpRequest) -> HttpResponse:
    officer = steps.code(request, only(body(request), {"code": str})["code"])
    return JsonResponse(
        {"officer": {"id": officer.pk, "name": officer.name, "authority": officer.authority_id, "role": officer.role}}
    )


@api("POST")
def api_step_up(request: HttpRequest) -> HttpResponse:
    steps.check_code(request.user, only(body(request), {"code": str})["code"])  # type: ignore[arg-type]
    sessions.step_up(request)
    return JsonResponse({})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Any page's language switch; an officer's choice is kept with the account."""
    is_json = request.content_type == "application/json"
    try:
        data = body(request) if is_json else request.POST
        chosen = str(data.get("language", ""))
    except EnlaceError as error:
        return error_json(error)
    if chosen not in dict(settings.LANGUAGES) or not check_for_language(chosen):
        return error_json(EnlaceError("bad_request"))
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(language=chosen)
    response: HttpResponse
    response = JsonResponse({}) if is_json else HttpResponseRedirect(_local(request, str(data.get("next", "/"))))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Strict", secure=not settings.DEBUG, httponly=True
    )
    return response


# --- Joining ---------------------------------------------------------------------------------------------------------


@ensure_csrf_cookie
@require_http_methods(["GET"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    from liaison.errors import error_page

    try:
        tried = throttle.take("join_source", source_of(request))
        actions.invitation(token)
        tried.delete()
    except EnlaceError as error:
        return error_page(
            request, error.status, translate("This invitation was used, is too old, or never existed. Ask for a new one.")
        )
    return render(request, "liaison/join.html", {"token": token})


@api("GET", signed_in=False)
def api_join(request: HttpRequest, token: str) -> HttpResponse:
    officer = actions.invitation(token).officer
    return JsonResponse(
        {
            "authority": officer.authority_id,
            "authority_name": officer.authority_name,
            "name": officer.name,
            "username": officer.username,
            "role": officer.role,
            "languages": officer.languages,
            "language": officer.language,
            "subject": b64u(officer.subject_bytes),
        }
    )


@api("POST", signed_in=False)
def api_join_account(request: HttpRequest, token: str) -> HttpResponse:
    data = only(body(request), {"password": str}, {"language": str})
    chosen = data.get("language", "es")
    secret = actions.set_first_password(token, data["password"], chosen if chosen in dict(settings.LANGUAGES) else "es")
    officer = actions.invitation(token).officer
    return JsonResponse({"totp_secret": secret, "otpauth": passwords.otpauth(officer.username, secret)})


@api("POST", signed_in=False)
def api_join_otp(request: HttpRequest, token: str) -> HttpResponse:
    data = only(body(request), {"code": str})
    tried = throttle.take("join_source", source_of(request))
    officer, codes = actions.confirm_first_code(token, data["code"].strip())
    tried.delete()
    sessions.begin(request, officer)
    sessions.verify(request, officer)
    return JsonResponse({"recovery_codes": codes})


@api("POST")
@stepped_up
def api_recovery_codes(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"recovery_codes": actions.new_recovery_codes(request.user)})  # type: ignore[arg-type]


# --- The demo --------------------------------------------------------------------------------------------------------


@ensure_csrf_cookie
@require_http_methods(["GET"])
def demo_people(request: HttpRequest) -> HttpResponse:
    """Only on a demo database: everybody's secrets, so that a visitor is inside in one click."""
    from liaison.errors import error_page

    if not settings.ENLACE_DEMO:
        return error_page(request, 404, translate("There is nothing here, or it is not yours to see."))
    return render(request, "liaison/demo.html", {"officers": demo.people(), "making": demo.progress()})
