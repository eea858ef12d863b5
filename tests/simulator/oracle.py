"""The road in plain Python, slow and clear: what the compiled one must do.

It is written from the rules alone and imports nothing of the simulator, not even its constants, so
that a change of either side shows.
It knows both rulesets: golden measurements of the original exist for `deeptraffic-v2` only, and
prove the physics that both share.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import floor

from tests.simulator.random_numbers import KeyedDraws, StreamDraws

EMPTY = 100.0
OFF_THE_ROAD = 0.0
Decide = Callable[[int, list[float], float | None], int]


@dataclass
class Car:
    """One car: px, the target lane, throttle a and follow limit c; speed c * a in px/frame."""

    controlled: bool
    x: float = 0.0
    y: float = 0.0
    lane: int = 0
    a: float = 1.0
    c: float = 1.0

    @property
    def v(self) -> float:
        return self.c * self.a


@dataclass
class Oracle:
    """One road, or in `deeptraffic-v2` one session of runs."""

    draws: KeyedDraws | StreamDraws
    other_agents: int
    view: tuple[int, int, int]  # lanes to each side, rows ahead, rows behind
    original: bool = False  # ruleset deeptraffic-v2 instead of open
    cars: list[Car] = field(default_factory=list)
    frame: int = 0
    camera: float = 1.5
    travelled: float = 0.0
    total: float = 0.0

    def reset(self) -> None:
        self.frame, self.camera, self.travelled, self.total = 0, 1.5, 0.0, 0.0
        self.cars = [Car(controlled=False) for _ in range(20)]
        for number, car in enumerate(self.cars):
            if self.original:
                car.lane = floor(140 * self.draws.respawn_lane(0, number) / 20)
            car.a = 1 + 0.7 * (0.5 * self.draws.first_throttle(number))
            car.controlled = number <= self.other_agents
        self.draws.next_run()
        self._place()

    def _place(self) -> None:
        legal = list(range(490))
        self.cars[0].lane, self.cars[0].x, self.cars[0].y = 3, 64.0, 525.0
        self._strip(legal, 3, 56)
        for number, car in enumerate(self.cars[1:], start=1):
            row, car.lane = divmod(legal[floor(len(legal) * self.draws.place(number))], 7)
            self._strip(legal, car.lane, row)
            car.x = 20.0 * car.lane + 4
            car.y = float(floor(row / 70 * 700)) if self.original else 10.0 * row
            if car.controlled:
                car.a = 1.7
        self.cars[0].a = 2.0

    def _strip(self, legal: list[int], lane: int, row: int) -> None:
        for d in range(-4, 12):
            cell = 7 * (row + d) + lane
            if row + d >= 0 and cell in legal:
                legal.remove(cell)
            elif self.original:
                legal.pop()

    def drive_frame(self, decide: Decide) -> None:
        """Drives one frame; decide(car, observation, reward) is asked for every action."""
        self.shown = [[EMPTY] * 70 for _ in range(7)]
        for number, car in enumerate(self.cars):
            self._move(number, car)
            self._mark(car)
        self.camera = 1.5 - (self.cars[0].y - 525)
        for number, car in enumerate(self.cars):
            self._follow(car)
            if not car.controlled:
                self._wander(number, car)
        leaked = self._others_decide(decide)
        ego = self.cars[0]
        self._mark(ego)
        self.travelled += ego.v
        action = leaked if self.original else None
        if self.frame % 30 == 0:
            reward = (self.travelled - 60) / 20
            if self.frame == 0 and not self.original:
                reward = 0.0
            action = decide(0, self.observe(0), reward)
            self.travelled = 0.0
        if action is not None:
            self._act(ego, action)
        controlled = [car for car in self.cars if car.controlled]
        self.total += sum(max(0.0, car.v) for car in controlled) / len(controlled)
        self.frame += 1

    def _others_decide(self, decide: Decide) -> int | None:
        decision = None
        for number in range(1, self.other_agents + 1):
            due = self.frame % 30 == self._decision_frame(number)
            if due:
                decision = decide(number, self.observe(number), None)
            # In the original a decision leaks to all cars after the one that took it.
            if decision is not None and (due or self.original):
                self._act(self.cars[number], decision)
        return decision

    def average_mph(self) -> float:
        return floor(self.total / self.frame * 2000) / 100

    def _decision_frame(self, number: int) -> int:
        return 3 * number if self.original else floor(30 * number / (self.other_agents + 1))

    def _move(self, number: int, car: Car) -> None:
        car.y -= car.v - self.camera
        t = 20 * car.lane + 4 - car.x
        if abs(t) < 20 / 30:
            car.x = 20.0 * car.lane + 4
        else:
            car.x += 20 / 30 if t > 0 else -20 / 30
        if car.y + 68 < 0:
            car.y = 734.0
            self._spawn(number, car)
        if car.y - 68 > 700:
            car.y = -34.0
            self._spawn(number, car)

    def _spawn(self, number: int, car: Car) -> None:
        car.lane = floor(140 * self.draws.respawn_lane(self.frame, number) / 20)
        car.x = 20.0 * car.lane + 4
        if not car.controlled:
            car.a = 1 + 0.7 * (0.5 * self.draws.respawn_throttle(self.frame, number))

    def _mark(self, car: Car) -> None:
        for dx in (0, 10):
            for dy in range(0, 31, 5):
                column, row = floor((car.x + dx) / 20), floor((car.y + dy) / 10)
                if 0 <= column <= 6 and 0 <= row <= 69:
                    self.shown[column][row] = car.v

    def _at(self, column: int, row: int, outside: float) -> float:
        return self.shown[column][row] if 0 <= column <= 6 and 0 <= row <= 69 else outside

    def _follow(self, car: Car) -> None:
        car.c = 2.0
        for b in range(1, 5):
            column, row = floor((car.x + 7.5) / 20), floor((car.y - 10 * b) / 10)
            d = self._at(column, row, EMPTY)
            if d < EMPTY:
                car.c = min(car.c, 0.5 * (b - 1))
                if self.original or car.a != 0:
                    car.c = min(car.c, d / car.a)

    def _wander(self, number: int, car: Car) -> None:
        if self.draws.change(self.frame, number) > 0.99 + 0.004 * car.c:
            self._turn(car, -1 if self.draws.direction(self.frame, number) > 0.5 else 1)

    def _turn(self, car: Car, direction: int) -> None:
        if not abs(car.x - (20 * car.lane + 4)) < 0.5:
            return
        f = -3 * car.a
        while f < 4:
            column, row = floor((car.x + 7.5) / 20 + direction), floor(car.y / 10 + f)
            if self._at(column, row, OFF_THE_ROAD) < EMPTY:
                return
            f += 1
        car.lane += direction

    def _act(self, car: Car, action: int) -> None:
        if action == 1 and (car.a < 2):
            car.a = car.a + 0.02 if self.original else min(2.0, car.a + 0.02)
        if action == 2 and (car.a > 0):
            car.a = car.a - 0.02 if self.original else max(0.0, car.a - 0.02)
        if action in (3, 4):
            self._turn(car, -1 if action == 3 else 1)

    def observe(self, number: int) -> list[float]:
        sides, ahead, behind = self.view
        car = self.cars[number]
        return [
            self._at(car.lane + g, floor(floor(car.y) / 10 + h), OFF_THE_ROAD) / 100
            for h in range(-ahead, behind)
            for g in range(-sides, sides + 1)
        ]
