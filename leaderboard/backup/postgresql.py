"""PostgreSQL: its own programs dump and restore; here they are found, fed and understood."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection, connections

from leaderboard.backup.errors import BackupError
from leaderboard.backup.facts import PASSING

_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
_CLEAR = """
DO $$ DECLARE thing text; BEGIN
    FOR thing IN
        SELECT format('TABLE %I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname = 'public'
        UNION ALL
        SELECT format('FUNCTION %s', p.oid::regprocedure) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    LOOP EXECUTE format('DROP %s CASCADE', thing); END LOOP;
END $$;
"""


def dump(into: Path, *, snapshot: str) -> None:
    """Write the database as the exported snapshot shows it, in pg_dump's custom format."""
    _run(
        *("pg_dump", "--format=custom", "--no-owner", "--no-privileges"),
        *(f"--exclude-table-data={table}" for table in PASSING),
        *(f"--snapshot={snapshot}", f"--file={into}"),
    )


def size() -> int:
    """What it takes on the server's disk [bytes]; as a script it is smaller."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def require_programs(*names: str) -> None:
    """Refuse early when one of them is missing or older than the server.

    A newer client reads an older server; an older one refuses a newer server itself, less clearly.
    """
    server, *_ = connection.get_database_version()
    for name in names:
        if shutil.which(name) is None:
            raise BackupError(
                f"{name} is not installed here. Install PostgreSQL's client programs, version "
                f"{server} or newer (Debian: apt install postgresql-client-{server})."
            )
        found = re.search(r"\d+", _run(name, "--version"))
        if found is None or int(found[0]) < server:
            raise BackupError(
                f"{name} here is of version {found[0] if found else 'unknown'}, the server of "
                f"{server}. Install version {server} or newer (Debian: apt install "
                f"postgresql-client-{server})."
            )


def require_unused() -> None:
    """Refuse while others are connected: they would wait for the restore, and go on in its data."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, usename, coalesce(host(client_addr), 'a socket'), application_name"
            " FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
        )
        others = cursor.fetchall()
    if others:
        pid, user, address, program = others[0]
        raise BackupError(
            f"{len(others)} other connection{'s are' if len(others) > 1 else ' is'} open to the "
            f"database {connection.settings_dict['NAME']}; the first: process {pid}, {user} from "
            f"{address}{f', {program}' if program else ''}. Stop web, workers, dispatcher and "
            "whatever else uses it, then type this again."
        )


def put_in_place(dump: Path, aside: Path, *, rows: dict[str, int]) -> None:
    """Everything in one transaction: what was there goes, the dump comes, its rows are counted.

    The dump is turned into a script first: psql would take the end of a broken pipe for the end of
    the script, and commit. pg_restore alone clears only what is in the dump, and tables that a
    later migration made would stay.
    """
    script, clear, counts = (aside / name for name in ("dump.sql", "clear.sql", "counts.sql"))
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump))
    clear.write_text(_CLEAR)
    counts.write_text("".join(_counted(table, wanted) for table, wanted in rows.items()))
    connections["default"].close()
    _run(
        *("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
        *(f"--output={os.devnull}", f"--file={clear}", f"--file={script}", f"--file={counts}"),
    )


def _counted(table: str, wanted: int) -> str:
    quoted = '"' + table.replace('"', '""') + '"'
    said = f"{table} has % rows after the restore, not {wanted}".replace("'", "''")
    return (
        "DO $$ DECLARE found bigint; BEGIN"  # noqa: S608
        f" SELECT count(*) INTO found FROM public.{quoted};"
        f" IF found <> {wanted} THEN RAISE EXCEPTION '{said}', found; END IF; END $$;\n"
    )


def _run(program: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs on the site's database; what it printed.

    Where to connect and the password go in through its environment: a command line is public.
    """
    done = subprocess.run(
        [program, *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"]
        reason = next((line for line in said if re.search(r"error:|ERROR|FATAL", line)), said[-1])
        raise BackupError(f"{program} ended with {done.returncode}: {reason.strip()}")
    return done.stdout


def _environment() -> dict[str, str]:
    at = connections["default"].settings_dict
    _, given = connections["default"].client.settings_to_cmd_args_env(at, [])
    named = {"PGDATABASE": at["NAME"], "PGUSER": at["USER"]}
    named |= {"PGHOST": at["HOST"], "PGPORT": str(at["PORT"])}
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C",
        **{name: value for name, value in named.items() if value},
        **(given or {}),
    }
