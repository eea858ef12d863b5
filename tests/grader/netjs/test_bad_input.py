"""Files that nobody would have written: refused with a place, quickly and in little memory."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.errors import ConfigError
from grader.netjs import MAX_BYTES, read
from grader.netjs.brain_json import MAX_PARTS
from tests.grader.netjs.submission import network, submission, with_weights

GOLDEN = (Path(__file__).parent / "networks" / "window_agents.js").read_bytes()
PLAIN = with_weights().encode()
PIECES = [b"{", b"}", b"(", b")", b"[", b"]", b";", b"'", b'"', b"`", b"/*", b"*/", b"//", b"\\",
          b"\x00", b"\xff", b"1e999", b"null", b"=>", b"...", b"=", b"\n", b"-"]  # fmt: skip


def read_or_refuse(data):
    """Reads; a refusal must say something."""
    problems = ()
    try:
        read(data)
    except ConfigError as error:
        problems = error.problems
        assert problems
    assert all(problem.message and len(str(problem)) < 600 for problem in problems)


@settings(max_examples=300 * int(os.environ.get("OVERTAKE_TEST_EXAMPLES", "1")), deadline=None)
@given(
    source=st.sampled_from([PLAIN, submission().encode()]),
    cuts=st.lists(
        st.tuples(
            st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=6)
        ),
        min_size=1,
        max_size=4,
    ),
)
@example(source=PLAIN, cuts=[(0.0, 40, b"")])
def test_whatever_is_done_to_a_file_it_is_read_or_refused(source, cuts):
    data = source
    for share, length, piece in cuts:
        where = int(share * len(data))
        data = data[:where] + piece + data[where + length :]
    read_or_refuse(data)


@settings(max_examples=60 * int(os.environ.get("OVERTAKE_TEST_EXAMPLES", "1")), deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_any_bytes_are_read_or_refused(data):
    read_or_refuse(data)


@pytest.mark.parametrize("seed", range(30))
def test_single_bytes_of_a_real_file_may_change(seed):
    draw = random.Random(seed)
    data = bytearray(GOLDEN)
    for _ in range(3):
        data[draw.randrange(len(data))] = draw.randrange(256)
    read_or_refuse(bytes(data))


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf", b"/* nothing */", b"\x00" * 100])
def test_nothing_is_nothing(data):
    with pytest.raises(ConfigError):
        read(data)


# the system's own measure counts the process that this one was forked from
MEASURED = """
import sys, time
from pathlib import Path
from grader.__main__ import main
code = main(sys.argv[1:])
status = Path("/proc/self/status").read_text()
print(time.process_time(), status.split("VmHWM:")[1].split()[0])
sys.exit(code)
"""
SIZE = MAX_BYTES - 4000
START = PLAIN[: PLAIN.index(b"fromJSON(") + 9] + b'{"layers":['
BIG = {
    "50 MB of weights": lambda: START + b"0.125," * (50_000_000 // 6),
    "many small arrays": lambda: START + b"[]," * (SIZE // 3) + b"[]]});}",
    "many small objects": lambda: START + b'{"a":0},' * (SIZE // 8) + b"0]});}",
    "many texts": lambda: START + b'"ab",' * (SIZE // 5) + b"0]});}",
    "one long number": lambda: START + b"1" * SIZE + b"]});}",
    "code without end": lambda: b"lanesSide = 1;\n" * (SIZE // 15),
    "marker after marker": lambda: b"\n/*###########*/\n" * (SIZE // 18) + PLAIN,
    "weights after weights": lambda: PLAIN + b"\n/*####*/brain.value_net.fromJSON({" * (SIZE // 38),
    "spread-out weights": lambda: PLAIN + b"\nbrain.value_net.fromJSON([1]);" * (SIZE // 35) + b"x",
    "weights before weights": lambda: (
        b"brain.value_net.fromJSON([1]);\n" * (SIZE // 40) + PLAIN + b"\nx"
    ),
    "unquoted keys": lambda: START + b"{a:0}," * (MAX_PARTS - 300) + b"0" * 1_600_000 + b"]});}",
    "unquoted numbers": lambda: START + b'{"w":{0:1' + b",1:.5" * 330_000 + b"}}]});}",
    "open quotes": lambda: START + b"'" * 1_990_000 + b"]});}",
    "spaces before the weights": lambda: b"if (brain) {" + b" " * SIZE + b"x",
    "lines of spaces": lambda: b"if (brain) \n" * (SIZE // 12),
    "brackets behind the weights": lambda: PLAIN + b") " * (SIZE // 2 - len(PLAIN)) + b"x",
    "comments behind the weights": lambda: PLAIN + b"/*" * (SIZE // 2 - len(PLAIN)),
    "64 kB of open parentheses": lambda: b"(" * 65_000,
    "64 kB of open templates": lambda: b"`${" * 21_000,
    "64 kB of nonsense": lambda: b"a ? b : {[(=>" * 5_000,
    "64 kB of functions": lambda: b"learn=function(a){" * 3_600,
    "open parentheses": lambda: b"(" * SIZE,
}


@pytest.mark.parametrize("kind", BIG)
def test_a_large_file_is_refused_within_two_seconds_and_500_mb(kind, tmp_path):
    path = tmp_path / "net.js"
    path.write_bytes(BIG[kind]())
    result = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, kilobytes = map(float, result.stdout.split())
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert 20 < len(result.stderr) < 2000
    assert seconds < 2.0  # of a core: a busy machine makes only the clock slow
    assert kilobytes < 500_000


def test_two_megabytes_are_read_within_a_second():
    code = (
        submission()
        .replace("num_neurons: 4", "num_neurons: 1000")
        .replace("Ahead = 4", "Ahead = 23")
    )
    data = with_weights(code, network(inputs=72, units=1000)).encode()
    assert 1_900_000 < len(data) < 3_000_000
    start = time.process_time()
    assert read(data).network.matrices[0].shape == (73, 1000)
    assert time.process_time() - start < 1.0
