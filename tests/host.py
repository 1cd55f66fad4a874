"""A served Enlace for tests that come from outside: real processes, real database, on the stack that ENLACE_TEST_STACK names.

sqlite    one process on a fresh SQLite file, no Redis
postgres  two processes on two ports, a fresh database of the run's PostgreSQL, Valkey between them
"""

import ctypes
import fcntl
import functools
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import services

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@functools.cache
def _ground() -> Path:
    """Where an empty database and the collected static files lie: made once, by the first of the lanes that one run of
    scripts/run_tests.py has side by side, and copied by everybody else."""
    folder = Path(os.environ.get("ENLACE_TEST_GROUND") or tempfile.mkdtemp(prefix="enlace-ground-"))
    made = folder / "made"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            first = Host("sqlite")
            first.manage("migrate", "-v0")
            first.manage("collectstatic", "--noinput", "-v0")
            made.write_text(str(first.var))
    return Path(made.read_text())


class Host:
    def __init__(self, stack: str, *, processes: int | None = None, **env: str) -> None:
        self.stack = stack
        self.var = Path(tempfile.mkdtemp(prefix="enlace-host-"))
        self.ports = [services.free_port() for _ in range(processes or (2 if stack == "postgres" else 1))]
        self.database_url = services.postgres() if stack == "postgres" else f"sqlite:///{self.var / 'enlace.sqlite3'}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ENLACE_")},
            "DJANGO_SETTINGS_MODULE": "tests.settings_served",
            "ENLACE_DEBUG": "1",
            "ENLACE_VAR_DIR": str(self.var),
            "ENLACE_DATABASE_URL": self.database_url,
            "ENLACE_THROTTLE_SCALE": "50",
            "TMPDIR": str(self.var),
            **({"ENLACE_REDIS_URL": services.valkey().url} if stack == "postgres" else {}),
            **env,
        }
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stderr[-2000:]}")
        return done.stdout

    def shell(self, script: str) -> str:
        """What the script prints, run inside Enlace."""
        return self.manage("shell", "--no-imports", "-c", script)

    def migrated(self) -> "Host":
        if self.stack == "sqlite":
            shutil.copy(_ground() / "enlace.sqlite3", self.var)
        else:
            self.manage("migrate", "-v0")
        return self

    def prepare(self) -> "Host":
        shutil.copytree(_ground() / "static", self.var / "static")
        return self.migrated()

    def start(self, place: int | None = None) -> "Host":
        for port in self.ports if place is None else [self.ports[place]]:
            log = open(self.log_path(port), "ab")  # noqa: SIM115  lives as long as the process
            command = [sys.executable, "manage.py", "serve", "--port", str(port)]
            self.processes[port] = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, preexec_fn=_die_with_parent
            )
        for port in self.ports if place is None else [self.ports[place]]:
            services.wait_until(lambda port=port: self._listens(port), 40, f"the server on port {port}")
        return self

    def _listens(self, port: int) -> bool:
        process = self.processes[port]
        if process.poll() is not None:
            raise RuntimeError(self.log_path(port).read_text()[-3000:])
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def log_path(self, port: int) -> Path:
        return self.var / f"serve-{port}.log"

    def freeze(self, place: int) -> None:
        """It takes what is sent to it and answers nothing, until it is killed."""
        self.processes[self.ports[place]].send_signal(signal.SIGSTOP)

    def stop(self, place: int | None = None, *, kill: bool = False) -> None:
        for port in list(self.processes) if place is None else [self.ports[place]]:
            process = self.processes.pop(port)
            process.kill() if kill else process.terminate()
            process.wait(20)
