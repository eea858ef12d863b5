"""What a configuration says, for its page: the view and the network drawn, and every field."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from grader.config import NetworkConfig
from leaderboard.charts import network_drawing, road_view
from leaderboard.configuration import settings_of


@lru_cache(maxsize=256)
def drawn(config: NetworkConfig, *, trained: bool) -> SafeString:
    """Pure, and the same for everybody: new submissions are looked at again and again."""
    settings = settings_of(config, trained=trained)
    context = {
        "config": config,
        "view": road_view(config),
        "network": network_drawing(config),
        "changed": [it for it in settings if it.default],
        "usual": [it for it in settings if not it.default],
    }
    return render_to_string("leaderboard/_drawn.html", context)


@lru_cache(maxsize=256)
def sights(config: NetworkConfig) -> SafeString:
    """The view and the network drawn, and no more: for several beside each other."""
    context = {"view": road_view(config), "network": network_drawing(config)}
    return render_to_string("leaderboard/_sights.html", context)
