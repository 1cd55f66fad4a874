"""A channel or case in one file that anybody can check years later without a network (docs/protocol.md 5.7): all events as they
were signed, the key log they are judged by, and for each message that may leave Enlace the key of that message alone.

    export.json   who made it, of which channel, up to where, signed          keylog.json   leaves, signed head, a witness's word
    events.jsonl  {"n", "at", "wire"} a line each                              keys.json     {n: 44 bytes that open event n}
    files/ID      ciphertext of files                                          README.txt    what this is, for whoever finds it"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from client.b64 import b64u, unb64u
from client.rooms import Room, Row, now_ms
from sealed import cbor, channel, checkpoint, files, keylog, safety
from sealed.errors import EnlaceError
from sealed.events import EDIT, FILE, POST, REACTION, RECORD, REDACT, SEALED_KINDS, Event
from sealed.files import PART, sealed_size
from sealed.keylog import Directory
from sealed.open_events import disclosure, open_by_disclosure
from sealed.open_files import open_file
from sealed.replica import Replica
from sealed.suite import verify as signature_holds

FORMAT = "enlace-export/1"
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every entry, so that equal content gives equal bytes
README = """Enlace export. Check it, without a network:    enlace verify FILE --root "60 digits of the country's root"
Exportación de Enlace. Para comprobarla, sin red:  enlace verify FILE --root "60 dígitos de la raíz del país"
Export d'Enlace. Pour le vérifier, hors ligne :    enlace verify FILE --root "60 chiffres de la racine du pays"
"""


# --- Making ------------------------------------------------------------------------------------------------------------


def statement(told: dict[str, Any]) -> bytes:
    """What the exporter signs."""
    channel_id, by, head_t, log_root = (unb64u(told[name]) for name in ("channel", "by", "head_t", "log_root"))
    return cbor.encode(["enl1.export", channel_id, by, told["at_ms"], told["head_n"], head_t, told["log_size"], log_root])


def export(room: Room, target: Path) -> "Counted":
    """Writes the bundle of everything in the room, opened as far as its handling lets this officer take it out."""
    enlace = room.enlace
    head = enlace.log.head
    if head is None:
        raise EnlaceError("bad_checkpoint")
    told: dict[str, Any] = {
        "format": FORMAT,
        "channel": room.id,
        "case": room.code,
        "by": b64u(enlace.identity.kid),
        "at_ms": now_ms(),
    }
    told |= {"head_n": room.state.head_n, "head_t": b64u(room.state.head_t), "log_size": head.size, "log_root": b64u(head.root)}
    told["signature"] = b64u(enlace.identity.sign(statement(told)))
    keys = dict(_keys(room))
    log: dict[str, Any] = {"log_key": b64u(head.log_key or b""), "checkpoint": head.note, "cosigned": enlace.log.cosigned}
    log["leaves"] = [b64u(leaf) for leaf in enlace.log.replica.leaves[: head.size]]
    beside = target.with_name(target.name + ".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as out:
        _entry(out, "README.txt", README)
        _entry(out, "export.json", json.dumps(told, indent=1))
        _entry(out, "keylog.json", json.dumps(log, indent=1))
        _entry(out, "events.jsonl", "".join(_line(row) for row in room.rows))
        _entry(out, "keys.json", json.dumps({str(n): b64u(key) for n, key in keys.items()}, indent=1))
        for file in _files(room, keys):
            with out.open(zipfile.ZipInfo(f"files/{b64u(file.file_id)}", EPOCH), "w", force_zip64=True) as stored:
                for index in range(-(-sealed_size(file.length) // PART)):
                    stored.write(enlace.http.get_bytes(f"/api/channels/{room.id}/files/{b64u(file.file_id)}/{index}"))
    beside.replace(target)
    return Counted(len(room.rows), len(keys), sum(row.event is not None and row.event.kind in SEALED_KINDS for row in room.rows))


@dataclass(frozen=True)
class Counted:
    events: int
    opened: int
    sealed: int


def _line(row: Row) -> str:
    if row.event is None:
        raise EnlaceError("bad_wire")
    return json.dumps({"n": row.n, "at": row.at, "wire": b64u(row.event.wire)}) + "\n"


def _entry(out: zipfile.ZipFile, name: str, text: str) -> None:
    out.writestr(zipfile.ZipInfo(name, EPOCH), text.encode())


def _keys(room: Room) -> Iterator[tuple[int, bytes]]:
    """Of what may leave: records and titles, and words whose standing code lets this officer take them out. A withdrawn message
    stays closed, in all its versions."""
    talk = room.talk()
    said = {one.n: one for one in talk.messages()}
    ids = {row.event.event_id: row.n for row in room.rows if row.event}
    for row in room.opened():
        event = row.event
        if event is None or row.code is not None or event.kind not in SEALED_KINDS:
            continue
        about = ids.get(row.body[0], -1) if event.kind in (EDIT, REACTION, REDACT) else row.n
        message = said.get(about)
        # Words that this version cannot read may be under a code that it does not know: they stay closed.
        free = event.kind == RECORD or (event.kind == POST and isinstance(row.body, list) and row.body[:1] == ["title"])
        if free or (message is not None and not message.withdrawn and talk.may_export(message)):
            yield row.n, disclosure(event, room.ring.secret(event.epoch))


def _files(room: Room, keys: dict[int, bytes]) -> Iterator[files.File]:
    for row in room.opened():
        if row.event is not None and row.event.kind == FILE and row.n in keys:
            _, file, thumb = files.parse_body(row.body)
            yield file
            if thumb is not None:
                yield thumb


# --- Checking ------------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What a bundle shows. `failures`: sentences, empty where everything holds; `rows`: (n, at, name, authority, body or
    None)."""

    told: dict[str, Any] = field(default_factory=dict)
    root: str = ""  # the 60 digits of the root that everything hangs on
    exporter: str = ""
    witnessed_at: int = 0
    rows: list[tuple[int, str, str, str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def check(path: Path, root_digits: str = "") -> Report:
    """Replays the whole bundle. `root_digits`: the root of the reader's country; without it the exporter's, whose digits the
    report tells. Raises `bad_export` where it is no bundle at all."""
    try:
        with zipfile.ZipFile(path) as bundle:
            return _Check(bundle, root_digits).run()
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise EnlaceError("bad_export") from None


class _Check:
    def __init__(self, bundle: zipfile.ZipFile, root_digits: str) -> None:
        self.bundle, self.wanted = bundle, "".join(root_digits.split())
        self.report = Report(told=json.loads(bundle.read("export.json")))
        if self.report.told.get("format") != FORMAT:
            raise EnlaceError("bad_export")
        self.channel_id = unb64u(self.report.told["channel"])

    def fails(self, sentence: str) -> None:
        self.report.failures.append(sentence)

    def run(self) -> Report:
        directory = self._log()
        if directory is None:
            return self.report
        state, events = self._events(directory)
        self._statement(directory, state)
        self._bodies(directory, events)
        return self.report

    def _log(self) -> Directory | None:
        told = json.loads(self.bundle.read("keylog.json"))
        replica = Replica(unb64u(leaf) for leaf in told["leaves"])
        try:
            head = replica.accept(told["checkpoint"], unb64u(told["log_key"]))
        except EnlaceError:
            self.fails("The key log is not the one that its host signed.")
            return None
        plain = keylog.replay(replica.leaves)
        by = plain.key(unb64u(self.report.told["by"]))
        roots = {"".join(safety.root_fingerprint(public).split()): public for public in plain.roots.values()}
        root = roots.get(self.wanted) if self.wanted else plain.roots.get(by.authority if by else "")
        if root is None:
            self.fails(
                "No root of this key log has these digits." if self.wanted else "The exporter's key is not in the key log."
            )
            return None
        self.report.root = safety.root_fingerprint(root)
        directory = keylog.replay(replica.leaves, root)
        own = directory.own_authority or ""
        if told["cosigned"] and own in directory.witnesses:
            try:
                witnessed = replica.witnessed(head, told["cosigned"], checkpoint.witness_name(own), directory.witnesses[own])
                self.report.witnessed_at = witnessed.witnessed_at
            except EnlaceError:
                self.fails("The country's witness saw another key log than this one.")
        return directory

    def _events(self, directory: Directory) -> tuple[channel.ChannelState, list[tuple[str, Event | None]]]:
        lines = [json.loads(line) for line in self.bundle.read("events.jsonl").splitlines()]
        state, rows = channel.verify_history(self.channel_id, [unb64u(line["wire"]) for line in lines], directory)
        for n, _, code in rows:
            if code is not None:
                self.fails(f"Event {n}: {EnlaceError(code).sentence}")
        if len(rows) < len(lines):
            self.fails(f"Nothing after event {len(rows) - 1} can be judged.")
        return state, [(line["at"], event) for line, (_, event, _) in zip(lines, rows, strict=False)]

    def _statement(self, directory: Directory, state: channel.ChannelState) -> None:
        told = self.report.told
        key = directory.key(unb64u(told["by"]))
        if key is None or not signature_holds(key.sig_pub, statement(told), unb64u(told["signature"])):
            self.fails("The exporter's own statement is not signed by the key that it names.")
            return
        self.report.exporter = f"{key.display} ({key.authority})"
        if (state.head_n, state.head_t) != (told["head_n"], unb64u(told["head_t"])):
            self.fails("The bundle is not complete: it ends elsewhere than its exporter signed.")
        if state.spans.get(key.kid) is None:
            self.fails("The exporter was never a member of this channel.")

    def _bodies(self, directory: Directory, events: list[tuple[str, Event | None]]) -> None:
        keys = {int(n): unb64u(key) for n, key in json.loads(self.bundle.read("keys.json")).items()}
        for n, (at, event) in enumerate(events):
            key = directory.key(event.sender_kid) if event else None
            if event is None or key is None:
                continue
            body = None
            if event.kind not in SEALED_KINDS:
                body = event.payload
            elif n in keys:
                try:
                    body = open_by_disclosure(event, keys[n])
                    self._file(n, event, body)
                except EnlaceError as error:
                    self.fails(f"Event {n}: {error.sentence}")
            self.report.rows.append((n, at, key.display, key.authority, body))

    def _file(self, n: int, event: Event, body: Any) -> None:
        if event.kind != FILE:
            return
        _, file, thumb = files.parse_body(body)
        for one in (file, thumb) if thumb else (file,):
            with self.bundle.open(f"files/{b64u(one.file_id)}") as stored:
                for _ in open_file(self.channel_id, one, iter(partial(stored.read, PART), b"")):
                    pass  # whole or not at all


def when(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%d.%m.%Y %H:%M UTC")
