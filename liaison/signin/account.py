"""An officer changes the password or the code app: ordinary forms, which work where scripts do not. Both ask for what is there
now, and both end every other session."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from liaison import actions, sessions
from liaison.http import me_of, page
from liaison.signin import passwords, steps
from sealed.errors import EnlaceError

PASSWORD, CODE_APP = "liaison/password.html", "liaison/code_app.html"


@page("GET", "POST")
def password(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, PASSWORD)
    officer = me_of(request)
    try:
        passwords.check(request.POST.get("new", ""), officer)  # before a code is used up for nothing
        steps.check_password(request, officer.username, officer, request.POST.get("current", ""))
        steps.check_code(officer, request.POST.get("code", ""))
        actions.change_password(officer, request.POST["new"], request.session.session_key)
    except EnlaceError as error:
        return _again(request, PASSWORD, error)
    sessions.keep_through_password_change(request, officer)
    return HttpResponseRedirect("/me/")


@page("GET", "POST")
def code_app(request: HttpRequest) -> HttpResponse:
    """First a code of the app that counts now (or a recovery code); then the new secret, and a code of the new app."""
    if request.method == "GET":
        return render(request, CODE_APP)
    if "new_code" in request.POST:
        return _take_new_app(request, request.POST["new_code"])
    try:
        steps.check_code(me_of(request), request.POST.get("code", ""))
    except EnlaceError as error:
        return _again(request, CODE_APP, error)
    sessions.step_up(request)
    return _show_new_app(request, actions.new_code_app(me_of(request)))


def _take_new_app(request: HttpRequest, text: str) -> HttpResponse:
    officer = me_of(request)
    if not sessions.stepped_up(request):
        return _again(request, CODE_APP, EnlaceError("step_up_required"))
    try:
        actions.change_code_app(officer, "".join(text.split()), request.session.session_key)
    except EnlaceError as error:
        secret = actions.pending_code_app(officer)
        return _show_new_app(request, secret, error) if secret else _again(request, CODE_APP, error)
    return HttpResponseRedirect("/me/")


def _show_new_app(request: HttpRequest, secret: str, error: EnlaceError | None = None) -> HttpResponse:
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"secret": grouped, "otpauth": passwords.otpauth(me_of(request).username, secret)}
    if error is not None:
        context["problem"] = gettext(error.sentence)
    return render(request, CODE_APP, context, status=error.status if error else 200)


def _again(request: HttpRequest, template: str, error: EnlaceError) -> HttpResponse:
    context = {"problem": gettext(error.sentence), "reasons": list(error.fields.values())}
    return render(request, template, context, status=error.status)
