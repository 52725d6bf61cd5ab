"""A number that is not known is never 0: in cells, in frames, in paths, at every step of any lesson."""

from __future__ import annotations

import html
import re
from typing import Any

import numpy as np
import pytest
from recorded import some_network, some_samples

import lernpy
from lernpy import Frame, LernpyError, Network, Trace, paths, slow_motion, text
from lernpy.notebook import display, pictures
from lernpy.text import UNKNOWN

QUANTITIES = ("total_input", "output", "sensitivity", "delta")


def cell(part: Any) -> list[str]:
    """The numbers in a notebook's cell, as they are shown there."""
    shows = {lernpy.Neuron: display.html_neuron, lernpy.Link: display.html_link}
    show = shows.get(type(part), display.html_group)
    return [html.unescape(text) for text in re.findall(r"<td[^>]*>([^<]*)</td>", show(part))]


def shown(value: float) -> str:
    return UNKNOWN if np.isnan(value) else f"{value:.6g}".replace("-", "−")


def check_cells(network: Network, frame: Frame) -> None:
    """Every cell shows what the frame knows, and nothing where the frame knows nothing."""
    for index, neuron in enumerate(network.neurons.values()):
        numbers = [getattr(frame, name)[index] for name in QUANTITIES]
        assert cell(neuron) == [neuron.activation.name, *map(shown, numbers)]
    for index, link in enumerate(network.links.values()):
        numbers = [
            frame.signal[index],
            frame.blame[index],
            frame.gradients[frame.link_weight[index]],
        ]
        assert cell(link)[1:] == list(map(shown, numbers))
    for group, members in zip(network.groups, frame.groups, strict=True):
        assert cell(group) == [shown(frame.output[index]) for index in members]


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("png_neuron", "png_link", "png_group"):
        monkeypatch.setattr(display, name, lambda part: None)


@pytest.mark.parametrize("seed", range(8))
def test_cells_know_what_the_frame_knows_at_every_step(seed: int) -> None:
    network = some_network(seed)
    network.learn(*(rows[0] for rows in some_samples(network, seed + 50)))  # it has a past
    trace = Trace(network)
    trace.begin(slow_motion(network, *some_samples(network, seed, 2), batch_size=2))
    while trace.forward():
        check_cells(network, trace.frame)
        ours = Frame.of(network)
        for name in QUANTITIES:
            np.testing.assert_array_equal(getattr(ours, name), getattr(trace.frame, name))
    trace.goto(len(trace) // 3)
    check_cells(network, trace.frame)


@pytest.mark.parametrize("seed", range(8))
def test_so_it_is_in_slow_motion_also_when_it_is_broken_off(seed: int) -> None:
    network, twin = some_network(seed), some_network(seed)
    inputs, targets = (rows[0] for rows in some_samples(network, seed))
    trace = Trace(twin)
    trace.begin(slow_motion(twin, inputs, targets))
    for step in slow_motion(network, inputs, targets):
        trace.goto(step.index)
        check_cells(network, trace.frame)
        if step.index == 3 * len(network.order) // 2:
            break
    check_cells(network, trace.frame)


def words_of(figure: Any) -> list[str]:
    ax = figure.axes[0]
    return [ax.get_title(), *(text.get_text() for text in ax.texts)]


@pytest.mark.parametrize("seed", [0, 1, 2, 4])
def test_the_small_pictures_know_it_too(seed: int) -> None:
    """A lane, a share, the point on the curve: drawn when it is known, and "not yet" before."""
    network = some_network(seed)
    trace = Trace(network)
    trace.begin(slow_motion(network, *(rows[0] for rows in some_samples(network, seed))))
    while trace.forward("neuron"):
        frame, index = trace.frame, trace.cursor % len(network.links)
        words = words_of(pictures.link.__wrapped__(list(network.links.values())[index]))
        for way, name in (("signal →", "signal"), ("← blame", "blame")):
            number = text.number(frame.value(name, index), 3, signed=True, minus=text.MINUS)
            assert f"{way} {number}" in words
        for group in network.groups:
            known = frame.known["output"][frame.index(group.members[0].name)]
            assert (UNKNOWN in words_of(pictures.group.__wrapped__(group))) == (not known)
        neuron = list(network.neurons.values())[trace.cursor % len(frame.names)]
        figure = pictures.neuron.__wrapped__(neuron)
        if not isinstance(neuron.activation, lernpy.group.Group):
            known = frame.value("output", frame.index(neuron.name)) is not None
            assert len(figure.axes[0].lines) == 1 + known


@pytest.mark.parametrize("seed", range(25))
def test_paths_are_there_as_soon_as_the_blame_is_and_not_before(seed: int) -> None:
    network = some_network(seed)
    trace = Trace(network)
    trace.begin(slow_motion(network, *(rows[0] for rows in some_samples(network, seed))))
    while trace.forward():
        frame = trace.frame
        for index, neuron in enumerate(network.neurons.values()):
            if frame.value("sensitivity", index) is None:
                with pytest.raises(LernpyError, match=f"no blame has come to {neuron.name} yet"):
                    paths(network, neuron)
            elif np.isfinite(neuron.sensitivity):
                found = paths(network, neuron, k=1000)
                scale = sum(abs(path.share) for path in found) or 1.0
                assert abs(sum(path.share for path in found) - neuron.sensitivity) <= 1e-9 * scale


def test_a_network_that_nobody_steps_through_shows_no_zero_either() -> None:
    network = lernpy.build.by_hand()
    h, link = network.neurons["h"], network.links["h", "y"]
    assert cell(h)[1:] == [UNKNOWN] * 4
    assert cell(link)[1:] == [UNKNOWN] * 3
    network.answer([1])
    assert cell(h)[1:] == ["0.75", "0.679179", UNKNOWN, UNKNOWN]
    network.learn([1], [1])
    assert UNKNOWN not in [*cell(h), *cell(link)]
    assert len(paths(network, "h")) == 1
