"""A picture that follows a training run: in a window, or in a notebook an updating figure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any, Unpack

import matplotlib

from lernpy.errors import LernpyError
from lernpy.plot import canvas
from lernpy.plot.answers import in_own_units
from lernpy.plot.canvas import Look, Style
from lernpy.plot.charts.regions import Plane, draw_regions
from lernpy.plot.charts.runs import history as plot_history

PAUSE = 0.25  # seconds between two drawings


class LivePicture:
    """The loss so far and, of two inputs, the boundary; `update` redraws it now and then."""

    def __init__(self, run: Any, **style: Unpack[Style]) -> None:
        self.run, self.style = run, style
        self.look = Look.of(**style)
        self.samples = in_own_units(run, *run.data.train)
        with_plane = len(run.network.inputs) == 2
        self.figure = canvas.figure((12.0, 5.0) if with_plane else (8.0, 5.0), self.look)
        made = self.figure.subplots(1, 2 if with_plane else 1, squeeze=False)[0]
        self.loss, self.plane = made[0], made[1] if with_plane else None
        self.last = 0.0
        self.handle: Any = None

    def update(self, force: bool = False) -> bool:
        """Redraw, if the last time is long enough ago; tells whether it did."""
        if not self.run.history.rows or not (force or perf_counter() - self.last > PAUSE):
            return False
        self.loss.clear()
        row = self.run.history.rows[-1]
        words = f"epoch {row.number}, loss {row.loss:.4g}"
        plot_history(self.run.history, self.loss, title=words, **self.style)
        if self.plane is not None:
            self.plane.clear()
            canvas.dress(self.plane, self.look)
            plane = Plane(self.run.network, self.samples, grid=90)
            draw_regions(self.plane, plane, self.samples, self.look)
        self._show()
        self.last = perf_counter()
        return True

    def _show(self) -> None:
        notebook = _notebook()
        if notebook is not None:
            if self.handle is None:
                self.handle = notebook.display(self.figure, display_id=True)
            else:
                self.handle.update(self.figure)
            return
        self.figure.canvas.draw_idle()
        self.figure.canvas.flush_events()


def _notebook() -> Any:
    """IPython's display functions, if this runs in a notebook (nothing is imported for it)."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return ipython.display if shell is not None and hasattr(shell, "kernel") else None  # type: ignore[union-attr]


class Following:
    """Follows a run in a picture while `show`, which prints it in words, goes on."""

    def __init__(self, run: Any, show: Any, **style: Unpack[Style]) -> None:
        canvas.choose_backend()
        if _notebook() is None and matplotlib.get_backend().lower() == "agg":
            raise LernpyError(
                "there is no display to follow the training on; use --plot for a picture at the end"
            )
        self.picture = LivePicture(run, **style)
        self.show = show
        show.run = _Watched(run, self.picture)

    def follow(self) -> None:
        """Train to the end; then the window stays until it is closed."""
        from matplotlib import pyplot

        if _notebook() is None:
            pyplot.show(block=False)
        self.show.follow()
        self.picture.update(force=True)
        if _notebook() is None:
            pyplot.show()


class _Watched:
    """A run that shows each epoch before it hands it on."""

    def __init__(self, run: Any, picture: LivePicture) -> None:
        self._run, self._picture = run, picture

    def __iter__(self) -> Iterator[Any]:
        for epoch in self._run:
            self._picture.update()
            yield epoch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run, name)
