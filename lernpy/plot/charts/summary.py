"""The picture of a run that has ended: the loss over the epochs, and beside it how good the net is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Unpack

from lernpy.data import Dataset
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import in_own_units
from lernpy.plot.canvas import Look, Style
from lernpy.plot.charts.quality import confusion, fit
from lernpy.plot.charts.regions import boundary
from lernpy.plot.charts.runs import history as plot_history
from lernpy.plot.film.saving import save
from lernpy.training import Run


def after_training(
    run: Run, test: Dataset | None, path: str | os.PathLike[str], **style: Unpack[Style]
) -> Path:
    """Draw a run that has ended, with the samples it did not learn from, if there are any."""
    if test is not None:
        judged, which = test, "test samples"
    elif run.data.validation is not None:
        judged, which = in_own_units(run, *run.data.validation), "validation samples"
    else:
        judged, which = in_own_units(run, *run.data.train), "training samples"
    return save(summary(run.network, run.history, judged, which, **style), path)


def summary(
    network: Network, history: Any, data: Any, which: str = "samples", **style: Unpack[Style]
) -> Any:
    """A figure: the loss over the epochs, and beside it the boundary, confusion or fit.

    which : which samples of all `data` is, for the title
    """
    look = Look.of(**style)
    samples = Dataset.of(data)
    figure = canvas.figure((12.0, 5.0), look)
    left, right = figure.subplots(1, 2, width_ratios=[1.1, 1])
    plot_history(history, left, title=f"{samples.name}: {len(history)} epochs", **style)
    if len(network.inputs) == 2:
        boundary(network, samples, right, title=f"with {len(samples)} {which}", **style)
    elif samples.classes:
        confusion(network, samples, right, samples=which, **style)
    else:
        fit(network, samples, right, samples=which, **style)
    return figure
