"""Includes only: each app owns its own addresses."""

from django.urls import include, path

urlpatterns = [
    path("", include("liaison.urls")),
    path("", include("messaging.urls")),
    path("", include("cases.urls")),
]

handler400 = "liaison.errors.bad_request"
handler403 = "liaison.errors.forbidden"
handler404 = "liaison.errors.not_found"
handler500 = "liaison.errors.server_error"
