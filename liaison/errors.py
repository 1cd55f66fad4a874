"""Refusals as pages (and as JSON under /api/): what happened, what to do, and a number to quote. Never a version or a path."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liaison.http import incident

log = logging.getLogger("enlace")


def error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        code = {400: "bad_request", 403: "not_allowed", 404: "not_found"}.get(status, "server_error")
        return JsonResponse({"error": {"code": code, "message": sentence}}, status=status)
    number = incident() if status >= 500 else ""
    return render(request, "errors/error.html", {"status": status, "sentence": sentence, "incident": number}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400, _("This request is not well formed. Nothing was changed."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, _("This is not allowed. Nothing was changed."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, _("There is nothing here, or it is not yours to see."))


def server_error(request: HttpRequest) -> HttpResponse:
    number = incident()
    log.error("incident %s", number)
    context = {
        "status": 500,
        "sentence": _("Something broke on our side. What you had not sent is still with you."),
        "incident": number,
    }
    if request.path.startswith("/api/"):
        return JsonResponse({"error": {"code": "server_error", "message": context["sentence"], "incident": number}}, status=500)
    return render(request, "errors/error.html", context, status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request, 403, _("This page was open for too long. Reload it and try again; what you wrote elsewhere is kept.")
    )
