"""What a configuration is and what grading it would cost, without grading it."""

from typing import Any, NamedTuple

from grader.cost import (
    MEGABYTE,
    MEMORY_BUDGET,
    Cost,
    Refusal,
    Share,
    estimate,
    largest,
    refusal,
    spelled,
)
from grader.entry import Entry
from grader.protocol import Protocol


class Check(NamedTuple):
    """A valid configuration's cost, and why it would be refused, if it would."""

    entry: Entry
    protocol: Protocol
    budget: float
    cost: Cost
    refusal: Refusal | None

    def text(self) -> str:
        """For a terminal."""
        config, cost = self.entry.config, self.cost
        trained = self.entry.network is not None
        kind = "a trained network, which is driven as it is" if trained else "to be trained"
        size = f"{config.num_inputs:,} inputs, {config.parameters:,} weights and biases"
        memory = f"{cost.bytes / MEGABYTE:,.0f} MB, {_side_by_side(cost.side_by_side)}"
        most = "; ".join(largest(cost.parts, config, self.protocol))
        return "\n".join(
            [
                config.phrase,
                f"{size}; {kind}",
                f"config hash {config.config_hash}",
                f"cost    {spelled(cost.seconds)} of {spelled(self.budget)} reference core-seconds",
                f"        {most}",
                f"memory  {memory}",
            ]
        )

    def values(self) -> dict[str, Any]:
        """For a program."""
        config, network, cost = self.entry.config, self.entry.network, self.cost
        return {
            "config": config.model_dump(mode="json"),
            "config_hash": config.config_hash,
            "weights_hash": network.weights_hash if network else None,
            "protocol": self.protocol.to_dict(),
            "phrase": config.phrase,
            "inputs": config.num_inputs,
            "parameters": config.parameters,
            "notes": [note._asdict() for note in self.entry.notes],
            "estimate": {
                "seconds": round(cost.seconds, 1),
                "budget": self.budget,
                "parts": _rounded(cost.parts),
                "bytes": cost.bytes,
                "side_by_side": cost.side_by_side,
                "memory": _rounded(cost.memory),
            },
        }


def check(entry: Entry, protocol: Protocol, *, engine: str, budget: float) -> Check:
    """Estimates what grading would cost, and compares it with a budget [reference core-seconds]."""
    trained = entry.network is not None
    cost = estimate(entry.config, protocol, engine=engine, trained=trained)
    refused = refusal(
        entry.config,
        protocol,
        seconds=budget,
        memory=MEMORY_BUDGET,
        engine=engine,
        trained=trained,
    )
    return Check(entry, protocol, budget, cost, refused)


def _side_by_side(count: int) -> str:
    return f"{count} training{'s side by side' if count > 1 else ' at a time'}"


def _rounded(parts: tuple[Share, ...]) -> dict[str, float]:
    return {it.part: round(it.amount, 3) for it in parts}
