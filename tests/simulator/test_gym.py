"""The Gymnasium environments: their contract, and that they drive the competition's own road."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from simulator.draws import ACTION, uniforms
from simulator.gym import ENV_ID, OvertakeEnv, OvertakeVectorEnv
from simulator.last_look import last_look
from simulator.policies import Moment, by_name, drive
from simulator.traffic import Traffic, View

VIEW = {"lanes_side": 3, "patches_ahead": 50, "patches_behind": 10}


def follow_gap_seeker(env: gymnasium.Env, seed: int) -> tuple[list[float], dict[str, Any]]:
    """Drives one run; returns the rewards and the last info."""
    seeker, rewards, ended = by_name("gap-seeker-10"), [], False
    seen, info = env.reset(seed=seed)
    while not ended:
        moment = Moment(np.array([seed], np.uint64), info["frame"], 0)
        seen, reward, terminated, ended, info = env.step(seeker.act(seen[None], moment)[0])
        rewards.append(reward)
        assert not terminated
    return rewards, info


@pytest.mark.parametrize("other_agents", [0, 3])
def test_gymnasiums_own_check_finds_nothing(other_agents: int) -> None:
    env = gymnasium.make(ENV_ID, other_agents=other_agents, frames=120, render_mode="rgb_array")
    check_env(env.unwrapped)
    env.close()


def test_a_rollout_is_repeated_by_its_seed() -> None:
    def rollout() -> list[Any]:
        env = gymnasium.make(ENV_ID, frames=150, other_agents=1)
        env.action_space.seed(5)
        seen: list[Any] = [env.reset(seed=3)]
        for _ in range(2):
            ended = False
            while not ended:
                seen.append(env.step(env.action_space.sample()))
                ended = seen[-1][3]
            seen.append(env.reset())
        return [(part[0].tolist(), *part[1:]) for part in seen]

    assert rollout() == rollout()


def test_another_seed_is_another_run() -> None:
    env = OvertakeEnv(frames=60)
    first, info = env.reset(seed=1)
    second, _ = env.reset(seed=2)
    drawn, later = env.reset()
    assert info["seed"] == 1
    assert later["seed"] not in (1, 2)
    assert len({seen.tobytes() for seen in (first, second, drawn)}) == 3


@pytest.mark.parametrize("other_agents", [0, 4])
def test_a_driver_is_as_fast_as_through_the_traffic_itself(other_agents: int) -> None:
    env = OvertakeEnv(**VIEW, other_agents=other_agents)
    rewards, info = follow_gap_seeker(env, 11)
    expected = drive(by_name("gap-seeker-10"), [11], other_agents=other_agents)
    assert info == {"seed": 11, "frame": 2000, "average_mph": expected[0]}
    assert len(rewards) == 67


def test_other_agents_follow_their_own_driver_through_their_own_view() -> None:
    env = OvertakeEnv(lanes_side=0, patches_ahead=1, patches_behind=0, other_agents=10)
    _, info = env.reset(seed=4)
    ended = False
    while not ended:
        _, _, _, ended, info = env.step(0)
    traffic, seeker = Traffic(1, view=View(3, 50, 10), other_agents=10), by_name("gap-seeker-10")
    traffic.reset([4])
    while not traffic.finished:
        moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
        traffic.step([0] if traffic.agent == 0 else seeker.act(traffic.observations, moment))
    assert info["average_mph"] == traffic.average_mph()[0]


def test_the_rewards_add_up_to_the_way_driven() -> None:
    rewards, info = follow_gap_seeker(OvertakeEnv(**VIEW), 2)
    # Frame 0 lies before the first decision, at follow limit 1 and throttle 2; and an average is
    # taken after a frame's decision, so that throttle changes make a little difference.
    driven = 2.0 + sum(20.0 * reward for reward in rewards) + 2.0 * (2000 - 1)
    assert driven / 2000 * 20 == pytest.approx(info["average_mph"], abs=0.05)


def test_a_run_is_truncated_never_terminated_and_takes_no_step_after() -> None:
    env = OvertakeEnv(frames=31)
    env.reset(seed=0)
    assert env.step(0)[2:4] == (False, False)
    assert env.step(0)[2:4] == (False, True)
    with pytest.raises(ValueError, match="after the end"):
        env.step(0)


def test_a_last_step_without_a_frame_of_its_own_is_worth_nothing() -> None:
    env = OvertakeEnv(frames=31)
    env.reset(seed=0)
    env.step(0)
    assert env.step(0)[1] == 0.0


@pytest.mark.parametrize("view", [View(3, 50, 10), View(0, 1, 0), View(6, 70, 70), View(1, 3, 4)])
def test_the_last_look_is_what_a_decision_would_see(view: View) -> None:
    traffic = Traffic(40, view=view, other_agents=0, frames=700)
    traffic.reset(range(40))
    while not traffic.finished:
        assert last_look(traffic).tolist() == traffic.observations.tolist()
        numbers = uniforms(traffic.seeds, frame=traffic.frame, car=0, purpose=ACTION)
        traffic.step((5 * numbers).astype(np.int64))


def test_a_vector_of_roads_is_the_single_roads_side_by_side() -> None:
    vector = gymnasium.make_vec(ENV_ID, num_envs=3, frames=100, other_agents=2, **VIEW)
    singles = [OvertakeEnv(frames=100, other_agents=2, **VIEW) for _ in range(3)]
    seen, infos = vector.reset(seed=8)
    starts = [env.reset(seed=8 + road) for road, env in enumerate(singles)]
    assert seen.tolist() == [start[0].tolist() for start in starts]
    assert infos["seed"].tolist() == [8, 9, 10]
    for actions in ([1, 3, 4], [0, 0, 3], [2, 1, 1], [4, 4, 0]):
        seen, rewards, terminated, truncated, infos = vector.step(np.array(actions))
        alone = [env.step(action) for env, action in zip(singles, actions, strict=True)]
        assert seen.tolist() == [step[0].tolist() for step in alone]
        assert rewards.tolist() == [step[1] for step in alone]
        assert truncated.tolist() == [step[3] for step in alone]
        assert not terminated.any()
        assert infos["average_mph"].tolist() == [step[4]["average_mph"] for step in alone]
    assert truncated.all()


def test_a_vector_starts_its_next_runs_by_the_step_after_the_end() -> None:
    vector = OvertakeVectorEnv(2, frames=20)
    vector.reset(seed=[5, 5])
    assert vector.step(np.array([0, 0]))[3].all()
    seen, rewards, _, truncated, infos = vector.step(np.array([4, 4]))
    assert rewards.tolist() == [0.0, 0.0]
    assert not truncated.any()
    assert infos["frame"].tolist() == [0, 0]
    assert infos["seed"][0] != infos["seed"][1]
    again = OvertakeEnv(frames=20)
    assert seen[1].tolist() == again.reset(seed=int(infos["seed"][1]))[0].tolist()


def test_it_shows_the_road_as_a_picture() -> None:
    vector = OvertakeVectorEnv(2, frames=20, render_mode="rgb_array")
    vector.reset(seed=1)
    first, second = vector.render()
    assert first.shape == (1400, 320, 3)
    assert first.dtype == np.uint8
    assert (first != second).any()
    assert OvertakeVectorEnv(2).render() is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"render_mode": "human"}, "render_mode is 'human'"),
        ({"other_agents": 11}, "other_agents is 11; it must be 0 to 10"),
        ({"patches_ahead": 0}, "patches_ahead is 0; it must be 1 to 70"),
        ({"others": "nobody"}, "there is no driver 'nobody'"),
        ({"frames": 0}, "frames is 0"),
    ],
)
def test_bad_arguments_are_named_with_their_bounds(wrong: dict[str, Any], words: str) -> None:
    for made in (OvertakeEnv, OvertakeVectorEnv):
        with pytest.raises(ValueError, match=words):
            made(**wrong)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5])
@pytest.mark.parametrize("made", [OvertakeEnv, OvertakeVectorEnv])
def test_a_seed_beyond_64_bits_is_refused_and_changes_nothing(
    made: type[OvertakeEnv | OvertakeVectorEnv], seed: Any
) -> None:
    env, untouched = made(frames=60), made(frames=60)
    for one in (env, untouched):
        one.reset(seed=3)
    with pytest.raises(ValueError, match=f"seed {seed} must be a whole number, 0 to 18446744073"):
        env.reset(seed=[seed] if made is OvertakeVectorEnv else seed)
    assert env.reset()[1]["seed"] == untouched.reset()[1]["seed"]


def test_an_action_that_there_is_not_and_seeds_for_other_roads_are_refused() -> None:
    env = OvertakeEnv(frames=60)
    env.reset(seed=0)
    with pytest.raises(ValueError, match="action 5 must be 0 to 4"):
        env.step(5)
    with pytest.raises(ValueError, match="seeds have shape"):
        OvertakeVectorEnv(2).reset(seed=[1])
