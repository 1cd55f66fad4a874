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
    enlace handover --from "Ana Zelaya" --to "Omar Mejía" --leave
    enlace authority init HN Honduras root.json root.leaf
    enlace witness run witness.json --url https://enlace.example.org --username witness.hn

Passwords, the code app's secret and the passphrase are asked for, or read from the files that ENLACE_PASSWORD_FILE,
ENLACE_TOTP_FILE and ENLACE_PASSPHRASE_FILE name (for machines that run alone). The passphrase never leaves this process."""

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata

from client.commands import Commands, authority, cases, channels, code, exports, files, handover, keylog, members, session
from client.store import Store, home
from sealed.errors import EnlaceError

SUBJECTS = (session, channels, files, exports, cases, handover, members, keylog, authority, code)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except EnlaceError as error:
        print(f"enlace: {session.where(error)}{error.sentence}", file=sys.stderr)
        for path, sentence in error.fields.items():
            print(f"  {path}: {sentence}", file=sys.stderr)
        if "proof" in error.more:
            print(f"  proof: {Store(home()).keep_proof(error.more['proof'])}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _version() -> str:
    try:
        return metadata.version("enlace")
    except metadata.PackageNotFoundError:
        return "of a checkout"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="enlace", description="Sealed channels and cross-border cases.")
    parser.add_argument("--version", action="version", version=f"enlace {_version()}")
    commands = Commands(parser.add_subparsers(required=True, metavar="command"))
    for subject in SUBJECTS:
        subject.register(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
