"""A number that is not known is never 0: in cells, in frames, in paths, at every step of any lesson."""

from __future__ import annotations

import html
import pickle
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


def known(frame: Frame) -> dict[str, Any]:
    names = (*QUANTITIES, "signal", "blame", "gradients")
    return {name: getattr(frame, name).tolist() for name in names}


@pytest.mark.parametrize("seed", range(8))
def test_a_copy_of_a_lesson_in_hand_knows_as_much(seed: int) -> None:
    network = some_network(seed)
    for _step in slow_motion(network, *some_samples(network, seed, 2), batch_size=2):
        right = repr(known(Frame.of(network)))
        for twin in (network.copy(), pickle.loads(pickle.dumps(network))):
            assert repr(known(Frame.of(twin))) == right


@pytest.mark.parametrize("seed", range(25))
def test_what_nobody_noted_is_known_from_the_numbers_and_never_a_wrong_0(seed: int) -> None:
    """At every step: what is not 0 is known, and what is known stays so to the end of the lesson."""
    network = some_network(seed)
    network.learn(
        *(rows[0] for rows in some_samples(network, seed + 50))
    )  # old gradients stay behind
    lesson = slow_motion(network, *(rows[0] for rows in some_samples(network, seed)))
    seen = []
    for step in lesson:
        twin = network.copy()
        twin.noted = None
        if step.phase != "update":
            seen.append((known(Frame.of(network)), known(Frame.of(twin))))
    end = seen[-1][0]
    for right, told in seen:
        for name in ("output", "delta", "signal", "blame"):
            for now, alone, last in zip(right[name], told[name], end[name], strict=True):
                assert not now or np.isnan(now) or alone == now
                assert np.isnan(alone) or alone == last


def refused(network: Network, part: Any) -> bool:
    try:
        paths(network, part)
    except LernpyError as error:
        assert "no blame has come to" in str(error)
        return True
    return False


@pytest.mark.parametrize("seed", range(8))
def test_whatever_verb_came_last_what_is_not_known_is_no_zero(seed: int) -> None:
    network = lernpy.layered([2, 3, 2], seed=seed)
    (x, t), other = ([0.3, 0.7], [1, 0]), [0.9, -0.2]
    link = network.links["x1", "h1"]

    network.learn(x, t)
    assert not refused(network, "h1")
    network.answer(other)
    frame = Frame.of(network)
    assert np.isfinite(frame.output).all() and np.isfinite(frame.signal).all()
    assert np.isnan([*frame.delta, *frame.blame, *frame.gradients]).all()
    assert refused(network, "h1") and refused(network, "y1")
    assert cell(link)[1] != UNKNOWN and cell(link)[2:] == [UNKNOWN] * 2

    network.expect(t)
    assert refused(network, "h1") and refused(network, ("h1", "y1")) and not refused(network, "y1")

    network.learn(x, t)
    network.collect(x, t)
    network.reset()
    frame = Frame.of(network)
    assert np.isfinite(frame.gradients).all()
    assert np.isnan([*frame.output, *frame.delta, *frame.sensitivity]).all()
    assert refused(network, "h1")


def test_parts_of_no_network_that_was_looked_at_show_no_zero_either() -> None:
    network = lernpy.layered([1, 2, 1], "relu", seed=0)
    network.learn([1], [5])
    network.answer([0.5])
    assert cell(network.links["x1", "h1"])[2:] == [UNKNOWN] * 2
    assert cell(network.neurons["y1"])[3:] == [UNKNOWN] * 2
    h = lernpy.Neuron("h", "relu")
    h.input(-2.0)
    assert cell(h)[1:] == ["−2", "0", UNKNOWN, UNKNOWN]  # off: 0 is what it puts out


def test_the_blame_of_zero_weights_is_0_and_known_also_when_they_moved() -> None:
    network = lernpy.layered([2, 3, 1], init="zeros", seed=0)
    network.learn([0.3, 0.7], [1])
    assert Frame.of(network).sensitivity[network.inputs.index(network.neurons["x1"])] == 0
    assert paths(network, "h1").blame == 0
