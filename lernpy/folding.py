"""A network in time, folded: a box for the cell of each step, and lines that sum what flows between boxes.

>>> import lernpy
>>> network = lernpy.unroll(lernpy.build.elman([1, 3, 1], seed=0), 2)
>>> loss = network.learn([1, 0], [0, 1])
>>> folded = fold(Frame.of(network))
>>> [folded.names[cell] for cell in folded.cells], len(folded.links), len(network.links)
(['start', 'step 1', 'step 2'], 8, 41)
>>> folded = fold(Frame.of(network), unfold=[2])
>>> [folded.names[cell] for cell in folded.cells]
['start', 'step 1']
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

import numpy as np

from lernpy import layout
from lernpy.checks import is_hashable, is_list
from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.labels import NONE
from lernpy.text import listed, shown, stem_of

SUMS = "a line of a box: the sum of what its neurons put out; back, the sum of their blame"
STUB = (-0.3, -0.045)  # where a bias stands beside its neuron: columns to the right, height
Unfold = bool | int | Sequence[int]


@dataclass(frozen=True, eq=False)
class Folded(Frame):
    """A moment of a network in time with a box for each cell that is folded.

    A box has no output; its blame is what came back to its neurons from outside. Each neuron that is led
    to by a bias has a copy of it.
    """

    cells: tuple[int, ...] = ()  # indices of the boxes
    sizes: tuple[int, ...] = ()  # how many neurons each of them has
    kinds: tuple[str, ...] = ()  # of each link what it carries, "h": a box has a port for each
    at: tuple[tuple[float, float], ...] = ()  # where each neuron stands
    tied: tuple[int, ...] = ()  # the weights that several links hold, of all links
    headings: tuple[tuple[float, str], ...] = ()  # where each step stands, and its name


class Bundle(NamedTuple):
    """The links, and the factors of products, that one line to or from a box stands for."""

    ends: tuple[int, int]
    kind: str
    sources: set[int]
    links: list[int]
    factors: list[tuple[int, tuple[int, ...]]]  # a product, and its other factors

    def signal(self, frame: Frame) -> float:
        """What its neurons put out, once all of it has been carried."""
        carried = np.isfinite(frame.signal[self.links]).all()
        return float(frame.output[[*self.sources]].sum()) if carried else np.nan

    def blame(self, frame: Frame) -> float:
        """What they are handed back."""
        factors = (frame.delta[p] * prod(frame.output[[*others]]) for p, others in self.factors)
        return float(frame.blame[self.links].sum() + sum(factors))


def fold(frame: Frame, unfold: Unfold = False) -> Folded:
    """A moment of a network in time, the cells of its steps folded but for those of `unfold`.

    Parameters
    ----------
    unfold : a step, a list of steps, or True: all of them
    """
    return Folding(frame, unfold).fold(frame)


def moment(frame: Frame, unfold: Unfold = False) -> Frame:
    """A moment as it is drawn: folded where the network is in time."""
    if layout.is_in_time(frame.names) and not isinstance(frame, Folded):
        return fold(frame, unfold)
    if unfold is not False and unfold is not True and not isinstance(frame, Folded):
        raise LernpyError(
            "there is no step to unfold: the network is not in time; leave unfold out"
        )
    return frame


def tied_in(frame: Frame) -> tuple[int, ...]:
    """The weights that several links hold, but for those that do not learn."""
    holders = np.bincount(frame.link_weight, minlength=len(frame.weights))
    return tuple(np.flatnonzero((holders > 1) & ~frame.frozen).tolist())


def step_name(step: int) -> str:
    return f"step {step}" if step > 0 else "start"


class Folding:
    """What is drawn of a network in time: which cells are boxes, which links are bundled."""

    def __init__(self, frame: Frame, unfold: Unfold = False) -> None:
        self.table = layout.timetable(layout.Wiring.of(frame))
        steps = [step for step, _, _ in self.table.columns if step is not None]
        within = {step: self._within(step) for step in steps}
        cells = [step for step in steps if len(within[step]) > 1]
        self.opened = _opened(steps, cells, unfold)
        self.boxes = [step for step in cells if step not in self.opened]
        self.sizes = tuple(len(within[step]) for step in self.boxes)
        boxed = [index for step in self.boxes for index in within[step]]
        self.kept = [i for i in range(len(frame.names)) if i not in {*boxed, *frame.biases}]
        self.home = {old: new for new, old in enumerate(self.kept)}
        for nth, step in enumerate(self.boxes):
            self.home |= dict.fromkeys(within[step], len(self.kept) + nth)
        ends = frame.links.tolist()
        self.plain = [k for k, pair in enumerate(ends) if not {*pair} & {*boxed}]
        self.stubs = [k for k in self.plain if ends[k][0] in frame.biases]
        self.bundles = self._bundles(frame, {*boxed})

    def _within(self, step: int) -> list[int]:
        """The neurons of a cell."""
        of = zip(self.table.steps, self.table.inside, strict=True)
        return [index for index, (own, inside) in enumerate(of) if inside and own == step]

    def _bundles(self, frame: Frame, boxed: set[int]) -> list[Bundle]:
        bundles: dict[Any, Bundle] = {}

        def bundle(start: int, end: int) -> Bundle | None:
            if (
                not boxed & {start, end}
                or start in frame.biases
                or self.home[start] == self.home[end]
            ):
                return None
            kind = stem_of(frame.names[start]) if self.table.inside[start] else ""
            ends = self.home[start], self.home[end]
            return bundles.setdefault((ends, kind), Bundle(ends, kind, set(), [], []))

        for link, (start, end) in enumerate(frame.links.tolist()):
            if one := bundle(start, end):
                one.sources.add(start)
                one.links.append(link)
        for product, *factors in frame.products:
            for nth, factor in enumerate(factors):
                if one := bundle(factor, product):
                    one.sources.add(factor)
                    one.factors.append((product, (*factors[:nth], *factors[nth + 1 :])))
        return list(bundles.values())

    @cached_property
    def rows(self) -> np.ndarray:
        """Of each neuron that is drawn which one it is; -1: a box."""
        return np.array([*self.kept, *[-1] * len(self.boxes)], int)

    def fold(self, frame: Frame) -> Folded:
        """A moment of the network, folded."""
        copies = frame.links[self.stubs, 0].tolist()
        rows, count = np.append(self.rows, copies).astype(int), len(self.rows)
        blames = np.array([bundle.blame(frame) for bundle in self.bundles])
        boxes = range(len(self.kept), count)
        got = [
            sum(b for b, of in zip(blames, self.bundles, strict=True) if of.ends[0] == box)
            for box in boxes
        ]
        kept, at_stub = set(self.kept), {link: count + n for n, link in enumerate(self.stubs)}
        ends = [
            (at_stub.get(k, self.home.get(a, -1)), self.home[b]) for k, (a, b) in self._plain(frame)
        ]
        weights = len(frame.weights)

        def neurons(values: np.ndarray, boxes: Any = np.nan) -> np.ndarray:
            chosen: np.ndarray = values[rows]
            chosen[len(self.kept) : count] = boxes
            return chosen

        def links(values: np.ndarray, more: Any) -> np.ndarray:
            more = np.broadcast_to(more, len(self.bundles))
            return np.concatenate([values[self.plain], more])

        numbers = ("total_input", "output", "delta", "slope", "steepest")
        changed: dict[str, Any] = {name: neurons(getattr(frame, name)) for name in numbers}
        changed |= {
            "names": (
                *(frame.names[i] for i in self.kept),
                *map(step_name, self.boxes),
                *(f"{frame.names[i]} ({nth})" for nth, i in enumerate(copies, 1)),
            ),
            "activations": tuple(frame.activations[i] if i >= 0 else "cell" for i in rows),
            "labels": tuple(frame.label(i) if i >= 0 else NONE for i in rows)
            if frame.labels
            else (),
            "inputs": tuple(self.home[i] for i in frame.inputs if i in kept),
            "outputs": tuple(self.home[i] for i in frame.outputs),
            "biases": tuple(range(count, len(rows))),
            "groups": tuple(tuple(self.home[i] for i in g) for g in frame.groups if kept >= {*g}),
            "products": tuple(
                (self.home[p], *(self.home[f] for f in factors if f in kept))
                for p, *factors in frame.products
                if p in kept
            ),
            "generation": neurons(frame.generation, 0),
            "sensitivity": neurons(frame.sensitivity, got),
            "links": np.array([*ends, *(bundle.ends for bundle in self.bundles)], int).reshape(
                -1, 2
            ),
            "link_weight": links(frame.link_weight, weights),
            "signal": links(frame.signal, [bundle.signal(frame) for bundle in self.bundles]),
            "blame": links(frame.blame, blames),
            "weights": np.append(frame.weights, np.nan),
            "gradients": np.append(frame.gradients, np.nan),
            "frozen": np.append(frame.frozen, True),
            "before": None if frame.before is None else np.append(frame.before, np.nan),
            "known": {},
        }
        return Folded(
            **{**vars(frame), **changed},
            cells=tuple(boxes),
            sizes=self.sizes,
            kinds=(*[""] * len(self.plain), *(bundle.kind for bundle in self.bundles)),
            at=self._spots(frame),
            headings=self._headings(),
            tied=tied_in(frame),
        )

    def line(self, link: int) -> int | None:
        """The line that a link is drawn as, or is part of; nothing within a box."""
        if link in self.plain:
            return self.plain.index(link)
        among = (n for n, bundle in enumerate(self.bundles) if link in bundle.links)
        at = next(among, None)
        return None if at is None else len(self.plain) + at

    def _plain(self, frame: Frame) -> list[tuple[int, tuple[int, int]]]:
        return [(k, tuple(frame.links[k].tolist())) for k in self.plain]

    def _spots(self, frame: Frame) -> tuple[tuple[float, float], ...]:
        spots, edges = self.table.spots(self.opened), self.table.edges(self.opened)
        inner = [
            h for h, inside in zip(self.table.heights, self.table.inside, strict=True) if inside
        ]
        where = [spots[i] for i in self.kept]
        where += [
            (sum(edges[step]) - edges[step][1] / 2, float(np.mean(inner))) for step in self.boxes
        ]
        ends = frame.links[self.stubs, 1].tolist()
        return (*where, *((spots[i][0] + STUB[0], spots[i][1] + STUB[1]) for i in ends))

    def _headings(self) -> tuple[tuple[float, str], ...]:
        edges = self.table.edges(self.opened)
        steps = [(step, edge) for step, edge in edges.items() if step is not None]
        return tuple((left + wide / 2, step_name(step)) for step, (left, wide) in steps)


def _opened(steps: Sequence[int], cells: Collection[int], unfold: Unfold) -> set[int]:
    """The steps whose cells are drawn neuron by neuron."""
    if isinstance(unfold, bool):
        return set(steps) if unfold else set(steps) - set(cells)
    wanted: list[Any] = [*unfold] if is_list(unfold) else [unfold]  # type: ignore[misc]
    for step in wanted:
        if not is_hashable(step) or step not in steps:
            names = [step_name(one) if one < 1 else str(one) for one in steps]
            raise LernpyError(
                f"there is no step {shown(step)} to unfold; the steps are {listed(names)}"
            )
    return {*wanted} | (set(steps) - set(cells))
