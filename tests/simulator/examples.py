"""How many examples hypothesis tries: more of them when OVERTAKE_TEST_EXAMPLES says how often."""

import os

from hypothesis import HealthCheck, Phase, settings

TIMES = int(os.environ.get("OVERTAKE_TEST_EXAMPLES", "1"))
# Whoever only wants to know whether there is a failure needn't wait for the simplest.
PHASES = [
    phase
    for phase in Phase
    if phase not in {Phase.shrink, Phase.explain} or os.environ.get("OVERTAKE_TEST_SHRINK") != "0"
]


def examples(number: int) -> settings:
    """As many examples, or as many times more, each as long as it takes."""
    # Compiling takes its time, once, and a shared machine may pause anywhere.
    return settings(
        max_examples=number * TIMES,
        deadline=None,
        phases=PHASES,
        suppress_health_check=[HealthCheck.too_slow],
    )
