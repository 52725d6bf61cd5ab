"""What may be the matter with the data themselves: far numbers, columns that say nothing, mixed-up rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from lernpy.data.sequences import ON
from lernpy.shares import range_of
from lernpy.text import listed, step_of
from lernpy.training.case import Advice, Case
from lernpy.training.metrics import unit_of
from lernpy.training.reasons import why

FAR = 20.0  # inputs beyond that saturate neurons whose weights start near 1
SAMPLES_FOR_NEIGHBOURS = 30  # of fewer the nearest one may agree by chance
MOST_NEIGHBOURS = 600  # samples whose nearest one is looked for
MOST_COLUMNS = 500  # that are compared with each other
SURE = 2.0  # standard deviations above chance


def _far_inputs(case: Case) -> Iterator[Advice]:
    sizes = np.abs(case.inputs).max(axis=0)
    worst = int(sizes.argmax())
    if sizes[worst] > FAR and case.run.data.card.scaling.kind in ("none", "image"):
        name = case.run.data.card.input_names[worst]
        reason = (
            f"the input {name!r} reaches {sizes[worst]:.4g}; numbers far from 1 drown all others"
        )
        yield Advice(reason, {"scale": "standard"})


def _far_targets(case: Case) -> Iterator[Advice]:
    low, high = float(case.targets.min()), float(case.targets.max())
    for neuron in case.network.outputs:
        least, most = range_of(neuron.activation)
        if low < least or high > most:
            can = f"{least:.4g} to {most:.4g}" if most < np.inf else f"{least:.4g} and more"
            kind = neuron.activation.name
            reason = f"the targets go from {low:.4g} to {high:.4g}, but {kind} puts out {can} only"
            yield Advice(reason, {"output_activation": "identity"})
            return
    if max(-low, high) > FAR and case.run.data.card.target_scaling.kind == "none":
        yield Advice(
            f"the targets reach {max(-low, high):.4g}, a long way to go", {"scale": "standard"}
        )


def _no_difference(case: Case) -> Iterator[Advice]:
    """Equal inputs with unequal targets: no network can tell them apart."""
    if case.inputs.size > 2_000_000:
        return
    _, which = np.unique(case.inputs, axis=0, return_inverse=True)
    which = which.reshape(-1)
    _, pairs = np.unique(np.column_stack([which, case.targets]), axis=0, return_index=True)
    several = np.bincount(which[pairs]) > 1
    doubtful = int(several[which].sum())
    if doubtful > 0.1 * len(which):
        share = doubtful / len(which)
        yield Advice(
            f"{doubtful:,} of {len(which):,} samples ({share:.0%}) have the same inputs as others with "
            "other targets, and no net can tell these apart: they need more columns",
            {},
        )


def _constant(case: Case) -> Iterator[Advice]:
    """Columns that are the same for every sample."""
    names = _idle_columns(case, lambda inputs: np.ptp(inputs, axis=0) == 0)
    if names:
        yield Advice(why("constant", columns=_columns(names)), {"ignore": names})


def _duplicates(case: Case) -> Iterator[Advice]:
    """Columns that say, but for scale, what an earlier one says."""
    names = _idle_columns(case, _repeats)
    if names:
        yield Advice(why("copies", columns=_columns(names)), {"ignore": names})


def _idle_columns(case: Case, idle: Callable[[np.ndarray], np.ndarray]) -> list[str]:
    """Columns of numbers for which this holds; pixels and flags of steps are nobody's choice."""
    card = case.run.data.card
    if card.image is not None or len(case.inputs) < 2 or len(card.input_names) > MOST_COLUMNS:
        return []
    which = idle(case.inputs)
    bare = [column.name for column in card.columns if not column.kinds]
    numbers = {name for name in bare if step_of(name)[0] != ON}
    pairs = zip(card.input_names, which.tolist(), strict=True)
    names = [name for name, says_nothing in pairs if says_nothing and name in numbers]
    return names if len(names) < len(card.input_names) else []


def _repeats(inputs: np.ndarray) -> np.ndarray:
    """(n_inputs,) whether a column is a multiple of one before it, apart from a shift."""
    spread = inputs.std(axis=0)
    units = (inputs - inputs.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    alike = np.abs(units.T @ units) / len(inputs) > 1 - 1e-9
    return np.asarray(np.triu(alike, 1).any(axis=0) & (spread > 0))


def _columns(names: list[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {listed(names, 4)} {'are' if len(names) > 1 else 'is'}"


def _shuffled(case: Case) -> Iterator[Advice]:
    """Do samples that lie close together have the same target, more often than by chance?"""
    if neighbours_agree(case.inputs, case.targets) < SURE:
        yield Advice(
            "samples that lie close together agree in their targets no more than by chance: the targets "
            "may stand in the wrong rows, or these columns may say nothing of them; look how the table "
            "was made",
            {},
        )


def neighbours_agree(inputs: np.ndarray, targets: np.ndarray) -> float:
    """How far nearest neighbours agree beyond chance, in standard deviations; infinite if too few.

    >>> import numpy as np
    >>> x = np.linspace(0, 1, 50)[:, None]
    >>> chance = np.random.default_rng(0).random((50, 1)) > 0.5
    >>> neighbours_agree(x, x > 0.5) > 5, neighbours_agree(x, chance) < 3
    (True, True)
    """
    some = np.linspace(0, len(inputs) - 1, min(len(inputs), MOST_NEIGHBOURS)).astype(int)
    if len(some) < SAMPLES_FOR_NEIGHBOURS or len(np.unique(targets[some], axis=0)) < 2:
        return np.inf
    points, wanted = inputs[some].astype(float), targets[some].astype(float)
    points = points - points.mean(axis=0)
    points = points / unit_of(points)
    spread = points.std(axis=0)
    points = points / np.where(spread > 0, spread, 1.0)
    squares = (points**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * points @ points.T
    np.fill_diagonal(distances, np.inf)
    near = wanted[distances.argmin(axis=1)]
    centre = wanted.mean(axis=0)
    unit = unit_of((wanted - centre).ravel())
    wanted, near = ((part - centre) / unit for part in (wanted, near))
    alike = float((wanted * near).sum() / (wanted**2).sum())
    return alike * float(np.sqrt(len(some)))


ABOUT_DATA = (_far_targets, _no_difference, _constant, _far_inputs, _shuffled)
REMARKS = (_constant, _duplicates)


def remarks_on(case: Case) -> list[Advice]:
    """What is odd in the data although the net may have learned: for who asks the doctor."""
    return [advice for look in REMARKS for advice in look(case)]
