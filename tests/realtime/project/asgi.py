"""The ASGI application of the house with nothing but pipes."""

from django.core.asgi import get_asgi_application

from realtime.asgi import build

application = build(get_asgi_application())
