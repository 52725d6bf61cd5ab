"""Following a run: a bar on a terminal, plain lines elsewhere, nothing when asked for nothing."""

from __future__ import annotations

from typing import Any

from lernpy.cli.output import is_terminal, say
from lernpy.data import Dataset
from lernpy.text import counted
from lernpy.training import Epoch, Run

LINES = 20  # about so many where there is no terminal


class Silent:
    """Trains to the end and says nothing."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def follow(self) -> None:
        for epoch in self.run:
            self.tell(epoch)

    def tell(self, epoch: Epoch) -> None:
        pass


class Lines(Silent):
    """A line now and then: for log files and pipes."""

    def follow(self) -> None:
        epoch = None
        for epoch in self.run:
            self.tell(epoch)
        every = self._every()
        if epoch is not None and epoch.number % every and epoch.number != 1:
            say(epoch, flush=True)

    def tell(self, epoch: Epoch) -> None:
        if epoch.number == 1 or epoch.number % self._every() == 0:
            say(epoch, flush=True)

    def _every(self) -> int:
        return max(1, (self.run.settings.epochs or LINES) // LINES)


class Bar(Silent):
    """A progress bar with loss, accuracy and the time left."""

    def follow(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("epoch {task.completed}/{task.total}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[says]}"),
            TimeRemainingColumn(compact=True),
        )
        with Progress(*columns, refresh_per_second=12) as self.progress:
            total = self.run.settings.epochs
            self.task = self.progress.add_task("", total=total, says="")
            super().follow()

    def tell(self, epoch: Epoch) -> None:
        self.progress.update(self.task, completed=epoch.number, says=loss_and_accuracy(epoch))


def loss_and_accuracy(epoch: Epoch) -> str:
    """Loss and accuracy in a few characters, of the validation part where there is one."""
    shown = [f"loss {epoch.loss:.4f}"]
    if epoch.validation_loss is not None:
        shown.append(f"validation {epoch.validation_loss:.4f}")
    good = epoch.accuracy if epoch.validation_accuracy is None else epoch.validation_accuracy
    if good is not None:
        shown.append(f"right {good:.1%}")
    r2 = epoch.r2 if epoch.validation_r2 is None else epoch.validation_r2
    if r2 is not None:
        shown.append(f"R² {r2:.3f}")
    return "  ".join(shown)


def choose(run: Run, dataset: Dataset, quiet: bool) -> Any:
    """The way to follow that suits where the output goes."""
    if quiet:
        return Silent(run)
    network = run.network
    ends = (("input", network.inputs), ("output", network.outputs), ("weight", network.weights))
    sizes = ", ".join(counted(len(all_), name) for name, all_ in ends)
    say(f"{dataset.name}: {len(dataset):,} samples; a net of {sizes}")
    return Bar(run) if is_terminal() else Lines(run)
