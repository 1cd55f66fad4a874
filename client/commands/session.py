"""Signing in and out, and the officer with keys at hand that the other commands ask for."""

import argparse
import contextlib
import getpass
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from client.commands import Commands
from client.enlace import Enlace
from client.store import Store, home
from sealed.errors import EnlaceError
from sealed.open_passkey import PASSKEY


def register(commands: Commands) -> None:
    signing = commands.add("login", login, "sign in with password and code")
    signing.add_argument("--url", required=True)
    signing.add_argument("--username")
    commands.add("logout", logout, "end the session")


def secret(name: str, prompt: str) -> str:
    path = os.environ.get(f"ENLACE_{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else getpass.getpass(f"{prompt}: ")


def login(options: argparse.Namespace) -> None:
    enlace = Enlace(options.url)
    username, password = options.username or input("User name: "), secret("PASSWORD", "Password")
    if "ENLACE_TOTP_FILE" in os.environ:
        enlace.signin(username, password, secret("TOTP", "Secret of the code app"))
    else:
        enlace.signin_with(username, password, input("Code: ").strip())
    Store(home()).keep_session(enlace)
    print(f"Signed in as {enlace.officer['name']} ({enlace.officer['authority_name']}).")


def logout(options: argparse.Namespace) -> None:
    with contextlib.suppress(EnlaceError):
        Store(home()).session().signout()
    Store(home()).forget()


@contextlib.contextmanager
def unlocked() -> Any:
    """The signed-in officer with keys at hand; what was pinned meanwhile is kept, sealed."""
    store = Store(home())
    enlace = store.session()
    try:
        store.unlock(enlace, secret("PASSPHRASE", "Seven words or recovery code"))
    except EnlaceError as error:
        if error.code == "bad_passphrase" and any(row["type"] == PASSKEY for row in enlace.me["slots"]):
            print("enlace: your security keys open in a browser only; here, give the words or the code.", file=sys.stderr)
        raise
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


def where(error: EnlaceError) -> str:
    return f"From position {error.more['n']} on this channel is not shown. " if "n" in error.more else ""
