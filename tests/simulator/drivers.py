"""The scripted drivers as the oracle's decisions, cell by cell."""

from tests.simulator.oracle import Decide

GAP_VIEW = (3, 50, 10)


def always(action: int) -> Decide:
    """The same action at every decision."""
    return lambda car, observation, reward: action


def cycle(actions: list[int]) -> Decide:
    """One action after the other, whoever decides."""
    calls = iter(range(10**9))
    return lambda car, observation, reward: actions[next(calls) % len(actions)]


def gap_seeker(threshold: int) -> Decide:
    """The lane changer of the rules, as written there; `observation` in GAP_VIEW."""

    def decide(car: int, observation: list[float], reward: float | None) -> int:
        def cell(row: int, offset: int) -> float:
            return observation[7 * row + 3 + offset]

        def free(offset: int) -> int:
            if not 0 <= 3 + offset < 7:
                return -1
            for count in range(50):
                if cell(49 - count, offset) != 1:
                    return count
            return 50

        def beside(offset: int) -> int:
            clear = all(cell(row, offset) == 1 for row in range(44, 54))
            return free(offset) if clear else -1

        if free(0) >= threshold:
            return 1
        left, right = beside(-1), beside(1)
        if left >= right and left > free(0):
            return 3
        return 4 if right > free(0) else 1

    return decide
