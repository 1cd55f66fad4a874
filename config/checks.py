"""Refuses a dangerous deployment at start, by id and with a hint (`manage.py check --deploy` shows all of them)."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def secret_key_is_set(**_: object) -> list[CheckMessage]:
    if settings.DEBUG or len(settings.SECRET_KEY) >= 50:
        return []
    return [
        Error(
            "ENLACE_SECRET_KEY is missing or shorter than 50 characters.",
            hint="Put 64 random characters into a file of mode 0600 and name it in ENLACE_SECRET_KEY_FILE.",
            id="enlace.E001",
        )
    ]


@register(Tags.security)
def demo_stays_a_demo(**_: object) -> list[CheckMessage]:
    if not settings.ENLACE_DEMO or settings.DEBUG:
        return []
    return [
        Error(
            "ENLACE_DEMO is on without ENLACE_DEBUG: the demo prints everybody's password on its sign-in page.",
            hint="Unset ENLACE_DEMO. Never point the demo at a database with real people.",
            id="enlace.E002",
        )
    ]


@register(Tags.security)
def origins_are_exact(**_: object) -> list[CheckMessage]:
    if settings.DEBUG:
        return []
    problems: list[CheckMessage] = []
    if not settings.ENLACE_ORIGINS:
        problems.append(
            Error(
                "ENLACE_ORIGINS is empty: no browser could open a socket.",
                hint="Set it to the exact origin of the site, for example https://enlace.example.org",
                id="enlace.E003",
            )
        )
    problems += [
        Error(
            f"The origin {origin} is not https.",
            hint="Officers' sessions must never travel in the clear; put TLS in front and name the https origin.",
            id="enlace.E004",
        )
        for origin in settings.ENLACE_ORIGINS
        if not origin.startswith("https://")
    ]
    return problems


@register(Tags.security)
def redis_has_a_password(**_: object) -> list[CheckMessage]:
    url = settings.ENLACE_REDIS_URL
    if settings.DEBUG or not url or "@" in url:
        return []
    return [
        Error(
            "ENLACE_REDIS_URL has no password.",
            hint="Who can publish to Redis can wake and close officers' sockets; use redis://:PASSWORD@host or rediss://.",
            id="enlace.E005",
        )
    ]


@register(Tags.security)
def log_key_fits(**_: object) -> list[CheckMessage]:
    """Signing on with another key would make every client refuse the log as forged."""
    from liaison import checkpoints

    problem = checkpoints.problem()
    hint = "Put back the file (mode 0600) that signed this log: VAR_DIR/log.key, or what ENLACE_LOG_KEY_FILE names."
    return [Error(problem, hint=hint, id="enlace.E006")] if problem else []
