"""The Celery app; every choice about messages stands in the settings under CELERY_."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

app = Celery("leaderboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["leaderboard"])


@setup_logging.connect
def _leave_logging_to_django(**_: Any) -> None:
    """Celery configures logging only where nobody is connected here."""
