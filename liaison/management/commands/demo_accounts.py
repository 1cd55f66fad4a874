"""`manage.py demo_accounts --json`: the secrets of everybody in the demo, for tests and screenshots. Exists only beside a demo
database, whose people are made up."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liaison import demo


class Command(BaseCommand):
    help = "Print user name, password, TOTP secret, passphrase and recovery code of every demo officer."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON list instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = demo.accounts()
        if not (settings.DEBUG and settings.ENLACE_DEMO and accounts):
            raise CommandError("There is no demo network here. Make one with `manage.py demo`.")
        if options["json"]:
            self.stdout.write(json.dumps(accounts, ensure_ascii=False, indent=1))
            return
        for account in accounts:
            secrets = (account["password"], account["totp_secret"], account["passphrase"])
            self.stdout.write("  ".join((f"{account['authority']:8}", f"{account['username']:20}", *secrets)))
