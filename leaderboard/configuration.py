"""A configuration as people read it: every field by its title, and what is not the default."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from grader.config import NetworkConfig
from grader.schema import Trainer

DEFAULT = NetworkConfig()
DRIVEN = (
    *("lanes_side", "patches_ahead", "patches_behind", "temporal_window", "other_agents"),
    *("layers", "epsilon_test_time"),
)
"""Fields with a meaning for a network that was trained elsewhere."""


class Setting(NamedTuple):
    """One field.

    Attributes:
        field: Its name in a file.
        means: What it is, in a sentence.
        default: Empty if the value is the default.
    """

    title: str
    field: str
    means: str
    value: str
    default: str


def settings_of(config: NetworkConfig, *, trained: bool = False) -> list[Setting]:
    """All of them in the schema's order; `trained`: those of a network that is only driven."""
    told = []
    for name in NetworkConfig.model_fields:
        if name == "trainer":
            told += [
                _setting(config.trainer, DEFAULT.trainer, it, name) for it in Trainer.model_fields
            ]
        else:
            told.append(_setting(config, DEFAULT, name))
    return [it for it in told if not trained or it.field in DRIVEN]


def _setting(part: BaseModel, default: BaseModel, name: str, inside: str = "") -> Setting:
    field = type(part).model_fields[name]
    value, usual = (_said(getattr(it, name)) for it in (part, default))
    return Setting(
        field.title or name,
        f"{inside}.{name}" if inside else name,
        field.description or "",
        value,
        usual if usual != value else "",
    )


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple):
        return ", ".join(f"{layer.units} {layer.activation}" for layer in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


class Spread(NamedTuple):
    """One field of several configurations; `values` are as people read them, in their order."""

    title: str
    field: str
    means: str
    values: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def spread_of(configs: Sequence[NetworkConfig], *, trained: bool = False) -> list[Spread]:
    """All fields of some configurations beside each other, in the schema's order."""
    told = [settings_of(config, trained=trained) for config in configs]
    return [
        Spread(of_one[0].title, of_one[0].field, of_one[0].means, [it.value for it in of_one])
        for of_one in zip(*told, strict=True)
    ]
