"""The Celery app; every choice about messages stands in the settings under CELERY_."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging

from leaderboard import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")
REQUEST = "overtake_request"
"""The message header that names the request which queued it."""


class _Named(Task):  # type: ignore[type-arg]  # generic in the stubs only
    """A task whose log lines, in the worker too, name the request that queued it."""

    def apply_async(self, *args: Any, **options: Any) -> Any:
        headers = {**(options.pop("headers", None) or {}), REQUEST: logs.current_request()}
        return super().apply_async(*args, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with logs.about(request=logs.sane(self.request.get(REQUEST))):
            return super().__call__(*args, **kwargs)


app = Celery("leaderboard", task_cls=_Named)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["leaderboard"])


@setup_logging.connect
def _leave_logging_to_django(**_: Any) -> None:
    """Celery configures logging only where nobody is connected here."""
