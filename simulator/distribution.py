"""What a driver's runs amount to: median, mean, spread, as a table or as JSON."""

import json
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SHOWN_QUANTILES: Final = (0.05, 0.25, 0.75, 0.95)
MEDIAN_DIGITS: Final = 3  # the mean of two speeds, each a whole number of 1/100 mph


class Distribution(NamedTuple):
    """The average speeds [mph] of a driver's runs and what they amount to."""

    median: float  # the mean of the two middle runs if their number is even
    upper_median: float  # the upper one of those: what the original shows
    mean: float
    std: float  # of the sample, over R - 1; 0 for one run
    runs: list[float]  # in run order

    def as_json(self) -> str:
        """Returns one line of JSON."""
        return json.dumps(self._asdict())

    def as_table(self) -> str:
        """Returns a line for each figure."""
        rows = [
            ("median", self.median),
            ("upper median", self.upper_median),
            ("mean", self.mean),
            ("std", self.std),
            ("lowest", min(self.runs)),
            *((f"{share:.0%} below", self._quantile(share)) for share in SHOWN_QUANTILES),
            ("highest", max(self.runs)),
        ]
        return "\n".join(f"{name:14}{mph:8.2f} mph" for name, mph in rows)

    def _quantile(self, share: float) -> float:
        return float(np.quantile(self.runs, share))


def distribution(mph: NDArray[np.float64]) -> Distribution:
    """Returns what runs amount to.

    Args:
        mph: [R] average speeds in run order, at least one.
    """
    return Distribution(
        median=round(float(np.median(mph)), MEDIAN_DIGITS),
        upper_median=float(np.sort(mph)[len(mph) // 2]),
        mean=float(mph.mean()),
        std=float(mph.std(ddof=1)) if len(mph) > 1 else 0.0,
        runs=mph.tolist(),
    )
