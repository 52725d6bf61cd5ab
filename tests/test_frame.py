"""A frame holds the numbers of one moment; what is not known yet is NaN, never 0."""

from __future__ import annotations

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError
from lernpy.frame import Frame


def test_a_frame_of_a_lesson_has_every_number_of_it() -> None:
    network = lernpy.build.two_two_two()
    network.learn([0.05, 0.10], [0.01, 0.99])
    frame = Frame.of(network, loss=0.298371109, targets=[0.01, 0.99], title="first lesson")
    h1 = network.neurons["h1"]
    at = frame.index("h1")
    assert frame.total_input[at] == h1.total_input
    assert frame.delta[at] == h1.delta
    assert frame.slope[at] == h1.output * (1 - h1.output) + 1.2e-38
    assert frame.steepest[at] == 0.25
    assert frame.generation.tolist() == [0, 0, 1, 1, 2, 2, 0]
    assert (frame.n_generations, frame.rate, frame.loss_name) == (3, 0.5, "squared_error")
    assert frame.frozen.sum() == 4
    for (start, end), signal, index in zip(
        frame.links, frame.signal, frame.link_weight, strict=True
    ):
        link = network.links[frame.names[start], frame.names[end]]
        assert signal == link.signal
        assert frame.weights[index] == link.weight.value
        assert frame.gradients[index] == link.weight.sensitivity
    assert repr(frame) == "<frame 'first lesson': 7 neurons, 12 links>"


def test_after_a_reset_nothing_is_known_and_after_an_answer_no_blame() -> None:
    network = lernpy.build.by_hand()
    assert np.isnan(Frame.of(network).output).all()
    assert not Frame.of(network).known["signal"].any()
    network.answer([1.0])
    frame = Frame.of(network)
    assert np.isfinite(frame.output).all()
    assert np.isnan(frame.delta).all()
    assert np.isnan(frame.gradients).all()


def test_a_mask_hides_what_is_not_computed_yet() -> None:
    network = lernpy.build.by_hand()
    network.learn([1], [1])
    frame = Frame.of(network, {"output": [True, True, False, False], "delta": np.zeros(4)})
    assert np.isnan(frame.output).tolist() == [False, False, True, True]
    assert np.isnan(frame.delta).all()
    assert np.isnan(frame.slope).tolist() == [False, False, True, True]
    assert np.isfinite(frame.sensitivity).all()


def test_a_loss_of_zero_is_known_blame_and_not_missing_blame() -> None:
    network = lernpy.build.by_hand()
    goal = float(network.predict([[1.0]])[0, 0])
    loss = network.learn([1], [goal])
    assert loss == 0.0
    assert (Frame.of(network, loss=loss).delta == 0).all()


@pytest.mark.parametrize("seed", range(30))
def test_a_frame_of_any_network(seed: int) -> None:
    network = lernpy.build.random_dag(seed)
    frame = Frame.of(network)
    assert frame.links.shape == (len(network.links), 2)
    assert [[frame.names[i] for i in group] for group in frame.groups] == [
        [member.name for member in group.members] for group in network.groups
    ]
    grouped = [i for group in frame.groups for i in group]
    assert np.isnan(frame.steepest).nonzero()[0].tolist() == sorted(grouped)
    assert (frame.generation[frame.links[:, 0]] < frame.generation[frame.links[:, 1]]).all()


def test_a_frame_is_of_a_network() -> None:
    with pytest.raises(LernpyError, match="this needs a network, not 3"):
        Frame.of(3)
