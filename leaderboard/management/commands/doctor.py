"""`manage.py doctor`: looks at everything; ends with 1 if anything is wrong."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leaderboard.doctor import Finding, State, examine


class Command(BaseCommand):
    help = "Look at everything that makes this site work: what is wrong, and what to do about it."
    requires_system_checks = []  # they are one of the things that it looks at

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One object for machines.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = []
        for name, finding in examine():
            found.append((name, finding))
            if not options["json"]:
                self._say(name, finding)  # at once: the next may take seconds
        states = [finding.state for _, finding in found]
        if options["json"]:
            checks = [{"name": name, **finding._asdict()} for name, finding in found]
            self.stdout.write(json.dumps({"ok": State.WRONG not in states, "checks": checks}))
        if State.WRONG in states:
            sys.exit(1)

    def _say(self, name: str, finding: Finding) -> None:
        remedy = f" {finding.remedy}" if finding.remedy else ""
        self.stdout.write(f"{finding.state:<9}{name:<14}{finding.words}{remedy}")
        self.stdout.flush()
