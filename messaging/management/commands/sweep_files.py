"""`manage.py sweep_files`: removes sealed files that no message refers to after a day. Run it daily."""

from typing import Any

from django.core.management.base import BaseCommand

from messaging import attachments


class Command(BaseCommand):
    help = "Remove sealed files that were begun more than a day ago and never shared."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{attachments.sweep()} files swept")
