"""The web process: `uvicorn leaderboard.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

from leaderboard.bodies import limited  # Django wants its settings named first

application = limited(get_asgi_application())
