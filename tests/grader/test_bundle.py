"""Bundles: what is written comes back, and whatever is wrong with one is named by its place."""

import io
import json
import tracemalloc
import zipfile
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import bundle, packed
from grader.bundle import CONFIG, MANIFEST, TRAININGS
from grader.errors import ConfigError
from grader.grading import grade, plan
from grader.made_on import made_on
from grader.seeds import to_hex
from grader.unbundle import BOUNDS, read
from tests.grader.bundles import PROTOCOL, changed, forged, graded, members, without_seeds, written
from tests.grader.small import quick


def problems_of(data: bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(data)
    return [str(problem) for problem in caught.value.problems]


def test_what_is_written_comes_back():
    found, expected = read(written()), graded()
    assert found.config == expected.config
    assert found.manifest.protocol == expected.protocol
    assert (found.manifest.key, found.manifest.driver) == ("k", None)
    assert found.manifest.score == expected.score.score
    assert tuple(found.manifest.interval) == expected.score.interval
    planned = plan(expected.config, PROTOCOL, "k")
    for entry, training, seeds in zip(found.trainings, expected.trainings, planned, strict=True):
        assert tuple(entry.runs) == training.runs
        assert tuple(entry.traces) == training.traces
        assert entry.weights_hash == training.weights_hash
        assert [point.model_dump() for point in entry.curve] == [
            point.to_dict() for point in training.curve
        ]
        assert entry.seed == to_hex(seeds.seed)
        assert entry.run_seeds == [to_hex(seed) for seed in seeds.run_seeds]


def test_the_same_grade_has_the_same_bytes():
    again = grade(quick(), PROTOCOL, "k", jobs=1)
    assert again.seconds != graded().seconds
    assert bundle.write(again, key="k") == written()
    assert zipfile.ZipFile(io.BytesIO(written())).namelist() == [MANIFEST, CONFIG, TRAININGS]


def test_a_drivers_bundle_names_it_and_has_no_config():
    data = bundle.write(grade(None, PROTOCOL, "k", driver="random"), key="k", driver="random")
    assert sorted(members(data)) == [MANIFEST, TRAININGS]
    found = read(data)
    assert (found.config, found.manifest.driver, found.manifest.engine) == (
        None,
        "random",
        "scripted",
    )


def test_versions_and_processor_come_back():
    found = read(bundle.write(graded(), key="k", made_on=made_on()))
    assert found.manifest.made_on is not None
    assert found.manifest.made_on.model_dump() == made_on()


def test_without_a_key_no_seed_is_in_it():
    texts = b"".join(members(without_seeds()).values()).decode()
    hidden = [seed for it in plan(quick(), PROTOCOL, "k") for seed in (it.seed, *it.run_seeds)]
    assert len(hidden) == 3 * 6
    assert not [seed for seed in hidden if to_hex(seed) in texts or str(seed) in texts]
    assert read(without_seeds()).manifest.key is None


@pytest.mark.parametrize("key", ["x" * 1001, "\udcff"])
def test_a_key_that_no_bundle_could_hold_is_refused_at_once(key):
    with pytest.raises(ConfigError, match="--seed"):
        bundle.check_key(key)
    bundle.check_key("\N{SNOWMAN}" * 1000)


# what was changed, and the beginning of what is said of it
TAMPERED = {
    "a score": (
        lambda manifest, _: manifest.update(score=79.0),
        "manifest.json: score: must be that of the runs",
    ),
    "the upper median": (
        lambda manifest, _: manifest.update(upper_median=79.0),
        "manifest.json: upper_median: must be that of the runs",
    ),
    "an end of the interval": (
        lambda manifest, _: manifest.update(interval=[1.0, 79.0]),
        "manifest.json: was changed after the bundle was written",
    ),
    "the processor": (
        lambda manifest, _: manifest.update(engine="torch-stacked"),
        "manifest.json: was changed after the bundle was written",
    ),
    "the key": (
        lambda manifest, _: manifest.update(key="l"),
        "trainings.json: trainings[0].seed: must be ",
    ),
    "the hash of the config": (
        lambda manifest, _: manifest.update(config_hash="0" * 64),
        "manifest.json: config_hash: must be that of config.json, ",
    ),
    "the protocol": (
        lambda manifest, _: manifest["protocol"].update(runs=6),
        "trainings.json: trainings[0].runs: must have 6 entries by the protocol, not 5",
    ),
    "a bound of the protocol": (
        lambda manifest, _: manifest["protocol"].update(runs=0),
        "manifest.json: protocol.runs: must be at least 1, not 0",
    ),
    "a driver beside the config": (
        lambda manifest, _: manifest.update(driver="random"),
        "config.json: is there, and a driver is named in manifest.json",
    ),
    "another format": (
        lambda manifest, _: manifest.update(format=2, more=1),
        "manifest.json: format: this grader reads format 1, not 2",
    ),
    "a field more": (
        lambda manifest, _: manifest.update(more=1),
        "manifest.json: more: there is no such field",
    ),
    "a field less": (
        lambda manifest, _: manifest.pop("score"),
        "manifest.json: score: is missing",
    ),
    "a checksum less": (
        lambda manifest, _: manifest["sha256"].pop(CONFIG),
        "manifest.json: sha256.'config.json': must be given for each member",
    ),
    "a training less": (
        lambda _, trainings: trainings.pop(),
        "trainings.json: trainings: must be 3 by the protocol, not 2",
    ),
    "a run that is no speed": (
        lambda _, trainings: trainings[1]["runs"].__setitem__(2, 80.5),
        "trainings.json: trainings[1].runs[2]: must be at most 80, not 80.5",
    ),
    "a run that is no number": (
        lambda _, trainings: trainings[1]["runs"].__setitem__(2, "fast"),
        "trainings.json: trainings[1].runs[2]: must be a number, not 'fast'",
    ),
    "a run": (
        lambda _, trainings: trainings[1]["runs"].__setitem__(2, 80.0),
        ("trainings.json: ", "trainings[1].median: must be that of the runs", "was changed after"),
    ),
    "a run less": (
        lambda _, trainings: trainings[2]["runs"].pop(),
        "trainings.json: trainings[2].runs: must have 5 entries by the protocol, not 4",
    ),
    "a trace": (
        lambda _, trainings: trainings[0]["traces"].__setitem__(0, "0" * 32),
        "trainings.json: was changed after the bundle was written",
    ),
    "a trace that is none": (
        lambda _, trainings: trainings[0]["traces"].__setitem__(0, "0"),
        "trainings.json: trainings[0].traces[0]: must be a text like ^[0-9a-f]{32}$, not '0'",
    ),
    "the hash of the weights": (
        lambda _, trainings: trainings[0].update(weights_hash="0" * 64),
        "trainings.json: was changed after the bundle was written",
    ),
    "a point of a curve": (
        lambda _, trainings: trainings[0]["curve"][3].update(mph=1.0),
        "trainings.json: was changed after the bundle was written",
    ),
    "a seed": (
        lambda _, trainings: trainings[2].update(seed="0" * 16),
        "trainings.json: trainings[2].seed: must be ",
    ),
    "a run's seed": (
        lambda _, trainings: trainings[2]["run_seeds"].__setitem__(4, "0" * 16),
        "trainings.json: trainings[2].run_seeds[4]: must be ",
    ),
    "no seeds beside a key": (
        lambda _, trainings: trainings[2].update(run_seeds=None),
        "trainings.json: trainings[2].run_seeds: must not be null beside a key",
    ),
}


@pytest.mark.parametrize(("change", "said"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_tampered_with_is_named(change, said):
    first = problems_of(changed(change))[0]
    if isinstance(said, str):
        assert first.startswith(said)
    else:
        assert first.startswith(said[0])
        assert any(words in first for words in said[1:])


def test_seeds_without_a_key_are_refused():
    assert problems_of(changed(lambda manifest, _: manifest.update(key=None)))[:2] == [
        "trainings.json: trainings[0].seed: must be null, as the key in manifest.json is",
        "trainings.json: trainings[0].run_seeds: must be null, as the key in manifest.json is",
    ]


def test_forged_checksums_make_a_change_readable():
    # what verify is for: nothing but repeating it could tell
    assert read(forged(lambda _, trainings: trainings[0]["traces"].__setitem__(0, "0" * 32)))


def repacked(**contents: bytes) -> bytes:
    named = {name.replace("_", "."): content for name, content in contents.items()}
    return packed.pack({**members(written()), **named})


TEXTS = {
    "no JSON": ({"manifest_json": b"{"}, "manifest.json: not JSON at line 1, column 2"),
    "no UTF-8": ({"manifest_json": b"\xff"}, "manifest.json: not UTF-8 text at byte 0"),
    "no number": ({"trainings_json": b"[NaN]"}, "trainings.json: must have finite numbers only"),
    "too large": (
        {"manifest_json": json.dumps({**json.loads(members(written())[MANIFEST]), "score": 1.0})
         .replace("1.0", "1e999").encode()},
        "manifest.json: score: must be a finite number, not inf",
    ),
    "too many digits": ({"trainings_json": b"1" * 5000}, "trainings.json: has a number of more"),
    "too deep": ({"trainings_json": b"[" * 100_000}, "trainings.json: is nested too deep"),
    "twice": ({"manifest_json": b'{"a": 1, "a": 2}'}, "manifest.json: the field 'a' is given"),
    "a list": ({"manifest_json": b"[]"}, "manifest.json: must be a mapping of fields, not a list"),
    "no config": ({"config_json": b"gamma: 7"}, "config.json:1: gamma: must be at most 1, not 7"),
    "an empty config": ({"config_json": b""}, "config.json:1: the text is empty"),
}  # fmt: skip


@pytest.mark.parametrize(("contents", "said"), TEXTS.values(), ids=TEXTS)
def test_a_member_that_cannot_be_read_is_named(contents, said):
    assert problems_of(repacked(**contents))[0].startswith(said)


def zipped(*names: str, content: bytes = b"x", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def patched(old: bytes, new: bytes) -> bytes:
    """The bundle with bytes of its headers replaced, in both places where they stand."""
    assert old in written()
    return written().replace(old, new)


def encrypted() -> bytes:
    data = bytearray(written())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def lying(size: int) -> bytes:
    """A first member whose directory entry says that it has so many bytes."""
    data = bytearray(written())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = size.to_bytes(4, "little")
    return bytes(data)


ARCHIVES = {
    "nothing": (lambda: b"", "not a zip archive, or cut short"),
    "a text": (lambda: b"hello" * 100, "not a zip archive, or cut short"),
    "the first half": (
        lambda: written()[: len(written()) // 2],
        "not a zip archive, or cut short",
    ),
    "too large": (lambda: b"x" * 18_000_001, "larger than 18,000,000 bytes"),
    "none of its members": (zipped, "manifest.json: is missing"),
    "one of its members": (lambda: zipped(MANIFEST), "trainings.json: is missing"),
    "a way up": (lambda: zipped("../x"), "'../x': there is no such member; a bundle has manifest"),
    "an absolute name": (lambda: zipped("/etc/x"), "'/etc/x': there is no such member"),
    "a member more": (lambda: zipped(MANIFEST, "a\nb"), r"'a\nb': there is no such member"),
    "bzip2": (
        lambda: zipped(MANIFEST, TRAININGS, method=zipfile.ZIP_BZIP2),
        "manifest.json: is compressed by method 12",
    ),
    "a bomb": (
        lambda: zipped(MANIFEST, content=b"\0" * 12_000_000),
        "manifest.json: may have at most 65,536 bytes, not 12,000,000",
    ),
    "encrypted": (encrypted, "manifest.json: is encrypted"),
    "less than it says": (lambda: lying(60_000), "manifest.json: is "),
    "more than it says": (lambda: lying(10), "manifest.json: is damaged"),
    "another name in its header": (
        lambda: written().replace(MANIFEST.encode(), b"manifest.JSON", 1),
        "manifest.json: is damaged",
    ),
}


@pytest.mark.parametrize(("make", "said"), ARCHIVES.values(), ids=ARCHIVES)
def test_an_archive_that_is_none_or_lies_is_refused(make, said):
    assert problems_of(make())[0].startswith(said)


@pytest.mark.filterwarnings("ignore:Duplicate name")  # which is the point
def test_a_member_that_is_there_twice_is_refused():
    assert problems_of(zipped(MANIFEST, MANIFEST)) == ["manifest.json: is there 2 times"]


def test_every_byte_that_is_damaged_is_noticed_or_changes_nothing():
    whole = read(written())
    for at in range(0, len(written()), 7):
        data = bytearray(written())
        data[at] ^= 0x55
        try:
            found = read(bytes(data))
        except ConfigError:
            continue
        assert found == whole  # a date, a mode, a version that nobody reads


FLOOD = b"[" + b"{}," * 1_300_000 + b"{}]"


@pytest.mark.parametrize(
    "data",
    [
        zipped(*(f"{at}" for at in range(40_000)), content=b""),
        zipped(MANIFEST, content=b"\0" * 50_000_000),
        packed.pack(
            {**members(written()), TRAININGS: b'{"trainings": ' + FLOOD[:3_900_000] + b"}"}
        ),
        packed.pack({**members(written()), TRAININGS: FLOOD[:3_899_999] + b"{}]"}),
        packed.pack({**members(written()), CONFIG: b"[" * 60_000}),
        packed.pack({**members(written()), CONFIG: b"{" + b'"a":1,' * 10_000 + b'"b":1}'}),
    ],
    ids=["members", "bomb", "cut", "flood", "deep config", "wide config"],
)
def test_whatever_is_sent_costs_little(data):
    tracemalloc.start()
    start = process_time()
    problems_of(data)
    seconds, (_, peak) = process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300e6
    assert seconds < 8  # tracing makes it several times as slow


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A bundle with bytes replaced, taken out or put in: in the archive, or in a member of it."""
    name = draw(st.sampled_from([None, MANIFEST, CONFIG, TRAININGS]))
    parts = members(written())
    data = bytearray(written() if name is None else parts[name])
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 20))
        piece = draw(
            st.binary(max_size=20) | st.sampled_from([b"1e400", b"null", b"-0", b"[{", b'"'])
        )
        data[start : start + length] = piece
    return bytes(data) if name is None else packed.pack({**parts, name: bytes(data)})


@given(mutated())
@settings(max_examples=300, deadline=None)
def test_a_mutated_bundle_is_read_or_refused_and_nothing_else(data):
    try:
        found, problems = read(data), ()
    except ConfigError as error:
        found, problems = None, error.problems
    if found is None:
        assert problems
        assert all("\n" not in str(it) and len(str(it)) < 400 for it in problems)
    else:
        assert found == read(written())


def test_the_bounds_leave_room_for_the_largest_bundle():
    manifest, entry = json.loads(members(written())[MANIFEST]), None
    entry = json.loads(members(written())[TRAININGS])["trainings"][0]
    runs = {"runs": [66.66] * 1000, "traces": ["f" * 32] * 1000, "run_seeds": ["f" * 16] * 1000}
    point = {"iteration": 12_000_000, "reward": -1.23456, "loss": 1.2345e-05, "epsilon": 0.12345}
    curve = [{**point, "mph": 66.66}] * 100
    largest = json.dumps({"trainings": [{**entry, **runs, "curve": curve}] * 20})
    assert len(largest) < BOUNDS[TRAININGS] / 2
    assert len(json.dumps(manifest)) < BOUNDS[MANIFEST] / 2
    assert len(packed.pack({TRAININGS: largest.encode()})) < packed.MAX_BYTES
