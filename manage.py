#!/usr/bin/env python
"""Django's command line for Overtake."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415
    except ImportError:
        sys.exit("manage.py: Django is not installed here. Type: make install")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
