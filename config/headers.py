"""Headers that Django and django-csp do not set, on every response, errors and static files included."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POWERS_NOT_USED = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
SECURITY_KEYS = "publickey-credentials-create=(self), publickey-credentials-get=(self)"  # no frame of another site asks for one


class SecurityHeaders:
    """Outermost, so that a refusal by any inner layer carries them too.

    `no-store`: pages hold who works on what; neither a shared proxy nor the back button after sign-out may show them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", f"{POWERS_NOT_USED}, {SECURITY_KEYS}")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
