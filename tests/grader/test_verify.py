"""``python -m grader verify``: identical, or where a repetition first differs."""

import json
import re
import subprocess
import sys
import zipfile

import pytest

from grader import bundle
from grader.grading import grade
from grader.protocol import Protocol
from grader.unbundle import read
from grader.verify import repeat
from tests.grader.bundles import (
    PROTOCOL,
    changed,
    forged,
    graded,
    members,
    without_seeds,
    written,
)
from tests.grader.small import DIVERGING, LARGEST, network_of, quick


def differences(change) -> list[str]:
    return [str(it) for it in repeat(read(forged(change)), "k")]


def test_a_bundle_repeats():
    assert repeat(read(written()), "k") == []
    assert repeat(read(without_seeds()), "k") == []


def test_a_drivers_bundle_repeats():
    result = grade(None, PROTOCOL, "k", driver="random")
    found = read(bundle.write(result, key="k", driver="random"))
    assert repeat(found, "k") == []


def test_a_bundle_of_the_other_engine_repeats():
    result = grade(quick(), PROTOCOL, "k", engine="torch-stacked")
    found = read(bundle.write(result, key="k"))
    assert found.manifest.engine == "torch-stacked"
    assert repeat(found, "k") == []


@pytest.mark.parametrize("factors", [(), (0.5,)], ids=["plain", "dropout"])
@pytest.mark.parametrize("rules", ["open", "deeptraffic-v2"])
def test_a_trained_networks_bundle_repeats(rules, factors):
    config = quick(patches_ahead=2, layers=[{"units": 6}])
    network = network_of(config)._replace(factors=factors)
    protocol = Protocol(rules=rules, trainings=1, runs=5, frames=300)
    result = grade(config, protocol, "k", network=network)
    data = bundle.write(result, key="k")
    assert ("net.js" if factors else "weights.safetensors") in members(data)
    assert repeat(read(data), "k") == []


def test_the_largest_networks_bundle_can_be_read():
    network = network_of(LARGEST)
    protocol = Protocol(trainings=1, runs=2, frames=60)
    data = bundle.write(grade(LARGEST, protocol, "k", network=network), key="k")
    assert read(data).network.weights_hash == network.weights_hash


def swap(field, place, value):
    return lambda _, trainings: trainings[1][field].__setitem__(place, value)


def test_other_decisions_are_told_by_training_and_run():
    own = graded().trainings[1].traces[3]
    assert differences(swap("traces", 3, "0" * 32)) == [
        f"training 2, run 4: decisions: 000000000000... in the bundle, {own[:12]}... here"
    ]


def test_another_speed_is_told_with_what_follows_from_it():
    def change(manifest, trainings):
        trainings[0].update(runs=[70.0] * 5, median=70.0)
        speeds = sorted(speed for it in trainings for speed in it["runs"])
        manifest.update(score=speeds[7], upper_median=speeds[7])

    told = differences(change)
    first = graded().trainings[0].runs[0]
    assert told[0] == (
        f"training 1, run 1: average speed, the first of 5 runs: 70.0 in the bundle, {first!r} here"
    )
    assert [it.split(":")[0] for it in told[1:]] == ["score", "upper median"]


def test_other_weights_are_told_with_where_the_learning_curve_first_differs():
    def change(_, trainings):
        trainings[2].update(weights_hash="f" * 64)
        for point in trainings[2]["curve"][40:]:
            point["mph"] = 1.0

    told = differences(change)
    point = graded().trainings[2].curve[40]
    assert told[0] == (
        f"training 3: learning curve, first at iteration {point.iteration:,}: mph: "
        f"1.0 in the bundle, {point.mph!r} here"
    )
    assert told[1].startswith("training 3: trained weights: ffffffffffff... in the bundle, ")
    assert len(told) == 2


def test_a_curve_that_ends_early_is_told():
    (told,) = differences(lambda _, trainings: trainings[0]["curve"].pop())
    assert told.startswith("training 1: learning curve, first at iteration 260: iteration: none in")


def test_another_config_differs_from_the_first_training_on():
    other = read(bundle.write(graded(), key="k"))
    stranger = bundle.Bundle(other.manifest, quick(gamma=0.9), None, other.trainings)
    told = repeat(stranger, "k")
    assert str(told[0]).startswith("training 1: learning curve, first at iteration ")
    assert {it.place.split(":")[0].split(",")[0] for it in told} >= {
        "training 1",
        "training 2",
        "training 3",
    }


def test_a_training_that_diverges_here_is_a_difference():
    own = read(written())
    (told,) = repeat(bundle.Bundle(own.manifest, DIVERGING, None, own.trainings), "k")
    assert re.match(r"training \d: median: [\d.]+ in the bundle, training \d diverged", str(told))


def verify(*arguments, cwd=None):
    command = [sys.executable, "-m", "grader", "verify", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, timeout=120, check=False
    )


