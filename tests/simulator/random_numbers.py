"""The oracle's random numbers in plain integers: Philox for open, Lehmer for the original."""

from dataclasses import dataclass

MASK = 2**32 - 1


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 as in Salmon et al. 2011, section 4.3: ten rounds of two products."""
    left0, right0, left1, right1 = counter
    for bump in range(10):
        key0 = (key[0] + bump * 0x9E3779B9) & MASK
        key1 = (key[1] + bump * 0xBB67AE85) & MASK
        high0, low0 = divmod(0xD2511F53 * left0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * left1, 2**32)
        left0, right0, left1, right1 = high1 ^ right0 ^ key0, low1, high0 ^ right1 ^ key1, low0
    return left0, right0, left1, right1


def keyed_uniform(seed: int, frame: int, car: int, purpose: int) -> float:
    """The draw of docs/simulator.md for a seed, frame, car and purpose."""
    words = philox((frame, car // 4, purpose, 0), (seed & MASK, seed >> 32))
    return (words[car % 4] + 0.5) / 2**32


@dataclass
class KeyedDraws:
    """Ruleset open: the draw map, purpose by purpose."""

    seed: int

    def next_run(self) -> None:
        """Has no state to carry over."""

    def place(self, car: int) -> float:
        return keyed_uniform(self.seed, 0, car, 0)

    def first_throttle(self, car: int) -> float:
        return keyed_uniform(self.seed, 0, car, 1)

    def respawn_lane(self, frame: int, car: int) -> float:
        return keyed_uniform(self.seed, frame, car, 2)

    def respawn_throttle(self, frame: int, car: int) -> float:
        return keyed_uniform(self.seed, frame, car, 3)

    def change(self, frame: int, car: int) -> float:
        return keyed_uniform(self.seed, frame, car, 4)

    def direction(self, frame: int, car: int) -> float:
        return keyed_uniform(self.seed, frame, car, 5)


class Lehmer:
    """The original's generator: g <- 16807 g mod 2^31 - 1."""

    def __init__(self, seed: int) -> None:
        self.state = seed % 2147483647 or 2147483646

    def draw(self) -> float:
        self.state = 16807 * self.state % 2147483647
        return (self.state - 1) / 2147483646


class StreamDraws:
    """Ruleset deeptraffic-v2: two streams, where only the order of the draws counts."""

    def __init__(self, run: int = 0) -> None:
        self.run = run  # the number of the run before the first
        self.positions = Lehmer(1)
        self.behaviour = Lehmer(1)
        for _ in range(40):
            self.behaviour.draw()

    def next_run(self) -> None:
        self.run = (self.run + 1) % 2**64
        self.positions = Lehmer(self.run)
        self.behaviour = Lehmer(self.run)

    def place(self, car: int) -> float:
        return self.positions.draw()

    def first_throttle(self, car: int) -> float:
        return self.behaviour.draw()

    def respawn_lane(self, frame: int, car: int) -> float:
        return self.behaviour.draw()

    def respawn_throttle(self, frame: int, car: int) -> float:
        return self.behaviour.draw()

    def change(self, frame: int, car: int) -> float:
        return self.behaviour.draw()

    def direction(self, frame: int, car: int) -> float:
        return self.behaviour.draw()
