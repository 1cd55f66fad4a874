"""`enlace`: the command line of an officer or a national system.

    enlace login --url https://enlace.example.org
    enlace list
    enlace read "Corredor Tapachula" -n 20
    enlace post "Corredor Tapachula" "Salieron las dos unidades."
    enlace tail "Corredor Tapachula"
    enlace case list --overdue
    enlace case show TV-BADOK-LUSAN-7
    enlace export TV-BADOK-LUSAN-7 caso.enlace.zip
    enlace verify caso.enlace.zip --root "12345 ..."
    enlace import lista.xlsx --desk "Corinto"
    enlace witness run witness.json --url https://enlace.example.org --username witness.hn

Passwords, the code app's secret and the passphrase are asked for, or read from the files that ENLACE_PASSWORD_FILE,
ENLACE_TOTP_FILE and ENLACE_PASSPHRASE_FILE name (for machines that run alone). The passphrase never leaves this process."""

import argparse
import asyncio
import contextlib
import getpass
import json
import os
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from client import bundle, importers, imports
from client.b64 import b64u, unb64u
from client.cases import Case
from client.enlace import Enlace
from client.live import Live
from client.rooms import Room, Row
from client.store import Store, home
from client.talk import Said
from client.witness import Witness, admit
from sealed.errors import EnlaceError, as_read
from sealed.replica import verify_proof

LAST = 30


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except EnlaceError as error:
        print(f"enlace: {_where(error)}{error.sentence}", file=sys.stderr)
        for path, sentence in error.fields.items():
            print(f"  {path}: {sentence}", file=sys.stderr)
        if "proof" in error.more:
            print(f"  proof: {Store(home()).keep_proof(error.more['proof'])}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="enlace", description="Sealed channels and cross-border cases.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Any, told: str, under: Any = commands) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = under.add_parser(name, help=told, description=told)
        made.set_defaults(run=run)
        return made

    login = command("login", _login, "sign in with password and code")
    login.add_argument("--url", required=True)
    login.add_argument("--username")
    command("logout", _logout, "end the session")
    command("list", _list, "your channels, newest first")
    read = command("read", _read, "the last messages of a channel, verified and opened")
    read.add_argument("-n", type=int, default=LAST, help=f"how many (default {LAST})")
    read.add_argument("--mark", action="store_true", help="send a signed read receipt")
    post = command("post", _post, "write into a channel")
    tail = command("tail", _tail, "follow a channel live until Ctrl-C")
    for one in (read, post, tail):
        one.add_argument("channel", help="the beginning of its title or id")
    post.add_argument("text", help="the message, or - to read it from standard input")
    attach = command("attach", _attach, "seal a file and share it; a photo keeps what its camera wrote into it")
    fetched = command("fetch", _fetch, "open a shared file and save it here")
    for one in (attach, fetched):
        one.add_argument("channel", help="the beginning of its title or id")
    attach.add_argument("file", type=Path)
    attach.add_argument("text", nargs="?", default="", help="words beside it")
    fetched.add_argument("name", help="the beginning of its name; of several the newest")
    fetched.add_argument("--to", type=Path, default=Path(), help="folder (default: this one)")
    exported = command("export", _export, "a channel or case as one file that can be checked years later")
    exported.add_argument("channel", help="the beginning of its title or id, or the code of a case")
    exported.add_argument("file", type=Path)
    archived = command("archive", _archive, "every channel of yours, a file each")
    archived.add_argument("folder", type=Path)
    verified = command("verify", _verify, "check such a file; needs no network and no account")
    verified.add_argument("file", type=Path)
    verified.add_argument("--root", default="", help="the 60 digits of your country's root; without them the exporter's is told")
    verified.add_argument("--read", action="store_true", help="show what was said, too")
    cases = commands.add_parser("case", help="the cases of your desk").add_subparsers(required=True, metavar="what")
    listed = command("list", _case_list, "cases by the clock", cases)
    for name in ("kind", "stage", "partner"):
        listed.add_argument(f"--{name}")
    listed.add_argument("--overdue", action="store_true")
    listed.add_argument("--waiting", choices=("us", "them"))
    command("show", _case_show, "a case: persons, steps, what the next stage asks", cases).add_argument("code")
    bring = command("import", _import, "open cases from an HTCDS workbook or a manifest (CSV, XLSX)")
    bring.add_argument("file", type=Path)
    bring.add_argument("--desk", required=True, help="the beginning of the name of your post")
    bring.add_argument("--handling", default="H0", choices=("H0", "H1", "H2", "H3"))
    bring.add_argument("--yes", action="store_true", help="do not ask after the preview")
    checked = command("verify-log", _verify_log, "check the key log against all that was seen before")
    checked.add_argument("--proof", type=Path, help="instead, say what a saved proof shows (needs no server)")
    witness = commands.add_parser("witness", help="your country's witness of the key log").add_subparsers(
        required=True, metavar="what"
    )
    begun = command("init", _witness_init, "make a witness on this machine", witness)
    begun.add_argument("--root", required=True, help="the 60 digits of your authority's root, from the onboarding sheet")
    ran = command("run", _witness_run, "check the log and sign its head (for cron)", witness)
    ran.add_argument("--url", help="sign in first, as --username")
    ran.add_argument("--username")
    for one in (begun, ran):
        one.add_argument("file", type=Path, help="the witness's own file: its key and what it saw last")
    for name, run, told in (
        ("admit", _witness_admit, "as a focal point: let a witness speak for your authority"),
        ("end", _witness_end, "as a focal point: let it speak no more"),
    ):
        command(name, run, told, witness).add_argument("key", help="as `enlace witness init` printed it")
    return parser


