"""What a layer does to the plane: turned and stretched by its weights, then bent by its activation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from lernpy.checks import is_list
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import fitting, scaled
from lernpy.plot.canvas import Look, Style
from lernpy.plot.charts.regions import Plane, class_points
from lernpy.structure import structure_of
from lernpy.text import shown

LINES = 13  # grid lines each way
POINTS = 60  # points along a grid line


def plane(
    network: Network,
    data: Any = None,
    axes: Any = None,
    *,
    neurons: Sequence[str] | None = None,
    columns: Sequence[int | str] | None = None,
    **style: Unpack[Style],
) -> Any:
    """Three pictures of one grid: the inputs; after the matrix of weights; after the activation.

    Parameters
    ----------
    data : its samples go along with the grid
    axes : three axes, or None
    neurons : the two neurons that span the new plane (None: the first two after the inputs)
    columns : the two inputs, where there are more than two

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.layered([2, 2, 1], activation="tanh", seed=1)
    >>> path = plot.save(plot.plane(net), "plane.png")
    """
    look = Look.of(**style)
    samples = None if data is None else fitting(network, data)
    ground = Plane(network, samples, columns, grid=2)
    own = axes is None
    if own:
        axes = canvas.figure((12.0, 4.5), look).subplots(1, 3)
    flat = list(np.ravel(np.array(axes, object)))
    if len(flat) != 3:
        raise LernpyError(f"the plane needs 3 axes, one for each stage, not {len(flat)}")
    names = _pair(network, neurons)
    kind = network.neurons[names[0]].activation.name
    titles = ("the inputs", "turned and stretched by the weights", f"then bent by {kind}")
    for stage, (ax, words) in enumerate(zip(flat, titles, strict=True)):
        canvas.dress(ax, look)
        bend = _Stage(ground, names, stage)
        _grid(ax, bend, look)
        if samples is not None:
            _dots(ax, bend, samples, look)
        canvas.title(ax, f"{stage + 1}. {words}", look)
        letter = ("", "total input of ", "output of ")[stage]
        ends = ground.names if stage == 0 else names
        canvas.labels(ax, look, x=letter + ends[0], y=letter + ends[1])
    if samples is not None:
        _legend(flat[0], look, own)
    return np.array(flat)


class _Stage:
    """Where points of the input plane are: 0 in it, 1 after the weights, 2 after the activation."""

    def __init__(self, ground: Plane, neurons: Sequence[str], stage: int) -> None:
        self.ground, self.stage = ground, stage
        network = ground.answers.network
        self.columns = list(structure_of(network).indices(network.neurons[n] for n in neurons))

    def points(self, inputs: np.ndarray) -> np.ndarray:
        """(n, 2) for (n, n_inputs) raw inputs."""
        if self.stage == 0:
            return inputs[:, self.ground.columns]
        answers = self.ground.answers
        return answers.activity(scaled(answers.network, inputs))[self.stage - 1][:, self.columns]


def _legend(ax: Axes, look: Look, own: bool) -> None:
    """Under the pictures, where it covers nothing; in axes of the caller's under the first."""
    if not own:
        canvas.legend(ax, look, loc="upper left", bbox_to_anchor=(0.0, -0.16), ncol=4)
        return
    theme, figure = look.theme, ax.get_figure(root=True)
    assert figure is not None
    figure.legend(
        *ax.get_legend_handles_labels(),
        loc="outside lower left",
        ncols=4,
        fontsize=0.85 * look.font,
        labelcolor=theme.text,
        facecolor=theme.panel,
        edgecolor=theme.faint,
    )


def _pair(network: Network, neurons: Sequence[str] | None) -> list[str]:
    if neurons is not None:
        if not is_list(neurons):
            raise LernpyError(f"the neurons are two names, not {shown(neurons)}")
        names = [network.neurons[name].name for name in neurons]
        if len(set(names)) != 2:
            raise LernpyError(f"choose two different neurons for the plane, not {list(neurons)}")
        return names
    ends = {neuron.name for neuron in (*network.inputs, *network.biases)}
    for units in network.generations[1:]:
        members = [n.name for unit in units for n in getattr(unit, "members", (unit,))]
        members = [name for name in members if name not in ends]
        if len(members) >= 2:
            return members[:2]
    raise LernpyError("no generation has two neurons that could span a plane")


def _grid(ax: Axes, stage: _Stage, look: Look) -> None:
    """Upright lines blue and solid, level ones vermillion and dashed; the first of each is bold."""
    x0, x1, y0, y1 = stage.ground.extent
    along = np.linspace(0, 1, POINTS)
    for upright in (True, False):
        lines = []
        for share in np.linspace(0, 1, LINES):
            inputs = np.tile(stage.ground.fixed, (POINTS, 1))
            right, up = (share, along) if upright else (along, share)
            inputs[:, stage.ground.columns[0]] = x0 + (x1 - x0) * right
            inputs[:, stage.ground.columns[1]] = y0 + (y1 - y0) * up
            lines.append(stage.points(inputs))
        theme = look.theme
        drawn = LineCollection(
            lines,
            colors=theme.series[0] if upright else theme.series[1],
            linewidths=[2.8] + [1.1] * (LINES - 1),
            linestyles="solid" if upright else [(0, (4, 2))],
            zorder=2,
        )
        ax.add_collection(drawn)
    ax.autoscale()
    ax.set_aspect("equal", adjustable="datalim")


def _dots(ax: Axes, stage: _Stage, samples: Dataset, look: Look) -> None:
    spots = stage.points(np.asarray(samples.inputs, float))
    labels = samples.labels if samples.classes else np.zeros(len(spots), int)
    size = look.font * (0.9 if len(spots) < 30 else 0.5)
    names = samples.classes or ("data",)
    class_points(ax, spots, labels, names, look, size, look.theme.text)
