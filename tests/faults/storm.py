"""The storm: submissions, faults at random while they are graded, and the count at the end."""

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field

import psycopg
import redis

from tests.end_to_end.conftest import answers, open_competition
from tests.end_to_end.pace import graded, lasting
from tests.end_to_end.visitor import Visitor
from tests.faults.world import World
from tests.processes import eventually

PROTOCOL = {"trainings": 2, "runs": 5, "frames": 600}
COMPUTING = (0.8, 1.2)  # [s] of each grading, by turns
PARTICIPANTS = 4
BUSY = 4  # gradings that are left when a fault draws near
FROZEN_SECONDS = 6.0  # longer than a lease of the tests lasts
UNFINISHED = "SELECT count(*) FROM leaderboard_evaluation WHERE finished_at IS NULL"


@dataclass
class Storm:
    """One world, its submissions, and the faults that it goes through in an order of chance."""

    world: World
    seed: int
    submissions: int
    postgres_seconds: float = 5.0
    handed_in: int = 0
    people: list[Visitor] = field(default_factory=list)

    def run(self, *, rounds: int, pause: float, patience: float) -> None:
        """Submit everything, break things for some rounds, and wait until all is graded.

        Whoever grades faster than faults come is handed more: no fault strikes at rest.

        Args:
            rounds: How often each fault comes.
            pause: Mean time between two faults [s].
            patience: How long grading may take after the last fault [s].
        """
        chance = random.Random(self.seed)
        faults = [fault for fault in self.faults() for _ in range(rounds)]
        chance.shuffle(faults)
        with ExitStack() as stack:
            self.open(stack)
            for _ in range(self.submissions):
                self.submit()
            for fault in faults:
                self.keep_busy(BUSY)
                time.sleep(chance.uniform(0.5, 1.5) * pause)
                self.keep_busy(1)
                fault(chance)
            eventually(
                lambda: self.unfinished() == 0, timeout=patience, what="everything is graded"
            )

    def open(self, stack: ExitStack) -> None:
        """The competition and its participants."""
        with closing(Visitor(self.world.url)) as organiser:
            organiser.log_in("olga")
            open_competition(organiser, **PROTOCOL, slug="storm", quota=30_000)
        for letter in "ABCDEFGH"[:PARTICIPANTS]:
            person = stack.enter_context(closing(Visitor(self.world.url)))
            person.sign_up(f"Driver {letter}")
            self.people.append(person)

    def submit(self) -> None:
        number, self.handed_in = self.handed_in, self.handed_in + 1
        source = lasting(COMPUTING[number % len(COMPUTING)])
        # a title of its own: the very same twice within moments would be a button pressed twice
        self.people[number % PARTICIPANTS].submit("storm", source, title=f"number {number}")

    def keep_busy(self, least: int) -> None:
        """Hand more in, once the site answers again, until so many are unfinished."""
        while (left := self.unfinished()) is None or left < least:
            eventually(lambda: answers(self.world.url), what="the site answers again")
            self.submit()

    def unfinished(self) -> int | None:
        """How many are not graded yet; None while the database is away."""
        try:
            return int(self.world.ask(UNFINISHED)[0][0])
        except psycopg.OperationalError:
            return None

    def faults(self) -> list[Callable[[random.Random], None]]:
        kills = [
            lambda chance, kind=kind: self.kill(kind, chance)
            for kind in ("computing", "worker", "dispatcher", "web")
        ]
        shared = [*kills, self.flush, self.copy_messages, self.freeze]
        if self.world.postgres is None:
            return [*shared, lambda chance: self.kill("broker", chance)]
        return [*shared, self.restart_redis, self.stop_postgres]

    def kill(self, kind: str, chance: random.Random) -> None:
        self.world.kill(kind, chance.choice(self.alive(kind)))

    def freeze(self, chance: random.Random) -> None:
        self.world.freeze(chance.choice(self.alive("worker")), FROZEN_SECONDS)

    def alive(self, kind: str) -> list[int]:
        """Those that a fault can strike; whoever died just before is waited for."""
        return eventually(
            lambda: self.keep_busy(1) or self.world.processes(kind),
            what=f"there is a {kind} to break",
        )

    def flush(self, _: random.Random) -> None:
        with suppress(redis.ConnectionError), closing(self.world.broker()) as broker:
            broker.flushall()
            self.world.killed.append("broker flushed")

    def copy_messages(self, _: random.Random) -> None:
        """Deliver the next message five times in all."""
        with suppress(redis.ConnectionError), closing(self.world.broker()) as broker:
            if message := broker.lindex("interactive", -1):
                broker.rpush("interactive", *[message] * 4)
                self.world.killed.append("a message copied four times")

    def restart_redis(self, _: random.Random) -> None:
        server = self.world.redis_server
        assert server is not None
        assert server.process is not None
        self.world.kill("redis", server.process.pid)
        server.process.wait()
        server.start(server.port)

    def stop_postgres(self, _: random.Random) -> None:
        server = self.world.postgres
        assert server is not None
        server.stop()
        time.sleep(self.postgres_seconds)
        server.start(server.port)
        self.world.killed.append(f"PostgreSQL stopped for {self.postgres_seconds:.0f} s")


