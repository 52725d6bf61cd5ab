"""The pages that learn which are measured, the moments at which each is looked at, questions of any page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import measured
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
ADVICE = (
    "layer 1 blames ten thousand times less than layer 6: sigmoid's slope is at most a quarter, "
    "so blame dies on its way back (lernpy lesson 6)"
)
SPEAK = """({ lab }, advice) => {
    lab.doctor.advice = advice;
    lab.pause();
    lab.scene.show();
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


# Before a step of each kind: the first that has a question, and the one with the most wrong answers.
ASKED = """({ player }) => {
    const { details } = player, link = details.ends[0], firsts = {}, most = {};
    const turns = new Map(player.turns().map((turn) => [turn.at, turn.wrong.length]));
    for (let i = 1; i < link.length; i++) {
        const { kind, back } = details.steps[link[i]], key = kind + (back ? " back" : "");
        const wrong = turns.get(link[i]) ?? 0;
        firsts[key] ??= link[i - 1];
        if (wrong > (most[key]?.[1] ?? 0)) most[key] = [link[i - 1], wrong];
    }
    const picked = Object.entries(firsts);
    for (const [key, [at]] of Object.entries(most)) if (at !== firsts[key]) picked.push([key, at]);
    return picked;
}"""
BEFORE = """({ player }, at) => {
    player.choose("");
    player.opened = "";
    player.setLevel(0);
    player.go([0, at]);
}"""
ANSWER = """(root) => {
    const { player } = root, { gate } = player.asked, replies = gate.wrong ?? [];
    const [longest] = replies.toSorted((a, b) => b.says.length - a.says.length);
    root.querySelector(".lp-guess").value = String(longest?.value ?? 123.45);
    player.answer([...root.querySelectorAll("[data-act=answer]")].at(-1).textContent);
}"""
PLAY = """({ player }) => {
    const { classroom } = player;
    player.go([0, 0]);
    classroom.be();
    const { game } = classroom;
    game.restore({ role: "all", done: [] });
    while (!game.over && game.turns[game.first].wrong.length === 0) game.pass();
    classroom.goOn();
    if (game.over) return null;
    const { part, wrong } = game.turns[game.first];
    return [part, String(wrong[0][0])];
}"""


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
    root.evaluate(SPEAK, ADVICE)
    yield "the doctor speaks"
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


def questions(page: Any, stops: int | None = None) -> Iterator[str]:
    """Questions before steps of each kind, answered wrong, without hands and with them; who is all parts.

    `stops` of them, those with many answers first; all unless given.
    """
    root = page.locator(".lp-root")
    listed = root.evaluate(ASKED)
    for kind, at in listed[:: -max(1, len(listed) // (stops or len(listed)))]:
        for way, asks in (("", "player.predict()"), (" by hands", "player.classroom.vote()")):
            root.evaluate(BEFORE, at)
            root.evaluate(f"({{ player }}) => {asks}")
            measured.drawn(page)
            if root.evaluate("({ player }) => player.asked !== undefined"):
                yield f"asked{way} before {kind} {at}"
                root.evaluate(ANSWER)
                yield f"answered{way} before {kind} {at}"
    mistake = root.evaluate(PLAY)
    measured.drawn(page)
    yield "all parts are played"
    if mistake:
        part, number = mistake
        page.locator(".lp-playing [name=part]").fill(part)
        page.locator(".lp-playing [name=number]").fill(number)
        page.keyboard.press("Enter")
        yield "a belief is told"
