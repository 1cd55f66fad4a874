"""`manage.py rebuild_cases`: write the rows of every case again from the signed acts. The result is the same rows."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.actions import rebuild
from messaging.models import Channel


class Command(BaseCommand):
    help = "Rebuild the rows of every case from its log of signed acts."

    def handle(self, *args: Any, **options: Any) -> None:
        done = sum(
            rebuild(channel_id) is not None for channel_id in Channel.objects.filter(kind="case").values_list("pk", flat=True)
        )
        self.stdout.write(f"{done} cases rebuilt")