def check(world: World, submissions: int) -> dict[str, str]:
    """Everything that must hold after a storm; what a reader wants to see of it."""
    statuses = dict(
        world.ask("SELECT status, count(*) FROM leaderboard_evaluation GROUP BY status")
    )
    assert statuses == {"succeeded": submissions}
    runs = world.ask(
        """
        SELECT evaluation.id, submission.source, run.average_mph
        FROM leaderboard_evaluation evaluation
        JOIN leaderboard_submission submission ON submission.id = evaluation.submission_id
        JOIN leaderboard_training training ON training.evaluation_id = evaluation.id
        JOIN leaderboard_run run ON run.training_id = training.id
        ORDER BY evaluation.id, training."index", run."index"
        """
    )
    by_evaluation: dict[int, list[float]] = {}
    source_of = {}
    for evaluation, source, mph in runs:
        by_evaluation.setdefault(evaluation, []).append(mph)
        source_of[evaluation] = source
    assert len(by_evaluation) == submissions
    calm = {source: undisturbed(source) for source in set(source_of.values())}
    for evaluation, speeds in by_evaluation.items():
        assert speeds == calm[source_of[evaluation]]
    charges = world.ask(
        "SELECT kind, count(*), count(DISTINCT submission_id) FROM leaderboard_quotaentry"
        " GROUP BY kind"
    )
    assert [tuple(it) for it in charges] == [("used", submissions, submissions)]
    eventually(
        lambda: world.ask("SELECT count(*) FROM leaderboard_checkpoint")[0][0] == 0,
        what="the checkpoints of what has ended are gone",
    )
    stored = world.ask(
        'SELECT evaluation_id, "index", fence FROM leaderboard_training ORDER BY 1, 2'
    )
    fences = Counter(fence for _, _, fence in stored)
    resumed = world.ask("SELECT count(*) FROM leaderboard_attempt WHERE resumed_from > 0")[0][0]
    attempts = world.ask("SELECT exit, count(*) FROM leaderboard_attempt GROUP BY exit ORDER BY 1")
    assert "" not in dict(attempts)
    return {
        "what was done": ", ".join(world.killed),
        "attempts that went on from a checkpoint": str(resumed),
        "attempts by how they ended": ", ".join(f"{count} {how}" for how, count in attempts),
        "trainings by the fence they were stored with": ", ".join(
            f"{count} with {fence}" for fence, count in sorted(fences.items())
        ),
        "those above 1, as evaluation.training:fence": " ".join(
            f"{evaluation}.{index}:{fence}" for evaluation, index, fence in stored if fence > 1
        ),
    }


def undisturbed(source: str) -> list[float]:
    """The same grading on the command line: no site, nothing broken."""
    return [mph for runs in graded(source, **PROTOCOL)["runs"] for mph in runs]
