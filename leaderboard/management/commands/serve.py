"""`manage.py serve`: the whole site under one command."""

import os
import socket
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from leaderboard.demo import plant, plant_admin
from leaderboard.embedded import broker_command, only_one_here
from leaderboard.supervisor import Supervisor
from leaderboard.web import APPLICATION, listen

BACKLOG = 2048  # connections that nobody has accepted yet


class Command(BaseCommand):
    help = "Run broker, dispatcher, worker and web server until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-demo", action="store_true", help="Plant no demo competition.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        lock = only_one_here()
        listening = _listen(host, port)
        supervisor = Supervisor(logs=settings.DATA / "log", say=self._say)
        try:
            if "CELERY_BROKER_URL" not in os.environ:
                supervisor.start("broker", broker_command(), ready=_broker_answers)
            call_command("migrate", interactive=False, verbosity=0)
            python = [sys.executable, "-m"]
            supervisor.start(
                "dispatcher", [sys.executable, "manage.py", "dispatch"], ready=lambda: True
            )
            supervisor.start(
                "worker",
                [*python, "celery", "-A", "leaderboard", "worker"],
                ready=lambda: True,
                gives_way=True,  # the page is served first
            )
            self._introduce(plant_admin())
            if not options["no_demo"]:
                plant()
            # all of them accept from one socket, which is open for as long as the site is: visitors
            # wait while one is started again, and are not turned away
            web = [
                *(*python, "uvicorn", APPLICATION, "--no-access-log"),
                *("--fd", str(listening.fileno()), "--timeout-graceful-shutdown", "3"),
            ]
            for _ in range(settings.WEB_PROCESSES):
                supervisor.start(
                    "web",
                    web,
                    ready=lambda: _web_answers(host, port),
                    passed=(listening.fileno(),),
                )
            self._welcome(host, port)
            supervisor.watch()
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        finally:
            self._say("stopping")
            supervisor.stop()
            listening.close()
            lock.close()
        self._say("stopped; the data stays in " + str(settings.DATA))

    def _introduce(self, admin: tuple[str, str] | None) -> None:
        """At once: it is known nowhere else, and what comes next may fail."""
        if admin:
            self._say("admin login: {}   password: {}".format(*admin))
            self._say("   (printed this once; you choose your own at the first login)")

    def _welcome(self, host: str, port: int) -> None:
        name = {"127.0.0.1": "localhost", "0.0.0.0": "localhost", "::1": "[::1]"}.get(host, host)  # noqa: S104
        self._say(f"Overtake is at http://{name}:{port}   admin pages: /admin/")
        self._say(f"data and logs: {settings.DATA}   Ctrl-C stops everything")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = listen(host, port)
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"Cannot listen on {host}:{port}: {error}. Choose another port: "
            f"make run ARGS='--port {port + 1}'"
        ) from error
    listening.listen(BACKLOG)
    return listening


def _broker_answers() -> bool:
    try:
        return bool(redis.Redis(unix_socket_path=str(settings.BROKER_SOCKET)).ping())
    except redis.RedisError:
        return False


def _web_answers(host: str, port: int) -> bool:
    request = urllib.request.Request(f"http://{host}:{port}/healthz")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004
    except urllib.error.HTTPError:
        return True  # it answers, only not well; the page will say what is wrong
    except OSError:
        return False
