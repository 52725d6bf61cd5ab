"""Networks in time, folded: what a line of a box shows is the sum of what it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lernpy
from lernpy import Frame
from lernpy.errors import LernpyError
from lernpy.folding import fold, moment, tied_in
from lernpy.text import stem_of, step_of

CELLS = [lernpy.build.elman, lernpy.build.gru, lernpy.build.lstm]


def lesson(make: object, units: int, steps: int, seed: int) -> lernpy.Network:
    network = lernpy.unroll(make([2, units, 1], seed=seed), steps)  # type: ignore[operator]
    numbers = np.random.default_rng(seed)
    network.learn(numbers.normal(size=2 * steps), numbers.normal(size=steps))
    return network


def line(folded: Frame, start: str, end: str, kind: str) -> int:
    """The index of the line between two boxes."""
    names = folded.names
    ends = [(names[a], names[b], k) for (a, b), k in zip(folded.links, folded.kinds, strict=True)]
    return ends.index((start, end, kind))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(CELLS), st.integers(2, 3), st.integers(2, 4), st.integers(0, 99))
def test_what_flows_from_step_to_step_is_summed(
    make: object, units: int, steps: int, seed: int
) -> None:
    """Forward what the state put out; back what it is blamed for, without what its own step blames it for."""
    network = lesson(make, units, steps, seed)
    frame = Frame.of(network)
    folded = fold(frame)
    for kind in {k for k in folded.kinds if k}:
        for step in range(1, steps):
            row = line(folded, f"step {step}", f"step {step + 1}", kind)
            state = [
                n
                for n in network.neurons.values()
                if stem_of(n.name) == kind and step_of(n.name)[1] == step
            ]
            own = sum(
                link.blame
                for link in network.links.values()
                if link.input_neuron in state and step_of(link.output_neuron.name)[1] == step
            )
            products = [p for p in network.products if step_of(p.neuron.name)[1] == step]
            own += sum(
                blame
                for p in products
                for factor, blame in zip(p.factors, p.blames, strict=True)
                if factor in state
            )
            assert folded.signal[row] == pytest.approx(sum(n.output for n in state), abs=1e-12)
            came = sum(n.sensitivity for n in state)
            assert folded.blame[row] == pytest.approx(came - own, abs=1e-9)


def test_a_box_got_what_all_its_lines_brought_back():
    network = lesson(lernpy.build.lstm, 2, 3, 0)
    folded = fold(Frame.of(network))
    for cell in folded.cells:
        lines = folded.links[:, 0] == cell
        assert folded.sensitivity[cell] == pytest.approx(folded.blame[lines].sum())
    assert folded.sizes == (4, 18, 18, 18)


def test_what_is_not_known_yet_has_no_number():
    network = lernpy.unroll(lernpy.build.lstm([1, 2, 1], seed=0), 3)
    folded = fold(Frame.of(network))
    assert np.isnan(folded.signal).all() and np.isnan(folded.blame).all()
    network.answer([1, 0, 1])
    folded = fold(Frame.of(network))
    assert np.isfinite(folded.signal).all() and np.isnan(folded.blame).all()


def test_unfolded_every_link_is_there_with_its_numbers():
    """Each bias link has a copy of the bias; nothing is summed."""
    network = lesson(lernpy.build.gru, 2, 3, 1)
    frame = Frame.of(network)
    folded = fold(frame, unfold=True)
    assert not folded.cells and len(folded.links) == len(frame.links)
    assert (folded.signal == frame.signal).all() and (folded.blame == frame.blame).all()
    assert len({*folded.names}) == len(folded.names)


def test_one_cell_is_unfolded():
    network = lesson(lernpy.build.lstm, 2, 4, 2)
    folded = fold(Frame.of(network), unfold=3)
    assert [folded.names[cell] for cell in folded.cells] == ["start", "step 1", "step 2", "step 4"]
    assert "i1@3" in folded.names and "i1@2" not in folded.names
    places = dict(zip(folded.names, folded.at, strict=True))
    assert places["step 2"][0] < places["i1@3"][0] < places["h1@3"][0] < places["step 4"][0]


def test_a_cell_of_one_neuron_is_no_box():
    network = lernpy.unroll(lernpy.build.elman([1, 1, 1], seed=0), 3)
    assert not fold(Frame.of(network)).cells


def test_a_network_without_steps_is_drawn_as_it_is():
    frame = Frame.of(lernpy.layered([2, 3, 1], seed=0))
    assert moment(frame) is frame


def test_weights_that_do_not_learn_have_no_letter():
    """45 weights of an LSTM with two units: 8 gates × (x, h1, h2, bias), and y1's two and its bias."""
    frame = Frame.of(lernpy.unroll(lernpy.build.lstm([1, 2, 1], seed=0), 3))
    assert len(tied_in(frame)) == 8 * 4 + 3
    assert tied_in(Frame.of(lernpy.layered([2, 3, 1], seed=0))) == ()


@pytest.mark.parametrize("step", [9, "3", 2.5, None])
def test_a_step_that_is_not_there_cannot_be_unfolded(step):
    network = lernpy.unroll(lernpy.build.elman([1, 2, 1], seed=0), 3)
    with pytest.raises(LernpyError, match="there is no step"):
        fold(Frame.of(network), unfold=[step])
