"""What every request meets after Django's own layers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from liaison import sessions
from liaison.http import error_json
from sealed.errors import EnlaceError

Next = Callable[[HttpRequest], HttpResponse]


class OfficerLanguage:
    """A signed-in officer reads in the language chosen with the account, whatever this browser prefers."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        if chosen in dict(settings.LANGUAGES):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
        return self.get_response(request)


class LiveSession:
    """Keeps a live session from idling away. Whether it is live is asked by each view's own guard."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and sessions.is_live(request):
            sessions.touch(request)
        return self.get_response(request)


class PlainErrors:
    """An EnlaceError that no view caught is still a refusal in words, not a broken page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return error_json(exception) if isinstance(exception, EnlaceError) else None
