"""What every page knows: the site's competitions for the way around."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from leaderboard.models import Competition


def site(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    return {"competitions": SimpleLazyObject(lambda: list(Competition.objects.all()[:20]))}
