"""Seeds: frozen values, and a message for every meaning."""

import hashlib
import hmac

import pytest

from grader.seeds import bootstrap_seed, from_hex, run_seed, run_seeds, to_hex, training_seed


def test_seeds_never_change():
    assert run_seed("0", 0, 0) == 6878741696690711431
    assert run_seed("0", 4, 99) == 1641005709703231787
    assert run_seed("\u00e9", 1, 2) == 4463574080450799712
    assert training_seed("0", "ab", 1) == 15574708459864691008
    assert bootstrap_seed("0", "ab") == 13335886635868403578


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
