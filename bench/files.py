"""A file of 256 MiB there and back through a served Enlace: how long it takes and how much memory the client and the server need.

python -m bench.files [MiB]"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import found
from tests.host import Host


def peak(pid: int | str = "self") -> float:
    """MiB of resident memory at its highest."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 256
    host = Host("sqlite").prepare().start()
    try:
        people = found(host)
        room = people["ana"].enlace.create_channel("direct", {people["bashir"].kid: "o"}, "Medida")
        with tempfile.TemporaryDirectory() as folder:
            measure(host, room, people["bashir"].enlace.room(room.id), Path(folder), size)
    finally:
        host.stop()


def measure(host, room, his, folder: Path, size: int) -> None:
    source, target = folder / "video.bin", folder / "again.bin"
    with source.open("wb") as out:
        for _ in range(size):
            out.write(os.urandom(1 << 20))
    server = host.processes[host.ports[0]].pid
    before, before_host = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, peak(server)
    started = time.perf_counter()
    n = room.attach(source)
    sent = time.perf_counter()
    his.refresh().fetch(n, target)
    done = time.perf_counter()
    assert target.stat().st_size == size << 20
    print(f"{size} MiB: sealed and sent in {sent - started:.1f} s, fetched and opened in {done - sent:.1f} s")
    own, its = (f"{peak():.0f} MiB ({before:.0f} before)", f"{peak(server):.0f} MiB ({before_host:.0f} before)")
    print(f"highest memory: client {own}, server {its}")


if __name__ == "__main__":
    main()