@pytest.fixture
def kept(tmp_path):
    """Writes a bundle to a file; returns its path."""

    def keep(data: bytes):
        path = tmp_path / "out.zip"
        path.write_bytes(data)
        return path

    return keep


def test_the_command_says_identical(kept):
    path = kept(written())
    result = verify(path, "--jobs", 2)
    score = graded().score.score
    assert result.returncode == 0
    assert result.stdout == f"{path}: identical: 3 x 5 runs repeated, score {score:.2f} mph\n"
    as_json = verify(path, "--json")
    assert json.loads(as_json.stdout) == {"verdict": "identical", "differences": [], "notes": []}


def test_the_command_says_where_it_differs(kept):
    path = kept(forged(swap("traces", 3, "0" * 32)))
    result = verify(path)
    assert result.returncode == 1
    head, told = result.stdout.splitlines()
    assert head == f"{path}: differs"
    assert told.startswith("training 2, run 4: decisions: 000000000000... in the bundle")
    values = json.loads(verify(path, "--json").stdout)
    assert values["verdict"] == "differs"
    assert values["differences"] == [
        {
            "place": "training 2, run 4: decisions",
            "bundle": "0" * 32,
            "here": graded().trainings[1].traces[3],
        }
    ]


def test_a_difference_in_the_interval_alone_is_called_that(kept):
    path = kept(forged(lambda manifest, _: manifest.update(interval=[1.0, 79.0])))
    low, high = graded().score.interval
    assert verify(path).stdout.splitlines() == [
        f"{path}: differs in the bootstrap interval only",
        f"bootstrap interval: 1.0 to 79.0 in the bundle, {low!r} to {high!r} here",
    ]


def test_another_version_is_said_and_a_difference_from_it_called_no_fault(kept):
    path = kept(bundle.write(graded(), key="k", grader_version="0.1.0"))
    result = verify(path)
    assert result.returncode == 0
    assert "note: made by grader 0.1.0, this is " in result.stdout
    assert "a difference between them is no fault" in result.stdout


def test_without_traces_averages_are_compared_and_that_is_said(kept):
    def forget(_, trainings):
        for training in trainings:
            training["traces"] = None

    result = verify(kept(forged(forget)))
    assert result.returncode == 0
    assert "note: it holds no traces" in result.stdout


def test_without_seeds_it_says_so_and_takes_the_key_later(kept):
    path = kept(without_seeds())
    result = verify(path)
    assert result.returncode == 3
    assert result.stderr == ""
    assert result.stdout.startswith(f"{path}: no seeds: 3 x 5 runs agree with their score ")
    assert len(result.stdout.splitlines()) == 1
    assert verify(path, "--seed", "k").returncode == 0
    assert verify(path, "--seed", "another").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "python -m grader verify: the following arguments are required: BUNDLE"),
        (["a", "--jobs", "0"], "python -m grader verify: --jobs: must be at least 1, not 0"),
        (["nowhere.zip"], "nowhere.zip: no such file or directory"),
        (["."], ".: is a directory"),
        (["/dev/zero"], "/dev/zero: larger than 18,000,000 bytes, which no bundle is"),
    ],
)
def test_a_wrong_command_ends_with_one_clear_line(arguments, line):
    result = verify(*arguments)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", line + "\n")


def test_a_tampered_bundle_is_unusable_and_its_place_named(kept):
    path = kept(changed(swap("runs", 2, 81.0)))
    line = f"{path}: trainings.json: trainings[1].runs[2]: must be at most 80, not 81.0\n"
    result = verify(path)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", line)
    (problem,) = json.loads(verify(path, "--json").stdout)["problems"]
    assert problem["field"] == "trainings.json: trainings[1].runs[2]"


def test_another_key_than_the_bundles_is_refused(kept):
    path = kept(written())
    assert verify(path, "--seed", "l").stderr == (
        f"{path}: manifest.json: key: is 'k', not the given 'l'; leave --seed out\n"
    )


def test_an_engine_that_is_not_here_is_refused(kept):
    path = kept(forged(lambda manifest, _: manifest.update(engine="steam")))
    assert verify(path).stderr == (
        f"{path}: manifest.json: engine: this grader has no 'steam'; it has compiled, "
        "torch-stacked\n"
    )


def test_a_config_in_a_file_called_verify_is_still_graded(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ".")
    path = tmp_path / "verify"
    path.write_text(quick().canonical())
    small = ["--runs", "5", "--frames", "300", "--seed", "k", "--trainings", "3"]
    command = [sys.executable, "-m", "grader", str(path), *small, "--bundle", tmp_path / "b.zip"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        made_on = json.loads(archive.read("manifest.json"))["made_on"]
    assert (tmp_path / "b.zip").read_bytes() == bundle.write(graded(), key="k", made_on=made_on)
