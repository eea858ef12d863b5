"""The site's settings with the other way to acknowledge messages: measured by acks.py alone."""

from leaderboard.settings import *  # noqa: F403 - a settings module that changes two of them
from leaderboard.settings import CELERY_BROKER_TRANSPORT_OPTIONS

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# longer than any grading may take, or what still runs would be delivered again
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "visibility_timeout": 7200}
