"""The film of a lesson: the signal runs forward, the blame runs back, the weights move."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import Any, NamedTuple, Unpack

import numpy as np
from matplotlib.axes import Axes

from lernpy import folding
from lernpy import theme as themes
from lernpy.checks import is_list
from lernpy.errors import LernpyError
from lernpy.folding import Unfold
from lernpy.frame import Frame
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.plot.film.film import Film, film
from lernpy.plot.graph.laid import frame_of
from lernpy.plot.graph.moment import Moment, largest_in
from lernpy.plot.graph.timed import picture_of
from lernpy.plot.graph.two_lanes import Active
from lernpy.registry import one_of
from lernpy.text import shown

LEVELS = ("link", "neuron", "generation", "phase")
SPREAD = {"link": (0.55, 1.0), "neuron": (0.55, 1.0), "generation": (0.35, 0.7, 1.0)}
MOST_FRAMES = 3000


class Scene(NamedTuple):
    """A moment of a lesson and what has just happened."""

    frame: Frame
    words: str
    active: Active


def flow(
    trace: Any,
    ax: Axes | None = None,
    *,
    level: str = "link",
    numbers: bool | None = None,
    unfold: Unfold = False,
    **style: Unpack[Style],
) -> Film:
    """The animation of one lesson, event by event or generation by generation.

    The colour spreads along a lane from the end that sends; a lane that is still empty has no
    colour; a ring marks who is at work. What the widest line stands for is the same in all frames.

    Parameters
    ----------
    trace : a `Trace`, or several frames
    level : "link", "neuron", "generation" or "phase": how far it goes from frame to frame
    unfold : as for `blame`

    Returns
    -------
    matplotlib's animation; `plot.save` makes GIF, MP4, HTML or single frames of it

    >>> import lernpy
    >>> from lernpy import plot
    >>> lesson = lernpy.slow_motion(lernpy.build.by_hand(), [1], [1])
    >>> film = plot.flow(lernpy.Trace.record(lesson), level="phase")
    >>> plot.save(film, "lesson.gif").name
    'lesson.gif'
    """
    one_of("level", level, LEVELS)
    look = Look.of(**style)
    scenes = _spread(scenes_of(trace, level, unfold), SPREAD.get(level, (1.0,)))
    if not scenes:
        raise LernpyError("this animation has no frames; record at least one step")
    if len(scenes) > MOST_FRAMES:
        raise LernpyError(
            f"this would be a film of {len(scenes):,} frames; choose level='generation' or fewer "
            "samples"
        )
    last = scenes[-1].frame
    ax = canvas.bare(ax, picture_of(last).size(last, look, 1.3), look)
    moment = Moment(
        last,
        ax,
        look,
        numbers=numbers,
        largest=largest_in([scene.frame for scene in scenes]),
        title_lines=3,
    )
    letters = int(0.96 * canvas.size_in_points(ax)[0] / (0.56 * look.font))

    def draw(index: int) -> None:
        scene = scenes[index]
        words = textwrap.wrap(scene.words, letters)
        words = words if len(words) <= 2 else [words[0], words[1][:-3] + " …"]
        moment.show(scene.frame, scene.active, "\n".join(words))

    draw(len(scenes) - 1)
    return film(ax.figure, draw, len(scenes), _pause(level), lambda: moment.moving)  # type: ignore[arg-type]


def _pause(level: str) -> float:
    """Milliseconds for each frame: a link's event, a generation's fan or a phase, shared out."""
    whole = {"generation": themes.TIMING["fan"], "phase": themes.TIMING["phase"]}
    return 2.0 * whole.get(level, themes.TIMING["link"]) / len(SPREAD.get(level, (1.0,)))


def scenes_of(trace: Any, level: str, unfold: Unfold = False) -> list[Scene]:
    """The moments of a trace (or some frames), each with its sentence and with what is new in it."""
    if not (hasattr(trace, "goto") or is_list(trace)):
        raise LernpyError(f"a film is made of a trace or of frames, not of {shown(trace)}")
    pairs = _walk(trace, level) if hasattr(trace, "goto") else [(frame_of(f), "") for f in trace]
    scenes: list[Scene] = []
    before: Frame | None = None
    for whole, words in pairs:
        frame = folding.moment(whole, unfold)
        scenes.append(Scene(frame, words, _news(before, frame)))
        before = frame
    return scenes


def _walk(trace: Any, level: str) -> list[tuple[Frame, str]]:
    """Through the trace from its start; afterwards its cursor (and its network) is where it was."""
    cursor, scenes = trace.cursor, []
    end = len(trace)
    trace.goto(0)
    try:
        while trace.cursor < end:
            step = trace.forward(level)
            if step is None:
                break
            if level == "link" and step.phase == "reset":
                continue
            words = step.sentence if level in ("link", "neuron") else _brief(step)
            frame = replace(frame_of(trace.frame), title=step.where.replace("->", "→"))
            scenes.append((frame, words))
    finally:
        trace.goto(cursor)
    return scenes


def _brief(step: Any) -> str:
    """Whole generations and phases in general terms."""
    words = {
        "reset": "neurons and links forget the last sample",
        "feed": "the inputs take their values",
        "forward": "links carry signals, neurons sum and activate",
        "cost": step.sentence,
        "backward": "neurons turn blame by their slope, links hand it back and keep their gradient",
        "update": "all weights move at once, against their blame",
    }
    return str(words.get(step.phase, step.sentence))


def _news(before: Frame | None, frame: Frame) -> Active:
    """What is known now and was not a moment ago: neurons and links at work."""
    if before is None:
        return Active()
    fresh = {name: _fresh(before, frame, name) for name in ("output", "delta", "signal", "blame")}
    neurons = np.flatnonzero(fresh["output"] | fresh["delta"])
    back = bool(fresh["blame"].any() or fresh["delta"].any())
    links = np.flatnonzero(fresh["blame"] if back else fresh["signal"])
    return Active(frozenset(neurons.tolist()), dict.fromkeys(links.tolist(), 1.0), back)


def _fresh(before: Frame, frame: Frame, name: str) -> np.ndarray:
    now, then = (np.isfinite(getattr(each, name)) for each in (frame, before))
    return np.asarray(now & ~then)


def _spread(scenes: list[Scene], shares: tuple[float, ...]) -> list[Scene]:
    """Scenes in which links carry something become several: the colour spreads."""
    spread = []
    for scene in scenes:
        for share in shares if scene.active.links else (1.0,):
            links = dict.fromkeys(scene.active.links, share)
            spread.append(scene._replace(active=scene.active._replace(links=links)))
    return spread
