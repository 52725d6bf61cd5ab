"""The pages that learn which are measured, and the moments at which each is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from learning_page import xor

import lernpy
from lernpy import player

PHASES = ("feed", "forward", "cost", "backward", "update")
SKIPS = [("x1", "a"), ("x2", "a"), ("a", "b"), ("x1", "b"), ("b", "y1"), ("a", "y1"), ("x2", "y1")]
# Of each phase the first, the middle and the last stop: by link, and by generation.
STOPS = """({ lab }) => {
    const { details } = lab.player, stops = [];
    for (const level of [0, 2]) {
        for (const phase of [0, 1, 2, 3, 4]) {
            const ends = details.ends[level].filter((at) => details.steps[at].phase === phase);
            const picked = [ends[0], ends[ends.length >> 1], ends[ends.length - 1]];
            for (const at of new Set(picked)) if (at !== undefined) stops.push([level, phase, at]);
        }
    }
    return stops;
}"""
MORE = """({ lab }) => {
    lab.scene.get("layout").classList.toggle("lp-open");
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
GO = """({ lab }, [level, at]) => {
    lab.player.choose("");
    lab.player.setLevel(level);
    lab.player.go([0, at]);
}"""


@cache
def two_two_two() -> str:
    return player.lab(lernpy.build.two_two_two(), ([[0.05, 0.10]], [[0.01, 0.99]]), batch_size=1)


@cache
def skips() -> str:
    edges = [*SKIPS, *(("bias", to) for to in ("a", "b", "y1"))]
    net = lernpy.from_edges(edges, ["x1", "x2"], ["y1"], activation="tanh", seed=3)
    return player.lab(net, lernpy.data.load("spiral"))


@cache
def iris() -> str:
    return player.lab(data="iris")


@cache
def digits() -> str:
    return player.lab(data=lernpy.data.load("digits").subset(range(400)))


@cache
def six_layers() -> str:
    net = lernpy.layered([2, *[8] * 6, 1], activation="sigmoid", seed=0)
    return player.lab(net, lernpy.data.load("spiral"))


PAGES: dict[str, Callable[[], str]] = {
    page.__name__: page for page in (xor, two_two_two, skips, iris, digits, six_layers)
}


def moments(page: Any, stops: int | None = None) -> Iterator[str]:
    """Bring an open page from one moment to the next: watching, with a card, running, stopped.

    `stops` of the lesson that stands still, by link and by generation; all that are listed unless given.
    """
    root = page.locator(".lp-root")
    yield "at its start"
    for part in ("l0", "v2"):
        root.evaluate("({ lab }, part) => lab.focusOn(part)", part)
        yield f"card of {part}"
    root.evaluate("({ lab }) => lab.focusOn('')")
    root.evaluate(MORE)
    yield "all that can be set"
    root.evaluate(MORE)
    root.evaluate("({ lab }) => { lab.later(12); lab.run(); }")
    yield "running"
    root.evaluate("({ lab }) => lab.stop()")
    listed = root.evaluate(STOPS)
    for level, phase, at in listed[:: max(1, len(listed) // (stops or len(listed)))]:
        root.evaluate(GO, [level, at])
        yield f"{PHASES[phase]} {at} by {level}"
    for part in ("v2", "l0"):
        root.evaluate("({ lab }, part) => lab.player.choose(part)", part)
        yield f"stopped at {part}"
    root.evaluate("({ lab }) => lab.player.check()")
    yield "its gradient checked"
    root.evaluate("({ lab }) => { lab.player.choose(''); lab.player.paths(); }")
    yield "whose fault"
    root.evaluate("({ lab }) => lab.player.choose('')")
    root.evaluate(
        "({ lab }) => { lab.player.go([0, lab.player.details.ends[3][2]]); lab.player.predict(); }"
    )
    yield "a question"
