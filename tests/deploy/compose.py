"""The compose file as Docker Compose itself resolves it; reading it needs no engine."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.processes import ROOT

SECRETS = {"SECRET_KEY": "a-key-for-tests", "POSTGRES_PASSWORD": "a-password-for-tests"}


def compose_config(settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("docker-compose")
    return subprocess.run(
        # Nobody's own .env: the settings of the test and no others
        [program, "--env-file", os.devnull, "config", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def resolved(**settings: str) -> dict[str, Any]:
    done = compose_config({**SECRETS, **settings})
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def environment_of(service: Mapping[str, Any]) -> dict[str, str]:
    """What its container would see: a variable without a value is not set at all."""
    return {name: value for name, value in service["environment"].items() if value is not None}
