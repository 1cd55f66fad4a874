"""manage.py create_secretariat --username sofia --name "Sofía ..." prints the join link of the host's first account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from liaison import actions


class Command(BaseCommand):
    help = "Invites the first account of the Technical Secretariat, which admits authorities. Prints a single-use link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--language", default="es")
        parser.add_argument("--token-only", action="store_true", help="print the token alone, for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        person = {
            "username": options["username"],
            "name": options["name"],
            "role": "secretariat",
            "languages": [options["language"]],
        }
        _officer, token = actions.invite(None, None, person)
        self.stdout.write(token if options["token_only"] else f"Open within 24 hours, once: /join/{token}/")
