"""The one ASGI application: HTTP to Django, the socket to realtime."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_app = get_asgi_application()

from realtime.asgi import build  # noqa: E402  models must be loaded first

application = build(django_app)
