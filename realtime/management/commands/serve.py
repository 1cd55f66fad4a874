"""`manage.py serve`: Enlace for real, HTTP and sockets in one process (or several with Redis)."""

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from realtime import server


class Command(BaseCommand):
    help = "Serve HTTP and sockets until SIGTERM, then tell every socket 1012 and exit 0 within 5 s."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="0 takes a free port")
        parser.add_argument("--fd", type=int, help="a listening socket inherited from a supervisor")
        parser.add_argument("--workers", type=int, default=1, help="processes that share the port; needs ENLACE_REDIS_URL")
        parser.add_argument("--worker", action="store_true", help="started by --workers")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["workers"] > 1:
            self._several(options)
        if options["worker"]:
            server.end_with_parent()
        server.run_server(
            options["host"],
            options["port"],
            ready=None if options["worker"] else self._say,
            fd=options["fd"],
            shared=options["worker"],
        )
        self._exit(0)

    def _several(self, options: dict[str, Any]) -> None:
        if not settings.ENLACE_REDIS_URL:
            raise CommandError("--workers needs ENLACE_REDIS_URL: without Redis the processes would not hear each other.")
        if options["fd"] is not None:
            raise CommandError("--workers opens its own port: use --host and --port, or run one process per --fd.")
        self._exit(server.run_workers(options["host"], options["port"], options["workers"], self._say))

    def _say(self, url: str) -> None:
        self.stdout.write(f"Enlace listens on {url}")
        self.stdout.flush()

    def _exit(self, status: int) -> None:
        """At once: Python would wait for pool threads, and one of them may hang on a database that is gone."""
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
