"""`manage.py demo`: one process on SQLite at http://localhost:8000 with a living network in it. The network is made by
`client.demo` through the ordinary doors, while the page that shows its progress is served already; a second start only serves."""

import ctypes
import io
import logging
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from liaison import demo

PR_SET_PDEATHSIG = 1
LEFTOVERS = ("demo.sqlite3", "demo.sqlite3-wal", "demo.sqlite3-shm", "demo.json", "demo-progress.json")


def _end_with_parent() -> None:
    """The maker of the network does not outlive the server it talks to (Linux; elsewhere it ends at its next request)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Command(BaseCommand):
    help = "Serve Enlace with a made-up network of officers at work. Everything is kept under var/."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="0 takes a free port")
        parser.add_argument("--serve", action="store_true", help="serve (the default)")
        parser.add_argument("--prepare-only", action="store_true", help="make the network, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ENLACE_DEMO:
            raise CommandError("Start this as `manage.py demo`: it needs an environment of its own.")
        self._options, self._failed = options, False
        self._maker: subprocess.Popen[str] | None = None
        logging.getLogger("enlace.access").setLevel(logging.WARNING)  # the terminal tells of the network, not of each request
        self._prepare()
        from realtime.server import run_server

        run_server(options["host"], options["port"], ready=self._serving)
        self._end()

    # --- Before serving ----------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        if demo.is_complete():
            self._token = ""
        else:
            for name in LEFTOVERS:
                (settings.VAR_DIR / name).unlink(missing_ok=True)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        self._collect_static()
        if not demo.is_complete():
            said = io.StringIO()
            call_command("create_secretariat", username="sofia.paz", name="Sofía Paz", token_only=True, stdout=said)
            self._token = said.getvalue().strip()

    def _collect_static(self) -> None:
        """Only when a source is newer than what was collected: it compresses every file, which takes seconds."""
        from django.contrib.staticfiles.finders import get_finders

        stamp = settings.STATIC_ROOT / "staticfiles.json"
        newest = max(
            (os.path.getmtime(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])), default=0
        )
        if not stamp.exists() or stamp.stat().st_mtime < newest:
            call_command("collectstatic", verbosity=0, interactive=False, clear=stamp.exists())

    # --- While serving -----------------------------------------------------------------------------------------------

    def _serving(self, url: str) -> None:
        shown = url.replace("127.0.0.1", "localhost")
        self.stdout.write(f"Enlace listens on {shown}\nSign in as anybody of the demo network: {shown}/demo/")
        self.stdout.flush()
        if self._token:
            threading.Thread(target=self._make_network, args=(url,), name="enlace-demo", daemon=True).start()
        elif self._options["prepare_only"]:
            os.kill(os.getpid(), signal.SIGTERM)

    def _make_network(self, url: str) -> None:
        self.stdout.write("The network is being made (once):")
        self.stdout.flush()
        command = [sys.executable, "-m", "client.demo", "--url", url, "--var", str(settings.VAR_DIR)]
        maker = subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, text=True, preexec_fn=_end_with_parent)
        self._maker = maker
        maker.communicate(self._token + "\n")
        self._failed = maker.returncode != 0
        if self._failed:
            self.stderr.write("The network could not be completed. It is made anew at the next start.")
        if self._options["prepare_only"]:
            os.kill(os.getpid(), signal.SIGTERM)

    def _end(self) -> None:
        """At once: Python would wait for pool threads."""
        if self._maker is not None and self._maker.poll() is None:
            self._maker.terminate()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1 if self._failed and self._options["prepare_only"] else 0)
