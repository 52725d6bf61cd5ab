"""Reports of a check: the worst weight by the names of its links, and both numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lernpy.network import Network
from lernpy.structure import structure_of
from lernpy.text import counted, visible
from lernpy.weight import Weight

MOST_NAMED = 3


class Finding(NamedTuple):
    """Two numbers that should be the same, and how far apart they are (1 or less is near enough)."""

    name: str  # of the weight: its links
    ours: float  # by the object graph
    other: float  # by nudging, or by the engine
    error: float  # the distance, in units of what is allowed
    what: str = "gradient"
    update: int = 0

    @property
    def ok(self) -> bool:
        return self.error <= 1.0


@dataclass(frozen=True)
class GradientReport:
    """The result of `lernpy.check_gradients`.

    Attributes
    ----------
    worst : the weight whose two numbers are furthest apart, or None where there is no weight
    wrong : how many weights are out of bounds
    checked, weights : how many were checked, of how many
    kinks : how many stand at a kink, where any slope between the left and the right one is right
    """

    worst: Finding | None
    wrong: int
    checked: int
    weights: int
    samples: int
    kinks: int
    seed: int

    @property
    def ok(self) -> bool:
        return self.wrong == 0

    def __str__(self) -> str:
        drawn = "" if self.checked == self.weights else f", drawn with seed {self.seed}"
        of = f"{self.checked:,} of {self.weights:,} weights{drawn}"
        verdict = "right" if self.ok else f"WRONG for {self.wrong:,}"
        lines = [f"gradients: {verdict} ({of}; {counted(self.samples, 'sample')})"]
        if self.worst:
            lines.append(
                f"  {'furthest apart' if self.ok else 'worst'}: {self.worst.name}: "
                f"the blame says {self.worst.ours:.12g}, a nudge says {self.worst.other:.12g}"
            )
        if self.kinks:
            lines.append(
                f"  {counted(self.kinks, 'weight')} at a kink: "
                "the slopes to the left and to the right differ, the blame is between"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class ParityReport:
    """The result of `lernpy.check_parity`.

    Attributes
    ----------
    engine : the engine held against the object graph
    gradients, weights : the worst finding for the first gradient, and over all updates
    updates : how many updates were compared
    note : why the comparison ended early, if it did
    """

    engine: str
    gradients: Finding | None
    weights: Finding | None
    updates: int
    note: str = ""

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in (self.gradients, self.weights) if finding)

    @property
    def worst(self) -> Finding | None:
        """The finding that is furthest out of its bounds."""
        findings = [finding for finding in (self.gradients, self.weights) if finding]
        return max(findings, key=lambda finding: finding.error, default=None)

    def __str__(self) -> str:
        verdict = "the same as" if self.ok else "NOT the same as"
        lines = [
            f"parity: engine {self.engine} learns {verdict} the object graph "
            f"({counted(self.updates, 'update')})"
        ]
        lines += [_line(finding) for finding in (self.gradients, self.weights) if finding]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)


def _line(finding: Finding) -> str:
    apart = "furthest apart" if finding.ok else "worst"
    after = f" after update {finding.update}" if finding.update else ""
    return (
        f"  {finding.what}{after}, {apart}: {finding.name}: "
        f"the graph has {finding.ours:.15g}, the engine {finding.other:.15g}"
    )


def names_of(network: Network) -> dict[Weight, str]:
    """Each weight by the links that hold it: ``x1 -> h1``, or ``x1 -> h1 = x2 -> h1``."""
    holders = structure_of(network).holders
    return {
        weight: _joined([visible(link.name) for link in links]) for weight, links in holders.items()
    }


def _joined(links: list[str]) -> str:
    more = len(links) - MOST_NAMED
    return " = ".join(links[:MOST_NAMED]) + (f" = {more} more" if more > 0 else "")
