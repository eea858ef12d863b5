"""What came of a submission: waited for, and verified on the command line."""

import json
import subprocess
import sys

from tests.processes import eventually

FINISHED = {"succeeded", "failed", "cancelled"}


def finished(visitor, path):
    return eventually(
        lambda: (now := visitor.submission(path)) and now["status"] in FINISHED and now,
        what=f"{path} is finished",
    )


def verified(download, folder, *options):
    """The exit code and the verdict of verifying what was downloaded."""
    assert download.headers["Content-Type"] == "application/zip"
    file = folder / "submission.zip"
    file.write_bytes(download.content)
    command = [sys.executable, "-m", "grader", "verify", str(file), "--json", *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, json.loads(ended.stdout)["verdict"]
