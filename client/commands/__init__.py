"""The commands of `enlace`, a module for each subject. Each has `register(commands)`, which client/cli.py calls."""

import argparse
from collections.abc import Callable
from typing import Any

Run = Callable[[argparse.Namespace], None]


class Commands:
    """Where a module puts its commands: `add` one, or a `group` of them under one word."""

    def __init__(self, actions: Any) -> None:
        self._actions = actions

    def add(self, name: str, run: Run, told: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = self._actions.add_parser(name, help=told, description=told)
        made.set_defaults(run=run)
        return made

    def group(self, name: str, told: str) -> "Commands":
        parser = self._actions.add_parser(name, help=told, description=told)
        return Commands(parser.add_subparsers(required=True, metavar="what"))
