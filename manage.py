#!/usr/bin/env python3
"""Django's command line for Enlace."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from liaison.management import demo_env

    if sys.argv[1:2] and sys.argv[1] in demo_env.COMMANDS:
        demo_env.enter()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
