"""The two tables of the house with nothing but pipes."""

import sqlite3
from pathlib import Path

SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE member (officer TEXT, channel TEXT, PRIMARY KEY (officer, channel));
CREATE INDEX member_of ON member (channel);
CREATE TABLE event (channel TEXT, n INTEGER, officer TEXT, wire TEXT, at INTEGER, PRIMARY KEY (channel, n));
"""


def create(path: Path, members: dict[str, list[str]], events: dict[str, int] | None = None) -> None:
    """A new database file: officer -> channels, channel -> how many events it begins with."""
    with sqlite3.connect(path) as database:
        database.executescript(SCHEMA)
        pairs = [(officer, channel) for officer, channels in members.items() for channel in channels]
        database.executemany("INSERT INTO member VALUES (?, ?)", pairs)
        for channel, count in (events or {}).items():
            rows = [(channel, n, "ana", f"old-{n}", 0) for n in range(count)]
            database.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
