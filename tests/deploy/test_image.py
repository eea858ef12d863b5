"""The Dockerfile is sound, and what it copies is there and is sent to the builder."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.deploy.compose import resolved
from tests.processes import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_hadolint_has_nothing_to_say():
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), "--no-color", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_everything_that_is_copied_is_there_and_is_not_ignored():
    sent = (ROOT / ".dockerignore").read_text().split()
    copied = [
        source
        for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert "leaderboard" in copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in sent, source


def test_it_does_not_run_as_root():
    users = re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)
    assert users
    assert "0" not in users


def test_it_brings_the_programs_that_save_a_server_of_compose_s_version():
    (client,) = re.findall(r"postgresql-client-(\d+)", DOCKERFILE)
    assert resolved()["services"]["db"]["image"] == f"postgres:{client}"


def test_its_own_command_is_the_one_that_compose_runs():
    (command,) = re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)
    assert json.loads(command) == resolved()["services"]["web"]["command"]
