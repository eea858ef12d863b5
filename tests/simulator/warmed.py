"""Warms the simulator, forbids to compile, and then does all that Python asks of compiled code.

python -m tests.simulator.warmed
"""

import importlib
import pkgutil

from numba.core.dispatcher import Dispatcher

import simulator
from simulator.commands import warm
from simulator.draws import ACTION, uniforms
from simulator.policies import Moment, by_name, drive, drive_session
from simulator.rules import RULESETS
from simulator.traffic import Traffic, View


def forbid() -> None:
    """Lets every compiled function take the types alone that it was compiled for."""
    rooms = [module.name for module in pkgutil.iter_modules(simulator.__path__)]
    for room in rooms:
        if room not in {"__main__", "gym"}:
            for value in vars(importlib.import_module(f"simulator.{room}")).values():
                if isinstance(value, Dispatcher):
                    # disable_compile() refuses for those that compiled code alone calls.
                    value._can_compile = False


def use() -> None:
    """Drives every way that there is."""
    for name in ("no-action", "random", "gap-seeker-20"):
        policy = by_name(name)
        drive_session(policy, 2, frames=40, other_agents=2)
        for rules in RULESETS.values():
            drive(policy, [1, 2], frames=40, other_agents=2, rules=rules, threads=2)
            traffic = Traffic(2, view=policy.view, frames=40, other_agents=2, rules=rules)
            traffic.reset([1, 2])
            traffic.sight()
            while not traffic.finished:
                moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
                traffic.step(policy.act(traffic.observations, moment))
            if rules.quirks.streams:
                traffic.next_run()
    Traffic(1, view=View(6, 70, 70)).reset([3])
    uniforms([1], frame=2**32 - 1, car=0, purpose=ACTION)


if __name__ == "__main__":
    warm()
    forbid()
    use()
    print("nothing was compiled")
