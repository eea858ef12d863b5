"""`make install` on machines where it cannot work says in one line what to do."""

import shutil
import subprocess

import pytest

from tests.processes import ROOT

# Enough of a machine for the script, and no Python that anybody installed
TOOLS = ["sh", "dirname", "id", "mkdir", "rm", "touch", "make", "cp"]
OLD_PYTHON = """#!/bin/sh
case "$2" in
*print*) echo 3.9.2 ;;
*) exit 1 ;;
esac
"""
PYTHON_WITHOUT_VENV = """#!/bin/sh
case "$2" in
*print*) echo 3.11.2 ;;
*ensurepip*) exit 1 ;;
esac
"""
SHIM_OF_NOTHING = """#!/bin/sh
echo "this version is not installed" >&2
exit 127
"""
# It makes a .venv whose pip fails, as without a network
PYTHON_WITHOUT_NETWORK = """#!/bin/sh
case "$*" in
*print*) echo 3.12.1 ;;
*"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
*"import pip"*) exit 1 ;;
*"-m pip"*) echo "no route to the index" >&2; exit 1 ;;
esac
"""


def add(programs, name, script):
    (programs / name).write_text(script)
    (programs / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path):
    """A copy of the project on a machine with nothing but a shell, make and what is added."""
    project, programs = tmp_path / "project", tmp_path / "bin"
    project.mkdir()
    programs.mkdir()
    for tool in TOOLS:
        # Scripts and no links: a test that replaces a tool must never write through to the real one
        add(programs, tool, f'#!/bin/sh\nexec {shutil.which(tool)} "$@"\n')
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, project / name)
    shutil.copytree(ROOT / "scripts", project / "scripts")
    return project, programs


def make(machine, target="install"):
    project, programs = machine
    done = subprocess.run(
        ["make", target],
        cwd=project,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode != 0
    assert not (project / ".venv" / ".installed").exists()
    return ours


@pytest.mark.parametrize("target", ["install", "run"])
def test_without_python(machine, target):
    (line,) = make(machine, target)
    assert line == (
        "Overtake: needs Python 3.11 or newer, found none; install it (Debian 12 or Ubuntu 24.04: "
        "apt install python3 python3-venv) or type: make install PYTHON=/path/to/python3"
    )


def test_with_a_python_that_is_too_old(machine):
    add(machine[1], "python3", OLD_PYTHON)
    (line,) = make(machine)
    assert line.startswith("Overtake: needs Python 3.11 or newer, found python3 3.9.2; install it")


def test_a_version_managers_shim_that_does_not_run_is_passed_over(machine):
    add(machine[1], "python3.13", SHIM_OF_NOTHING)
    add(machine[1], "python3", OLD_PYTHON)
    (line,) = make(machine)
    assert "found python3 3.9.2;" in line


def test_with_a_python_that_has_no_venv(machine):
    add(machine[1], "python3.11", PYTHON_WITHOUT_VENV)
    (line,) = make(machine)
    assert line == (
        "Overtake: python3.11 3.11.2 has no venv module; type: apt install python3-venv"
    )


def test_root_on_debian_gets_the_venv_module_installed(machine):
    project, programs = machine
    add(programs, "id", "#!/bin/sh\necho 0\n")
    add(programs, "python3.11", PYTHON_WITHOUT_VENV)
    add(programs, "apt-get", '#!/bin/sh\necho "$@" >> apt-get.log\n')
    make(machine)
    assert (project / "apt-get.log").read_text().splitlines() == [
        "update -qq",
        "install -qq -y --no-install-recommends python3-venv",
    ]


def test_in_a_folder_that_cannot_be_written(machine):
    project, programs = machine
    add(programs, "python3", OLD_PYTHON)
    (project / ".venv").write_text("root may write everywhere, but not below a file")
    (line,) = make(machine)
    assert line == (
        f"Overtake: cannot write to {project}; move the folder to a place that you may write to"
    )


def test_when_pip_fails_the_last_line_says_how_to_go_on(machine):
    add(machine[1], "python3", PYTHON_WITHOUT_NETWORK)
    *_, reason, line = make(machine)
    assert reason == "no route to the index"
    assert line == (
        "Overtake: pip could not install the packages; the lines above say why. "
        "Then type again: make install"
    )


def test_a_second_install_has_nothing_to_do(machine):
    project, programs = machine
    (project / ".venv").mkdir()
    (project / ".venv" / ".installed").touch()
    done = subprocess.run(
        ["make", "install"],
        cwd=project,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "make: Nothing to be done for 'install'.\n"


def test_who_is_not_root_is_told_which_packages_the_tests_need(machine):
    _, programs = machine
    add(programs, "id", "#!/bin/sh\necho 1000\n")
    add(programs, "apt-get", "#!/bin/sh\nexit 1\n")
    add(programs, "initdb", "#!/bin/sh\n")
    (line,) = make(machine, "test")
    assert line == (
        "Overtake: the tests need more Debian packages; type: sudo apt-get install nodejs chromium"
    )
