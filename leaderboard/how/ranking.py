"""The ranks' picture: five networks on the same roads, and the ranks of their resamples."""

from functools import cache
from typing import NamedTuple

from leaderboard.how.pieces import piece


class Row(NamedTuple):
    """`cells`: how often it had each rank, and the share of all resamples."""

    name: str
    phrase: str
    score: float
    rank: int
    interval: str
    ends_group: bool
    cells: tuple[tuple[int, str], ...]


@cache
def ranking() -> tuple[Row, ...]:
    entrants, resamples = piece("ranks")["entrants"], piece("ranks")["replicates"]
    groups = [it["group"] for it in entrants]
    return tuple(
        Row(
            it["name"],
            it["phrase"],
            it["score"],
            it["rank"],
            f"{it['low']}" if it["low"] == it["high"] else f"{it['low']}\N{EN DASH}{it['high']}",
            after != it["group"],
            tuple((count, f"{count / resamples:.3f}") for count in it["ranks"]),
        )
        for it, after in zip(entrants, [*groups[1:], None], strict=True)
    )
