"""`manage.py dispatch`: run the dispatcher until TERM or Ctrl-C."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from leaderboard import dispatcher


class Command(BaseCommand):
    help = "Requeue what dead workers left behind and send lost messages again."

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        self.stdout.write("dispatcher ready")
        self.stdout.flush()
        dispatcher.run(stopping)
