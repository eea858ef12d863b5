"""How it works: the road, the network, the learning, the score, with pieces to touch."""

import re
from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from grader.schema import NetworkConfig
from leaderboard.charts import network_drawing
from leaderboard.config_fields import notes
from leaderboard.how.exploring import exploring
from leaderboard.how.film import film
from leaderboard.how.grid import FIELDS, View, asked, cars, drawn
from leaderboard.how.pieces import piece
from leaderboard.how.ranking import ranking
from leaderboard.how.resampling import known_key, resampling
from leaderboard.how.words import chapters
from leaderboard.how.worth import worth

_INDENT = re.compile(r"\n\s+")
_PRE = re.compile(r"(<pre.*?</pre>)", re.DOTALL)
ACTIONS = ("Nothing", "Accelerate", "Decelerate", "Left", "Right")


@gzip_page
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    view = asked(request.GET)
    context = {
        "rules_text": _rules(),
        "sees_text": _sees(view),
        "learns_text": _learns(),
        "score_text": _score(known_key(request.GET.get("key", ""))),
        "settings_text": _settings(),
    }
    return render(request, "leaderboard/how.html", context)


@cache
def _rules() -> SafeString:
    moment = piece("road")["moments"][0]
    return _part("rules", {"cars": cars(), "rows": _table(moment), "film": film()})


def _table(moment: dict[str, Any]) -> list[tuple[str, int, str, float]]:
    """Every car: who, lane from the left, rows ahead of the own front, speed [mph]."""
    _, front, _ = moment["cars"][0]
    return [
        (
            "You" if at == 0 else f"Car {at}",
            int(x // 20) + 1,
            f"{(front - y) / 10:.0f}".replace("-", "\N{MINUS SIGN}"),
            mph,
        )
        for at, (x, y, mph) in enumerate(moment["cars"])
    ]


@lru_cache(maxsize=32)
def _sees(view: View) -> SafeString:
    sliders = [
        (notes()[name], value, notes()[name].ge, notes()[name].le)
        for name, value in zip(FIELDS, view, strict=True)
    ]
    return _part("sees", {"cars": cars(), "drawn": drawn(view), "sliders": sliders})


@cache
def _learns() -> SafeString:
    context = {
        "worth": worth(),
        "after": list(zip(ACTIONS, worth().after, strict=True)),
        "exploring": exploring(),
        "config": NetworkConfig(),
        "network": network_drawing(NetworkConfig()),
    }
    return _part("learns", context)


@lru_cache(maxsize=8)
def _score(key: str) -> SafeString:
    context = {
        "resampling": resampling(key),
        "unlucky": resampling("2"),
        "ranking": ranking(),
    }
    return _part("score", context)


@cache
def _settings() -> SafeString:
    return _part("settings", {"chapters": chapters()})


def _part(name: str, context: dict[str, Any]) -> SafeString:
    """The same for every reader, so rendered once for all; without what indents its lines."""
    part = render_to_string(f"leaderboard/how/_{name}.html", context)
    return mark_safe("".join(map(_unindented, _PRE.split(part))))  # noqa: S308


def _unindented(text: str) -> str:
    return text if text.startswith("<pre") else _INDENT.sub("\n", text)