# --- Secrets and sessions --------------------------------------------------------------------------------------------


def _secret(name: str, prompt: str) -> str:
    path = os.environ.get(f"ENLACE_{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else getpass.getpass(f"{prompt}: ")


def _login(options: argparse.Namespace) -> None:
    enlace = Enlace(options.url)
    username, password = options.username or input("User name: "), _secret("PASSWORD", "Password")
    if "ENLACE_TOTP_FILE" in os.environ:
        enlace.signin(username, password, _secret("TOTP", "Secret of the code app"))
    else:
        enlace.signin_with(username, password, input("Code: ").strip())
    Store(home()).keep_session(enlace)
    print(f"Signed in as {enlace.officer['name']} ({enlace.officer['authority_name']}).")


def _logout(options: argparse.Namespace) -> None:
    with contextlib.suppress(EnlaceError):
        Store(home()).session().signout()
    Store(home()).forget()


@contextlib.contextmanager
def _unlocked() -> Any:
    """The signed-in officer with keys at hand; what was pinned meanwhile is kept, sealed."""
    store = Store(home())
    enlace = store.session()
    store.unlock(enlace, _secret("PASSPHRASE", "Seven words or recovery code"))
    _warn(enlace)
    yield enlace
    store.keep_vault(enlace)
    store.keep_session(enlace)


def _warn(enlace: Enlace) -> None:
    """What must not be overlooked, before anything else is shown."""
    for key in enlace.strangers():
        at = datetime.fromtimestamp(key.nbf).strftime("%d.%m.%Y")
        print(
            f"enlace: a key was issued in your name on {at} that this vault does not hold. Call your focal point.",
            file=sys.stderr,
        )
    if enlace.log.witness_stale:
        print("enlace: the witness of your authority has not confirmed the key log for three days.", file=sys.stderr)


def _warn_of(enlace: Enlace, room: Room) -> None:
    for granter, code in room.bad_grants:
        why = "does not open" if code != "missing_epoch_key" else "did not arrive as it was given"
        print(
            f"enlace: a key that {granter.display} gave you for this channel {why}: some messages stay closed. Nothing is lost; "
            "ask any member to open the earlier messages to you again.",
            file=sys.stderr,
        )
    for kid in room.forked:
        key = enlace.directory.key(kid)
        print(
            f"enlace: {key.display if key else '?'} signed another past of this channel than the one you see. Speak by phone: "
            "the server may be showing each of you something else.",
            file=sys.stderr,
        )


# --- The key log -----------------------------------------------------------------------------------------------------


def _verify_log(options: argparse.Namespace) -> None:
    if options.proof:
        told = {
            "log_forked": "two logs of one host: neither is the beginning of the other",
            "log_shrunk": "the host took leaves back",
        }
        try:
            print(told[verify_proof(json.loads(options.proof.read_text(encoding="utf-8")))])
        except (OSError, ValueError):
            raise EnlaceError("proves_nothing") from None
        return
    with _unlocked() as enlace:
        head = enlace.log.head
        print(f"{head.size} leaves, root {head.root.hex()}")
        if head.witnessed_at:
            print("witnessed " + datetime.fromtimestamp(head.witnessed_at).astimezone().strftime("%d.%m.%Y %H:%M"))


def _witness_init(options: argparse.Namespace) -> None:
    made = Witness.create(options.file, Store(home()).session(), options.root)
    print(f"Key of this witness, for `enlace witness admit`: {b64u(made.public)}")


def _witness_run(options: argparse.Namespace) -> None:
    """With --url it signs in by itself and out again: cron has nobody to ask."""
    if options.url:
        _login(options)
    enlace = Store(home()).session()
    for line in Witness.read(options.file).look(enlace):
        print(line)
    if options.url:
        _logout(options)


def _witness_admit(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        admit(enlace, unb64u(options.key))


def _witness_end(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        admit(enlace, unb64u(options.key), runs=False)


# --- Channels --------------------------------------------------------------------------------------------------------


def _list(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        for row in enlace.channels():
            unread = f"{row['unread']:4} new" if row["unread"] else " " * 8
            print(f"{row['id'][:8]}  {row['kind']:8}  {unread}  {_title_or_why_not(enlace, row)}")


def _title_or_why_not(enlace: Enlace, row: dict[str, Any]) -> str:
    """One channel that was tampered with does not hide the others."""
    try:
        return _title(enlace.room(row["id"]), row)
    except EnlaceError as error:
        return f"[{error.code}] {_where(error)}{error.sentence}"


def _where(error: EnlaceError) -> str:
    return f"From position {error.more['n']} on this channel is not shown. " if "n" in error.more else ""


def _title(room: Room, row: dict[str, Any]) -> str:
    code = f"{row['case']['code']}  " if row.get("case") else ""
    return code + (room.title or ", ".join(member["name"] for member in row["members"]))


def _found(enlace: Enlace, wanted: str) -> Room:
    """Raises `not_found` when no channel, or more than one, begins like this."""
    rows = [row["id"] for row in enlace.channels()]
    by_id = [name for name in rows if name.startswith(wanted)] if len(wanted) >= 4 else []
    rooms = [enlace.room(name) for name in by_id] or _open(enlace, rows)
    fitting = rooms if by_id else [room for room in rooms if room.title.casefold().startswith(wanted.casefold())]
    if len(fitting) != 1:
        raise EnlaceError("not_found")
    return fitting[0]


def _open(enlace: Enlace, names: Sequence[str]) -> list[Room]:
    """Those that open: the title of a channel that was tampered with is not believed, its id still finds it and says why."""
    rooms = []
    for name in names:
        with contextlib.suppress(EnlaceError):
            rooms.append(enlace.room(name))
    return rooms


def _who(enlace: Enlace, kid: bytes | None) -> str:
    key = enlace.directory.key(kid) if kid else None
    return f"{key.display} ({key.authority})" if key else "?"


def _line(enlace: Enlace, at: str, kid: bytes | None, words: str) -> str:
    when = datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone().strftime("%d.%m. %H:%M")
    return f"{when}  {_who(enlace, kid)}: {words}"


def _as_they_stand(enlace: Enlace, room: Room) -> list[str]:
    """The messages with what became of them; an event that failed a check says which, and what to do."""
    talk = room.talk()
    lines = {said.n: _line(enlace, said.at, said.by, _words(enlace, said)) for said in talk.messages()}
    for row in room.opened():
        if code := row.code or talk.refused.get(row.n):
            lines[row.n] = _line(enlace, row.at, row.event.sender_kid if row.event else None, f"[{code}] {as_read(code)}")
    return [lines[n] for n in sorted(lines)]


def _words(enlace: Enlace, said: Said) -> str:
    if said.withdrawn:
        return f"(withdrawn by {_who(enlace, said.withdrawn.by)}: {said.withdrawn.reason})"
    marks = "".join(f"  [{mark} {len(who)}]" for mark, who in said.reactions.items())
    return said.text + ("  (edited)" if len(said.versions) > 1 else "") + marks


def _as_they_come(enlace: Enlace, room: Room, rows: Sequence[Row]) -> list[str]:
    talk = room.talk()
    said = [(row, talk.line(row)) for row in rows]
    return [_line(enlace, row.at, row.event.sender_kid if row.event else None, words) for row, words in said if words]


def _read(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        room = _found(enlace, options.channel)
        _warn_of(enlace, room)
        print(room.title)
        for line in _as_they_stand(enlace, room)[-options.n :]:
            print(line)
        if options.mark:
            room.read()


def _post(options: argparse.Namespace) -> None:
    text = sys.stdin.read() if options.text == "-" else options.text
    with _unlocked() as enlace:
        _found(enlace, options.channel).post(text.strip())


def _tail(options: argparse.Namespace) -> None:
    with _unlocked() as enlace, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_follow(enlace, _found(enlace, options.channel)))


async def _follow(enlace: Enlace, room: Room) -> None:
    async with Live(enlace) as live:
        await live.next("hello")
        told = len(room.refresh().rows)
        while True:
            try:
                room.hear(await live.next("events", seconds=60, channel=room.id))
            except TimeoutError:  # silence may also be a host that keeps frames back
                await asyncio.to_thread(room.refresh)
            for line in _as_they_come(enlace, room, room.opened()[told:]):
                print(line, flush=True)
            told = len(room.rows)


# --- Files ---------------------------------------------------------------------------------------------------------------


def _attach(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        _found(enlace, options.channel).attach(options.file, options.text, progress=_told)


def _fetch(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        room = _found(enlace, options.channel)
        found = [(row.n, row.file) for row in room.opened() if row.file and row.file.name.startswith(options.name)]
        if not found:
            raise EnlaceError("not_found")
        n, file = found[-1]
        target = options.to / (
            re.sub(r"[\x00-\x1f/\\]", "_", file.name) or "file"
        )  # the sender chose the name: it stays in this folder
        if target.exists():
            raise EnlaceError("file_exists")
        room.fetch(n, target, progress=_told)
        print(target)


def _told(done: int, whole: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done * 100 // whole:3d} %", end="\n" if done == whole else "", file=sys.stderr)


# --- Exports -------------------------------------------------------------------------------------------------------------


def _export(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        known = [row for row in enlace.channels() if (row.get("case") or {}).get("code") == options.channel]
        room = enlace.room(known[0]["id"]) if known else _found(enlace, options.channel)
        _exported(room, options.file)


def _exported(room: Room, target: Path) -> None:
    made = bundle.export(room, target)
    closed = f", {made.sealed - made.opened} stay closed (withdrawn, or not to leave Enlace)" if made.opened < made.sealed else ""
    print(f"{target}: {made.events} events, {made.opened} of {made.sealed} sealed ones can be read{closed}")


def _archive(options: argparse.Namespace) -> None:
    options.folder.mkdir(parents=True, exist_ok=True)
    with _unlocked() as enlace:
        for row in enlace.channels():
            _exported(enlace.room(row["id"]), options.folder / f"{row['id']}.enlace.zip")


def _verify(options: argparse.Namespace) -> None:
    report = bundle.check(options.file, options.root)
    for sentence in report.failures:
        print(f"DOES NOT HOLD  {sentence}")
    if report.root:
        print(f"root           {report.root}")
    if report.exporter:
        print(f"exported       by {report.exporter}, {bundle.when(report.told['at_ms'])}, {report.told['head_n']} events")
    if report.witnessed_at:
        print(f"witnessed      {bundle.when(report.witnessed_at * 1000)}")
    for n, at, name, authority, body in report.rows if options.read else ():
        print(f"{n:5}  {at[:16]}  {name} ({authority}): {_in_words(body)}")
    if report.failures:
        raise EnlaceError("export_does_not_hold")
    print("Everything holds: " + ("compare the digits of the root." if not options.root else "signed, complete, in this order."))


def _in_words(body: object) -> str:
    if body is None:
        return "(stays closed)"
    if isinstance(body, bytes):
        return f"(act) {body.decode(errors='replace')}" if body[:1] == b"{" else "(members or keys)"
    return " ".join(str(part) for part in body[1:] if isinstance(part, str)) if isinstance(body, list) else str(body)


# --- Cases -----------------------------------------------------------------------------------------------------------


def _case_list(options: argparse.Namespace) -> None:
    """Status without content: no key is needed."""
    enlace = Store(home()).session()
    asked = {name: getattr(options, name) for name in ("kind", "stage", "partner", "waiting") if getattr(options, name)}
    asked |= {"overdue": "1"} if options.overdue else {}
    after = ""
    while after is not None:
        answer = enlace.http.get("/api/cases", after=after, **asked)
        for row in answer["cases"]:
            late = "overdue" if row["overdue"] else ""
            print(f"{row['code']}  {row['stage_label']:28.28}  {row['persons']:3}  {late:8} {row['waiting_label'] or ''}")
        after = answer["next"]


def _case_show(options: argparse.Namespace) -> None:
    with _unlocked() as enlace:
        view = enlace.case(options.code)
        sealed = Case.at(enlace, options.code).sealed() if view["case"]["sight"] == "content" else {}
        row = view["case"]
        print(f"{row['code']}  {row['kind_label']}  {row['stage_label']}  {sealed.get('case', {}).get('title', '')}")
        for person in view["persons"]:
            name = sealed.get(person["ref"], {}).get("name", "")
            print(f"  {person['ref']:4} {person['sex']} {person['age_band']} {person['citizenship']} {person['state']}  {name}")
        for step in view["timeline"]:
            print(f"  {step['at'][:16]}  {step['sentence']}")
        for missing in (view["next"] or {}).get("missing", []):
            print(f"  > {missing['sentence']}")


def _import(options: argparse.Namespace) -> None:
    sheets = importers.read_table(options.file)
    found = importers.preview(sheets, importers.tables(), datetime.now().astimezone().date())
    _print_preview(found)
    if found.kind is None or not found.rows:
        raise EnlaceError("not_a_table")
    if not options.yes and input("Seal and open? [y/N] ").strip().lower() not in ("y", "yes", "s", "si", "sí", "o", "oui"):
        return
    with _unlocked() as enlace:
        desk = _own_post(enlace, options.desk)
        for code, persons in imports.seal(enlace, found, desk, handling=options.handling):
            print(f"{code}  {persons}", flush=True)


def _print_preview(found: importers.Preview) -> None:
    print(f"{found.kind or 'nothing recognised'}: {len(found.rows)} persons in {found.sheet!r}")
    for header in found.unplaced:
        print(f"  not placed: {header}")
    for one in found.contradictions:
        print(f"  contradiction: {one}")
    for row in found.rows:
        for problem in row.problems:
            print(f"  line {row.line}: {problem['column']} {problem['value']!r}: {problem['code']}")
    if found.over:
        print(f"  {found.over} rows too many: split the list")


def _own_post(enlace: Enlace, wanted: str) -> str:
    posts = enlace.http.get("/api/directory")["posts"]
    own = [row for row in posts if row["authority"] == enlace.officer["authority"]]
    fitting = [row for row in own if wanted.casefold() in row["name"].casefold()]
    if len(fitting) != 1:
        raise EnlaceError("not_found")
    return str(fitting[0]["id"])


if __name__ == "__main__":
    sys.exit(main())
