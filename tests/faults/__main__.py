"""`make faults`: the long storm. Prints what was done and what came of it; 0 if all held."""

import argparse
import time

from tests.faults.storm import Storm, check
from tests.faults.world import embedded, on_real_services


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    options.add_argument("--submissions", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rounds", type=int, default=8, help="how often each fault comes")
    options.add_argument("--embedded", action="store_true", help="SQLite and the embedded broker")
    given = options.parse_args()
    begun = time.monotonic()
    with embedded() if given.embedded else on_real_services() as world:
        storm = Storm(world, seed=given.seed, submissions=given.submissions, postgres_seconds=30.0)
        storm.run(rounds=given.rounds, pause=4, patience=3600)
        told = check(world, storm.handed_in)
    assert list(world.everything()) == [], "an orphan is left"
    print(f"seed {given.seed}: {storm.handed_in} submissions in {time.monotonic() - begun:.0f} s")
    for what, value in told.items():
        print(f"{what}: {value}")
    print("all succeeded, each with its runs, byte-identical to a calm grading; no orphan is left")


if __name__ == "__main__":
    main()
