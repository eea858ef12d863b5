"""The second engine: trainings computed by torch, stacked; the reference of the compiled one."""

import hashlib
from collections.abc import Sequence
from time import perf_counter

import torch

from grader.checkpoint import Keeper
from grader.compiled.session import Session
from grader.cost import stack
from grader.dqn import Trained, train
from grader.engines import STACKED
from grader.grade import OnResult, Training, TrainingResult
from grader.network import Networks
from grader.pretrained import Pretrained
from grader.progress import DRIVING, OnProgress, Progress, Pulse
from grader.protocol import Protocol
from grader.runs import drive
from grader.schema import NetworkConfig
from grader.scoring import median


def compute(
    config: NetworkConfig,
    protocol: Protocol,
    trainings: Sequence[Training],
    *,
    network: Pretrained | None = None,
    keeper: Keeper | None = None,  # noqa: ARG001 - a stack begins anew
    jobs: int | None,
    on_progress: OnProgress,
    on_result: OnResult,
) -> None:
    """Trains networks side by side, then drives each; see ``engines.Engine``."""
    side_by_side = stack(config, trainings=jobs or len(trainings), engine=STACKED)
    for first in range(0, len(trainings), side_by_side):
        some = trainings[first : first + side_by_side]
        _compute_stack(
            config, network, protocol, some, on_progress=on_progress, on_result=on_result
        )


def _compute_stack(
    config: NetworkConfig,
    network: Pretrained | None,
    protocol: Protocol,
    trainings: Sequence[Training],
    *,
    on_progress: OnProgress,
    on_result: OnResult,
) -> None:
    torch.set_num_threads(1)  # the matrices are too small to share between threads
    start = perf_counter()
    if network is None:
        trained = train(
            config,
            [training.seed for training in trainings],
            indices=[training.index for training in trainings],
            rules=protocol.rules,
            on_progress=on_progress,
        )
    else:
        trained = Trained(Networks(config, len(trainings)), [[] for _ in trainings])
        for layer, matrix in zip(trained.networks.matrices, network.singles, strict=True):
            for one in layer:
                one.copy_(torch.from_numpy(matrix))
    each = (perf_counter() - start) / len(trainings)
    for place, training in enumerate(trainings):
        start = perf_counter()
        listener = _DrivingListener(training, protocol, on_progress)
        if protocol.in_sequence:
            alone = trained.networks.pretrained(place)
            session = Session(alone, protocol.frames, first=training.run_seeds[0])
            driven = session.drive(protocol.runs)
        else:
            driven = drive(
                trained.networks, place, training.run_seeds, protocol, on_frame=listener.on_frame
            )
        on_result(
            TrainingResult(
                index=training.index,
                seed=training.seed,
                engine=STACKED,
                seconds=each + perf_counter() - start,
                runs=tuple(map(float, driven.speeds)),
                median=median(driven.speeds),
                curve=tuple(trained.curves[place]),
                weights_hash=network.weights_hash
                if network
                else weights_hash(trained.networks, place),
                matrices=network.matrices
                if network
                else trained.networks.pretrained(place).matrices,
                traces=driven.traces,
                decisions=driven.actions,
            )
        )


def weights_hash(networks: Networks, training: int) -> str:
    """SHA-256 of a trained network's weights and biases, 64 hexadecimal digits."""
    return hashlib.sha256(networks.parameters_of(training)).hexdigest()


class _DrivingListener:
    """Turns frames driven into reports, about twice a second."""

    def __init__(self, training: Training, protocol: Protocol, on_progress: OnProgress) -> None:
        self._index, self._frames, self._tell = training.index, protocol.frames, on_progress
        self._pulse = Pulse()

    def on_frame(self, frame: int) -> None:
        if self._pulse.due() or frame == self._frames:
            self._tell(Progress(self._index, DRIVING, frame, self._frames))
