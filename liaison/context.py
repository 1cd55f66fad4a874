"""What the shell around every page shows."""

from typing import Any

from django.http import HttpRequest

from liaison import sessions
from liaison.models import CertificateRequest
from liaison.names import b64u


def shell(request: HttpRequest) -> dict[str, Any]:
    """{"shell": {...}}: the officer and what waits; empty for who is not signed in."""
    if not hasattr(request, "user") or not request.user.is_authenticated or not sessions.is_live(request):
        return {"shell": {}}
    officer = request.user
    waiting = 0
    if officer.vouches:
        waiting = CertificateRequest.objects.filter(officer__authority=officer.authority).exclude(officer=officer).count()
    return {
        "shell": {
            "session_tag": sessions.tag(request.session.session_key),
            "requests_waiting": waiting or "",
            "cases_waiting": "",
            "officer": {
                "subject": b64u(officer.subject_bytes),
                "name": officer.name,
                "authority": officer.authority_id or "",
                "authority_name": officer.authority_name,
                "role": officer.role,
                "vouches": officer.vouches,
                "kid": officer.kid,
            },
        }
    }
