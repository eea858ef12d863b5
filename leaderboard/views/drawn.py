"""What a network sees, and the network, drawn for its page."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from grader.config import NetworkConfig
from leaderboard.charts import network_drawing, road_view


@lru_cache(maxsize=256)
def drawn(config: NetworkConfig) -> SafeString:
    """Pure, and the same for everybody: new submissions are looked at again and again."""
    context = {"config": config, "view": road_view(config), "network": network_drawing(config)}
    return render_to_string("leaderboard/_drawn.html", context)
