"""The web process: `uvicorn leaderboard.asgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

from leaderboard.bodies import limited  # Django wants its settings named first
from leaderboard.turns import in_turns

application = limited(in_turns())
