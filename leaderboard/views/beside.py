"""What stands beside the form: the view on its road, the network, its cost, when it is done."""

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from grader.config import ConfigError, NetworkConfig
from grader.cost import MEGABYTE, estimate, largest, refusal
from grader.entry import parse
from grader.protocol import Protocol
from leaderboard.charts import network_drawing, road_view
from leaderboard.models import Board, Competition, User
from leaderboard.pace import forecast


class Terms(NamedTuple):
    """What a competition asks of a configuration, as far as it is drawn."""

    protocol: Protocol
    budget: int
    trained: bool
    memory: int


def terms_of(competition: Competition, board: Board) -> Terms:
    return Terms(
        competition.protocol_on(board),
        competition.budget_seconds,
        board == Board.WEIGHTS,
        settings.COMPUTE_MEMORY_MB,
    )


@lru_cache(maxsize=256)
def refused(config: NetworkConfig, terms: Terms) -> str:
    """Why it costs too much, and what would fit; empty if it does not."""
    found = refusal(
        config,
        terms.protocol,
        seconds=terms.budget,
        memory=terms.memory * MEGABYTE,
        trained=terms.trained,
    )
    return str(found) if found else ""


@lru_cache(maxsize=256)
def beside(config: NetworkConfig, terms: Terms) -> SafeString:
    """Pure, and the same for everybody: most begin with the same few configurations."""
    protocol = terms.protocol
    cost = estimate(config, protocol, trained=terms.trained)
    context = {
        "config": config,
        "view": road_view(config),
        "network": network_drawing(config),
        "cost": cost,
        "budget": terms.budget,
        "share": f"{100 * min(1.0, cost.seconds / terms.budget):.2f}%",
        "refused": refused(config, terms),
        "most": largest(cost.parts, config, protocol),
        "trained": terms.trained,
    }
    return render_to_string("leaderboard/_beside.html", context)


@lru_cache(maxsize=64)
def beside_text(text: str, terms: Terms) -> SafeString | str:
    """Of a text that nobody has sent yet; nothing if it is no configuration."""
    try:
        return beside(parse(text.encode("utf-8", "replace"), driven=terms.trained).config, terms)
    except ConfigError:
        return ""


def finish(config: NetworkConfig, terms: Terms, user: User) -> SafeString:
    """When the score would be there, were it handed in now. It changes with the line."""
    expected = forecast(config, terms.protocol, user=user, trained=terms.trained)
    at = timezone.now() + timedelta(seconds=expected.all) if expected else None
    return render_to_string("leaderboard/_finish.html", {"forecast": expected, "at": at})
