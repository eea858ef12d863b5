"""How much one evaluation drives: the protocol that a competition fixes for all of its entries."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from grader.errors import ConfigError, Problem, field_name
from grader.messages import wording


class Protocol(BaseModel):
    """Trainings and runs of one evaluation; compared by value, never changed."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )

    rules: Literal["open", "deeptraffic-v2"] = Field(default="open", title="Ruleset")
    """The rules of the road."""
    trainings: int = Field(default=5, ge=1, le=20, title="Trainings")
    """Times the network is trained from nothing, each with a seed of its own."""
    runs: int = Field(default=100, ge=1, le=1000, title="Runs")
    """Seeded runs that each trained network drives."""
    frames: int = Field(default=2000, ge=30, le=20_000, title="Frames")
    """Length of a run [frames]; 30 frames are one decision."""

    @classmethod
    def official(cls) -> "Protocol":
        """The original competition's: 500 runs of one sequence, for each training."""
        return cls(rules="deeptraffic-v2", runs=500, frames=2000)

    @property
    def in_sequence(self) -> bool:
        """Whether the runs are driven one after the other, what one leaves behind in the next."""
        return self.rules == "deeptraffic-v2"

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Protocol":
        """Reads plain values, say from a database or a job.

        Raises:
            ConfigError: A value is unknown or out of its bounds.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise ConfigError(*map(_problem, error.errors(include_url=False))) from None

    def to_dict(self) -> dict[str, Any]:
        """The protocol as plain values."""
        return self.model_dump()


def _problem(detail: ErrorDetails) -> Problem:
    return Problem(field_name(tuple(detail["loc"])), wording(detail))
