"""What the environment decides: less is asked of a site on one's own machine than of a server."""

import os
import stat
import subprocess
import sys

import pytest
from django.core.management import call_command

from tests.processes import ROOT

SERVER = {"DATABASE_URL": "postgres://db/overtake", "SECRET_KEY": "given"}


def settings_of(folder, expression, **variables):
    """What a process that starts with this environment, and nothing of ours, reads."""
    return subprocess.run(
        [sys.executable, "-c", f"from leaderboard import settings; print({expression})"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "OVERTAKE_DATA": str(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "needed"),
    [({}, "False"), (SERVER, "True"), ({**SERVER, "STAFF_NEED_MFA": "false"}, "False")],
    ids=["embedded", "server", "server that says otherwise"],
)
def test_organisers_need_a_second_factor_on_a_server(tmp_path, variables, needed):
    done = settings_of(tmp_path, "settings.STAFF_NEED_MFA", **variables)
    assert (done.stdout.strip(), done.returncode) == (needed, 0)


def test_a_log_format_that_is_none_is_refused_at_the_start(tmp_path):
    done = settings_of(tmp_path, "settings.LOG_FORMAT", LOG_FORMAT="xml")
    assert done.returncode != 0
    assert "LOG_FORMAT is 'xml'; set it to line or json." in done.stderr.splitlines()[-1]


def test_a_server_without_a_secret_key_does_not_start(tmp_path):
    done = settings_of(tmp_path, "settings.SECRET_KEY", DATABASE_URL=SERVER["DATABASE_URL"])
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr.splitlines()[-1]


def test_on_one_s_own_machine_it_is_made_once_and_readable_to_nobody_else(tmp_path):
    first, second = (settings_of(tmp_path, "settings.SECRET_KEY").stdout for _ in range(2))
    assert len(first.strip()) >= 50
    assert first == second
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_no_web_process_is_refused_at_the_start(tmp_path):
    done = settings_of(tmp_path, "settings.WEB_PROCESSES", WEB_PROCESSES="0")
    assert done.returncode != 0
    assert "WEB_PROCESSES is 0; set it to 1 or more." in done.stderr.splitlines()[-1]


def test_every_change_of_the_models_has_its_migration(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
