"""The commands beside the grading of a CONFIG, each a module with ``main(arguments)``."""

from importlib import import_module

COMMANDS = {
    "export": "grader.commands.export",
    "verify": "grader.commands.verify",
}
"""Module of each command by its name, which comes first. A file of this name: ``./verify``."""


def run(name: str, arguments: list[str]) -> int:
    """Runs a command; returns its exit code."""
    code: int = import_module(COMMANDS[name]).main(arguments)
    return code
