"""Points in the plane and curves to fit, drawn by a seed; every distribution is in its docstring."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lernpy.data.builtin.catalogue import MOST, bounded, built_in
from lernpy.data.columns import Column
from lernpy.data.dataset import Dataset

RADIUS = 5.0  # the points of circle, exclusive_or and spiral lie within this distance of 0
TURNS = 1.75  # of each arm of the spiral
CORNERS = {"A": (-1.0, -1.0), "B": (1.0, -1.0), "C": (-1.0, 1.0), "D": (1.0, 1.0)}


def _start(name: str, n: int, noise: float, seed: int) -> np.random.Generator:
    bounded(n, 4, MOST, f"{name}: n")
    bounded(noise, 0, 100, f"{name}: noise")
    bounded(seed, 0, 2**63 - 1, f"{name}: seed")
    return np.random.default_rng(seed)


def _two_classes(
    name: str, parts: Sketch, noise: float, classes: tuple[str, str], about: str
) -> Dataset:
    return Dataset(
        name,
        parts.points + noise * parts.draws,
        parts.labels.astype(np.float64)[:, None],
        columns=(Column("x1"), Column("x2")),
        output_names=("y",),
        classes=classes,
        task="classification",
        about=about,
    )


def _halves(n: int, rng: np.random.Generator) -> np.ndarray:
    """(n,) as many 0 as 1 (one more 0 where n is odd), in random order."""
    return rng.permutation(np.arange(n) % 2)


class Sketch(NamedTuple):
    """A data set before its noise, and what noise of 1 would add to the points (or to the targets)."""

    points: np.ndarray
    labels: np.ndarray
    draws: np.ndarray


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


@built_in("circle")
def circle(n: int = 200, noise: float = 0.1, seed: int = 0) -> Dataset:
    """A disc within a ring.

    Angle: uniform. Distance from 0: uniform in [0, 2.5] inside, in [3.5, 5] outside. Then each
    coordinate moves by a normal draw with deviation `noise`; the class stays.
    """
    rng = _start("circle", n, noise, seed)
    about = f"{n} points: a disc of radius 2.5 within a ring from 3.5 to 5, noise {noise:g}."
    return _two_classes("circle", _circle(n, rng), noise, ("outside", "inside"), about)


def _circle(n: int, rng: np.random.Generator) -> Sketch:
    inside = _halves(n, rng)
    low, high = np.where(inside, 0.0, 0.7 * RADIUS), np.where(inside, 0.5 * RADIUS, RADIUS)
    points = _polar(rng.uniform(low, high), rng.uniform(0, 2 * np.pi, n))
    return Sketch(points, inside, rng.normal(size=(n, 2)))


@built_in("gauss")
def gauss(n: int = 200, noise: float = 1.0, seed: int = 0) -> Dataset:
    """Two clouds: normal around (-2, -2) and (2, 2), with deviation `noise` in each coordinate."""
    rng = _start("gauss", n, noise, seed)
    about = f"{n} points of two clouds around (-2, -2) and (2, 2), deviation {noise:g}."
    return _two_classes("gauss", _gauss(n, rng), noise, ("lower", "upper"), about)


def _gauss(n: int, rng: np.random.Generator) -> Sketch:
    upper = _halves(n, rng)
    centres = np.where(upper, 2.0, -2.0)[:, None] * np.ones(2)
    return Sketch(centres, upper, rng.normal(size=(n, 2)))


@built_in("exclusive_or")
def exclusive_or(n: int = 200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Four squares, opposite ones of one class: XOR with numbers between.

    Each coordinate: a sign, and a size uniform in [0.3, 5] (so that the axes stay free); the class
    says whether the signs differ. Then each coordinate moves by a normal draw with deviation `noise`.
    """
    rng = _start("exclusive_or", n, noise, seed)
    about = (
        f"{n} points in four squares, class 'different' where the signs differ, noise {noise:g}."
    )
    return _two_classes("exclusive_or", _exclusive_or(n, rng), noise, ("same", "different"), about)


def _exclusive_or(n: int, rng: np.random.Generator) -> Sketch:
    differ = _halves(n, rng)
    first = rng.choice([-1.0, 1.0], n)
    signs = np.column_stack([first, np.where(differ, -first, first)])
    points = signs * rng.uniform(0.3, RADIUS, (n, 2))
    return Sketch(points, differ, rng.normal(size=(n, 2)))


