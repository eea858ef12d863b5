"""The compute process that a worker starts: a job line in, lines of progress and results out.

Standard input stays open as long as the worker wants the result: at its end, because the worker
closed it or died, this process and all of its group end within a second. Standard output carries
JSON lines alone; anything else goes to standard error.

Exit codes: 0 done, 1 a crash, 2 the configuration's own fault, 3 not a job.
"""

import json
import os
import signal
import sys
import threading
import traceback
from base64 import b64encode
from pathlib import Path
from typing import IO, Any

from grader.politeness import AT_ONCE, give_way

if __name__ == "__main__" and AT_ONCE not in sys.argv:
    give_way()  # before what comes next is loaded: that alone takes a second of a core

from grader import job, weights
from grader.checkpoint import Keeper
from grader.errors import ConfigError, DivergedError
from grader.filming import filmed
from grader.grade import TrainingResult
from grader.grading import compute
from grader.pretrained import Pretrained
from grader.progress import Progress

DONE, CONFIG_ERROR, NOT_A_JOB = 0, 2, 3
"""Exit codes; any other is a crash."""
STDIN, STDOUT, STDERR = 0, 1, 2
"""File descriptors."""


def main() -> int:
    """Computes one job; returns the exit code."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # ending the group must end nobody else
    out = _own_stdout()
    try:
        order = job.read(_first_line())
    except job.JobError as error:
        sys.stderr.write(f"grader.child: not a job: {error}\n")
        return NOT_A_JOB
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        compute(
            order.config,
            order.protocol,
            order.trainings,
            driver=order.driver,
            network=order.network,
            engine=order.engine,
            keeper=order.checkpoints and _keeper(out, order.checkpoints),
            on_progress=lambda progress: _tell(out, **_progress(progress)),
            on_result=lambda result: _tell(out, **_result(order, result)),
        )
    except DivergedError as error:
        _tell(out, type="failure", kind="config_error", message=str(error), index=error.index)
        return CONFIG_ERROR
    except ConfigError as error:
        _tell(out, type="failure", kind="config_error", message=str(error), index=None)
        return CONFIG_ERROR
    _tell(out, type="done")
    return DONE


def _own_stdout() -> IO[str]:
    """Keeps standard output to ourselves: what any library prints goes to standard error."""
    own = os.fdopen(os.dup(STDOUT), "w", encoding="utf-8")
    os.dup2(STDERR, STDOUT)
    return own


def _first_line() -> bytes:
    """Everything up to the first line feed.

    Raises:
        JobError: The input ends before it, or it is too long.
    """
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = os.read(STDIN, 65_536)
        line += piece
        if not piece:
            raise job.JobError("the input ended before the line did")
        if len(line) > job.MAX_LINE or b"\n" in piece[:-1]:
            raise job.JobError("more than one line, or a line too long")
    return bytes(line)


def _end_with_stdin() -> None:
    """Waits for the end of standard input, then ends the process group."""
    # os.read, not sys.stdin: a thread holding the lock of sys.stdin cannot be left at exit
    while os.read(STDIN, 65_536):
        pass
    sys.stderr.write("grader.child: standard input ended, so does this\n")
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _tell(out: IO[str], **line: Any) -> None:
    out.write(json.dumps(line, allow_nan=False) + "\n")
    out.flush()


def _progress(progress: Progress) -> dict[str, Any]:
    return {
        "type": "progress",
        "index": progress.training,
        "stage": progress.stage,
        "iteration": progress.iteration,
        "total": progress.total,
        "curve": [point.to_dict() for point in progress.curve],
    }


def _keeper(out: IO[str], checkpoints: job.Checkpoints) -> Keeper:
    def saved(index: int, iteration: int, file: Path) -> None:
        _tell(out, type="checkpoint", index=index, iteration=iteration, file=str(file))

    def resumed(index: int, iteration: int) -> None:
        _tell(out, type="resumed", index=index, iteration=iteration)

    def refused(index: int, message: str) -> None:
        _tell(out, type="checkpoint_refused", index=index, message=message)

    return Keeper(*checkpoints, on_saved=saved, on_resumed=resumed, on_refused=refused)


def _result(order: job.Job, result: TrainingResult) -> dict[str, Any]:
    values = result.to_dict()
    runs = {"runs": list(result.runs), "traces": list(result.traces)}
    shown = {"recordings": _recordings(order, result), "network": _network(order, result)}
    return {"type": "result", "index": result.index, **runs, **values, **shown}


def _recordings(order: job.Job, result: TrainingResult) -> dict[str, str]:
    """What a page shows of the runs, by run. A grade counts without it as well."""
    try:
        return {str(run): _text(content) for run, content in filmed(order, result).items()}
    except Exception:  # noqa: BLE001 - whatever it is, the result must not be lost for it
        traceback.print_exc()
        return {}


def _network(order: job.Job, result: TrainingResult) -> str | None:
    """What was trained here, for whoever wants to see it drive another run."""
    if order.config is None or order.network is not None:
        return None
    return _text(weights.write(Pretrained.of(order.config, result.matrices)))


def _text(content: bytes) -> str:
    return b64encode(content).decode()


if __name__ == "__main__":
    sys.exit(main())
