"""What the doctor looks at on this machine: settings, disk, static files, the computing process."""

import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks

from leaderboard.compute import Computing
from leaderboard.doctor.finding import Finding, ok, warning, wrong

ENOUGH, TOO_LITTLE = 1_000, 100
"""Free space on the disk [MB]: below the first is a warning, below the second something fails."""
PATIENCE = 6.0
"""How long [s] computing something tiny may take; it takes one where nothing else is going on."""
TINY = {
    "driver": "no-action",
    "protocol": {"trainings": 1, "runs": 1, "frames": 30},
    "trainings": [{"index": 0, "seed": "0" * 16, "run_seeds": ["0" * 16]}],
}


def settings_are_sound() -> Finding:
    found = checks.run_checks()
    if errors := [it for it in found if it.level >= checks.ERROR]:
        return wrong(f"{errors[0].id}: {errors[0].msg}", errors[0].hint or "Correct the setting.")
    if settings.DEBUG and not settings.EMBEDDED:
        return wrong("DEBUG is on: a fault shows settings to visitors.", "Unset DEBUG.")
    if settings.LEASE_SECONDS < 3 * settings.HEARTBEAT_SECONDS:
        return wrong(
            f"A lease of {settings.LEASE_SECONDS:g} s ends after less than three heartbeats of "
            f"{settings.HEARTBEAT_SECONDS:g} s: work is taken from workers that live.",
            "Raise LEASE_SECONDS or lower HEARTBEAT_SECONDS.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        return warning(
            "ALLOWED_HOSTS is *: letters to participants may name a stranger's host.",
            "Set it to the names of this site.",
        )
    if found:
        return warning(f"{found[0].id}: {found[0].msg}", found[0].hint or "Correct the setting.")
    return ok(f"{'embedded' if settings.EMBEDDED else 'on a server'}; data in {settings.DATA}")


def data_folder() -> Finding:
    """Written to by a real file, since permissions alone don't know a full or read-only disk."""
    folder = Path(settings.DATA)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="doctor-") as file:
            file.write(b"written by manage.py doctor\n")
            file.flush()
        free = shutil.disk_usage(folder).free / 1e6
    except OSError as error:
        return wrong(
            f"{folder} cannot be written to: {error.strerror}.",
            "Make it writable for the user who runs the site, or set OVERTAKE_DATA.",
        )
    words = f"{folder} is writable, {free:,.0f} MB free"
    if free < TOO_LITTLE:
        return wrong(f"{words}, fewer than {TOO_LITTLE}.", "Make room on this disk.")
    if free < ENOUGH:
        return warning(f"{words}, fewer than {ENOUGH:,}.", "Make room on this disk.")
    return ok(words)


def static_files() -> Finding:
    if (settings.STATIC_ROOT / "staticfiles.json").exists():
        return ok(f"collected in {settings.STATIC_ROOT}")
    if not finders.find("leaderboard/style.css"):
        return wrong("The stylesheet is nowhere.", "Install the whole of the source again.")
    if settings.EMBEDDED:
        return ok("served from where they lie")
    return warning(
        f"Not collected in {settings.STATIC_ROOT}: browsers ask for them at every page.",
        "Run manage.py collectstatic --noinput and start the web process again.",
    )


def computing() -> Finding:
    """Has the very process that a worker starts drive one short run."""
    start = time.monotonic()
    try:
        with Computing(TINY) as process:
            while (left := start + PATIENCE - time.monotonic()) > 0:
                try:
                    message = process.receive(timeout=left) or {}
                except EOFError:
                    *_, last = ["it said nothing", *process.log_tail().strip().splitlines()]
                    return wrong(
                        f"The computing process ended with {process.wait()}: {last}",
                        "Install the packages again (make install) and look at its words.",
                    )
                if message.get("type") == "result":
                    took = time.monotonic() - start
                    return ok(f"a process of its own drove a run in {took:.1f} s")
    except OSError as error:
        return wrong(
            f"No computing process can be started: {error}.",
            "Look for a missing file, or a limit of processes or memory.",
        )
    return warning(
        f"Computing something tiny took more than {PATIENCE:g} s.",
        "The machine is very busy, or compiles for the first time: look again in a minute.",
    )