@built_in("spiral")
def spiral(n: int = 400, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two arms around each other, the hard one.

    A point is at t of its arm's length, t uniform in [0.05, 1]: at distance 5 t from 0, after 1.75 t
    turns; the second arm starts half a turn later. Then each coordinate moves by a normal draw with
    deviation `noise` (the arms are 1.4 apart).
    """
    rng = _start("spiral", n, noise, seed)
    about = f"{n} points on two arms of {TURNS} turns around each other, noise {noise:g}."
    return _two_classes("spiral", _spiral(n, rng), noise, ("first arm", "second arm"), about)


def _spiral(n: int, rng: np.random.Generator) -> Sketch:
    arm = _halves(n, rng)
    t = rng.uniform(0.05, 1.0, n)
    points = _polar(RADIUS * t, 2 * np.pi * TURNS * t + np.pi * arm)
    return Sketch(points, arm, rng.normal(size=(n, 2)))


SKETCHES: dict[str, Callable[[int, np.random.Generator], Sketch]] = {
    "circle": _circle,
    "gauss": _gauss,
    "exclusive_or": _exclusive_or,
    "spiral": _spiral,
}


def draws(name: str, n: int, seed: int) -> np.ndarray:
    """(n, 2) what noise of 1 adds to the points of a data set: they are base + noise x draw.

    >>> base, moved = spiral(50, noise=0.0), spiral(50, noise=0.3)
    >>> bool((base.inputs + 0.3 * draws("spiral", 50, 0) == moved.inputs).all())
    True
    """
    return SKETCHES[name](n, _start(name, n, 0.0, seed)).draws


def _regression(name: str, inputs: np.ndarray, targets: np.ndarray, about: str) -> Dataset:
    names = ("x",) if inputs.shape[1] == 1 else ("x1", "x2")
    columns = tuple(Column(name) for name in names)
    return Dataset(name, inputs, targets[:, None], columns, output_names=("y",), about=about)


@built_in("sine")
def sine(n: int = 200, noise: float = 0.1, seed: int = 0) -> Dataset:
    """y = sin(x), x uniform in [-pi, pi]; y moves by a normal draw with deviation `noise`."""
    rng = _start("sine", n, noise, seed)
    x = rng.uniform(-np.pi, np.pi, n)
    y = np.sin(x) + noise * rng.normal(size=n)
    about = f"{n} points of y = sin(x) for x from -pi to pi, noise {noise:g}."
    return _regression("sine", x[:, None], y, about)


@built_in("plane")
def plane(n: int = 200, noise: float = 0.0, seed: int = 0) -> Dataset:
    """y = 0.5 x1 - 0.25 x2 + 0.1, x1 and x2 uniform in [-5, 5]; y moves as in `sine`."""
    rng = _start("plane", n, noise, seed)
    points = rng.uniform(-RADIUS, RADIUS, (n, 2))
    y = 0.5 * points[:, 0] - 0.25 * points[:, 1] + 0.1 + noise * rng.normal(size=n)
    about = f"{n} points of the plane y = 0.5 x1 - 0.25 x2 + 0.1, noise {noise:g}."
    return _regression("plane", points, y, about)


@built_in("abcd")
def abcd(n: int = 200, seed: int = 0) -> Dataset:
    """How bright are the lamps A, B, C and D from here? Four percentages, each on its own.

    Four lamps stand at the corners (-1, -1), (1, -1), (-1, 1) and (1, 1) of a room. A sample is a
    point x, y, uniform in [-1, 1]; seen from a distance d a lamp has the brightness exp(-d**2 / 2).
    The four need not sum to 1: in the middle each has 0.37, beside a lamp that one alone has nearly 1.
    So: sigmoid outputs and binary cross-entropy (whose smallest value is not 0 here), no softmax.

    >>> abcd(n=50).targets.shape
    (50, 4)
    """
    rng = _start("abcd", n, 0.0, seed)
    points = rng.uniform(-1, 1, (n, 2))
    away = points[:, None, :] - np.array(list(CORNERS.values()))[None, :, :]
    return Dataset(
        "abcd",
        points,
        np.exp(-0.5 * (away**2).sum(axis=2)),
        columns=(Column("x"), Column("y")),
        output_names=tuple(CORNERS),
        task="percentages",
        about=f"{n} points of a room with four lamps A, B, C, D in its corners, and how bright each "
        "is from there: exp(-distance²/2), four percentages that need not sum to 100.",
    )
