"""The pipes as a Django app: gives the `serve` command."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
