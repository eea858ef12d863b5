"""Seeds: frozen values, and a message for every meaning."""

import hashlib
import hmac

import pytest

from grader.chance import Chance, episode_seeds
from grader.seeds import bootstrap_seed, from_hex, run_seed, run_seeds, to_hex, training_seed
from tests.grader.small import quick


def test_seeds_never_change():
    assert run_seed("0", 0, 0) == 6878741696690711431
    assert run_seed("0", 4, 99) == 1641005709703231787
    assert run_seed("\u00e9", 1, 2) == 4463574080450799712
    assert training_seed("0", "ab", 1) == 15574708459864691008
    assert bootstrap_seed("0", "ab") == 13335886635868403578
    assert episode_seeds([3, 9], 2).tolist() == [
        [13652367922584412156, 15649216603714737163],
        [1878686061105925969, 16736164894392039059],
    ]


def test_a_seed_is_the_beginning_of_a_keyed_hash():
    digest = hmac.new(b"key", b"run:3:17", hashlib.sha256).hexdigest()
    assert to_hex(run_seed("key", 3, 17)) == digest[:16]


def test_all_seeds_of_an_evaluation_differ():
    seeds = [seed for training in range(20) for seed in run_seeds("0", training, 200)]
    seeds += [training_seed("0", "ab", training) for training in range(20)]
    assert len(set(seeds)) == len(seeds)
    assert run_seed("0", 1, 11) != run_seed("0", 11, 1)
    assert run_seed("0", 0, 0) != run_seed("1", 0, 0)


def test_hexadecimal_digits_bring_a_seed_back():
    assert from_hex(to_hex(5)) == 5
    assert to_hex(2**64 - 1) == "f" * 16
    for wrong in ("", "5", "G" * 16, "F" * 16, "0x" + "0" * 14, "0" * 17, " " + "0" * 15):
        with pytest.raises(ValueError, match="16 hexadecimal digits"):
            from_hex(wrong)


def test_the_draws_of_a_training_do_not_depend_on_those_beside_it():
    config = quick(other_agents=2)
    alone, beside = Chance(config, [7]), Chance(config, [5, 7, 9])
    for _ in range(250):
        alone.advance()
        beside.advance()
        for name in ("explore", "action", "slot", "sample"):
            assert getattr(alone, name)[0].tolist() == getattr(beside, name)[1].tolist()


def test_random_actions_are_all_five_equally_often():
    chance = Chance(quick(), [1])
    counts = [0] * 5
    for _ in range(5000):
        chance.advance()
        counts[chance.action[0, 0]] += 1
    assert all(850 < count < 1150 for count in counts)
