"""Neurons, links, weights, groups: each verb as a small story."""

from __future__ import annotations

from math import inf, log, nan

import pytest

from lernpy.errors import LernpyError
from lernpy.functions import optimizers
from lernpy.functions.maths import TINY
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.weight import FREE, Rule, Weight

SGD = optimizers.get("sgd").step


# ---- neurons ------------------------------------------------------------------------------------


def test_a_neuron_sums_what_its_links_bring():
    h = Neuron("h", "relu")

    h.input(2.0)
    h.input(-0.5)
    h.propagate()

    assert h.total_input == 1.5
    assert h.output == 1.5


def test_a_neuron_bends_the_sum():
    h = Neuron("h", "leaky_relu")

    h.input(-3.0)
    h.propagate()

    assert h.output == -0.03


def test_blame_of_all_paths_adds():
    """Two links ahead blame h by 0.5 and by -0.2; its slope at 0 is 1/4."""
    h = Neuron("h", "sigmoid")
    h.propagate()

    h.submit_sensitivity(0.5)
    h.submit_sensitivity(-0.2)
    h.backpropagate()

    assert h.sensitivity == 0.3
    assert h.delta == 0.3 * 0.25


def test_a_shut_gate_lets_no_blame_pass():
    """A ReLU below zero did not answer its total input, so nobody before it is to blame."""
    h = Neuron("h", "relu")
    h.input(-1.0)
    h.propagate()

    h.submit_sensitivity(7.0)
    h.backpropagate()

    assert h.sensitivity == 7.0
    assert h.delta == 0.0


def test_a_bias_says_one_whatever_comes():
    bias = Neuron("bias", "one")

    bias.propagate()

    assert bias.output == 1.0


def test_reset_forgets_the_sample():
    h = Neuron("h")
    h.input(1.0)
    h.propagate()
    h.submit_sensitivity(1.0)
    h.backpropagate()

    h.reset()

    assert (h.total_input, h.output, h.sensitivity, h.delta) == (0.0, 0.0, 0.0, 0.0)


def test_a_neuron_shows_itself():
    assert repr(Neuron("h1", "tanh")) == "<neuron h1, tanh>"


def test_an_unknown_activation_is_answered_with_a_near_one():
    with pytest.raises(LernpyError, match=r"no activation is called 'sigmod'\. Did you mean 'sig"):
        Neuron("h", "sigmod")


def test_softmax_is_no_activation_of_one_neuron():
    with pytest.raises(LernpyError, match="of a group that shares one whole"):
        Neuron("h", "softmax")


def test_a_number_is_no_activation():
    with pytest.raises(LernpyError, match="no activation is called 5"):
        Neuron("h", 5)  # type: ignore[arg-type]


# ---- links --------------------------------------------------------------------------------------


def test_a_link_carries_forward():
    x, y = Neuron("x"), Neuron("y")
    x.output = 3.0
    link = Link(x, y, Weight(0.5))

    link.propagate()

    assert link.signal == 1.5
    assert y.total_input == 1.5


def test_a_link_hands_blame_back():
    """x -> y, weight 0.5: y blames its input by 0.2, and x had put out 3."""
    x, y = Neuron("x"), Neuron("y")
    x.output, y.delta = 3.0, 0.2
    link = Link(x, y, Weight(0.5))

    link.backpropagate()

    assert link.blame == 0.5 * 0.2
    assert x.sensitivity == 0.5 * 0.2
    assert link.weight.sensitivity == 3.0 * 0.2


def test_the_blame_handed_back_is_not_a_pie():
    """y blames by 1; two weights of 2 hand back 2 each: 4 in all, out of 1."""
    x1, x2, y = Neuron("x1"), Neuron("x2"), Neuron("y")
    y.delta = 1.0

    for x in (x1, x2):
        Link(x, y, Weight(2.0)).backpropagate()

    assert x1.sensitivity + x2.sensitivity == 4.0


def test_the_blame_of_a_link_keeps_the_old_weight():
    x, y = Neuron("x"), Neuron("y")
    x.output, y.delta = 1.0, 0.5
    link = Link(x, y, Weight(0.4))

    link.backpropagate()
    link.weight.update(SGD, link.weight.sensitivity, rate=1.0)

    assert link.weight.value == pytest.approx(-0.1)
    assert link.blame == 0.4 * 0.5


def test_a_shared_weight_sums_what_its_links_submit():
    x1, x2, y = Neuron("x1"), Neuron("x2"), Neuron("y")
    shared = Weight(0.5)
    x1.output, x2.output, y.delta = 1.0, 10.0, 0.5

    for x in (x1, x2):
        Link(x, y, shared).backpropagate()

    assert shared.sensitivity == 0.5 + 5.0


def test_a_link_forgets_and_shows_itself():
    x, y = Neuron("x"), Neuron("y")
    x.output, y.delta = 3.0, 0.2
    link = Link(x, y, Weight(0.5))
    link.propagate()
    link.backpropagate()

    link.reset()

    assert (link.signal, link.blame) == (0.0, 0.0)
    assert link.weight.sensitivity != 0.0  # of the weight, not of the sample
    assert repr(link) == "<link x -> y, weight 0.5>"


# ---- weights ------------------------------------------------------------------------------------


def test_a_fresh_weight_is_0_and_free_and_remembers_nothing():
    weight = Weight()

    assert (weight.value, weight.sensitivity, weight.memory) == (0.0, 0.0, ())
    assert weight.rule is FREE


def test_a_weight_moves_against_its_gradient():
    weight = Weight(1.0)

    weight.update(SGD, 0.5, rate=0.1)

    assert weight.value == 0.95


def test_a_frozen_weight_collects_blame_but_keeps_value_and_memory():
    weight = Weight(1.0)
    step = optimizers.get("momentum").step
    weight.update(step, 1.0, 0.1)
    value, memory = weight.value, weight.memory

    weight.freeze()
    weight.submit_sensitivity(2.0)
    weight.update(step, 2.0, 0.1)

    assert (weight.value, weight.memory, weight.sensitivity) == (value, memory, 2.0)
    weight.thaw()
    weight.update(step, 2.0, 0.1)
    assert weight.memory == (0.9 * 1.0 + 2.0,)


def test_the_rate_of_a_weight_scales_the_proposed_step():
    """Also where the optimiser knows no rate of its own: adam's first step is the rate, nearly."""
    slow, usual = Weight(1.0, Rule(rate=0.5)), Weight(1.0)

    for weight in (slow, usual):
        weight.update(optimizers.get("adam").step, 3.0, 0.1)

    assert 1.0 - slow.value == pytest.approx(0.5 * (1.0 - usual.value))
    assert slow.memory == usual.memory


def test_a_rate_of_zero_is_no_default():
    still, network_rate_0 = Weight(1.0, Rule(rate=0.0)), Weight(1.0)

    still.update(SGD, 5.0, 0.1)
    network_rate_0.update(SGD, 5.0, 0.0)

    assert still.value == network_rate_0.value == 1.0


def test_bounds_clip_after_the_step():
    weight = Weight(0.1, Rule(low=0.0, high=0.15))

    weight.update(SGD, 5.0, 0.1)
    assert weight.value == 0.0
    weight.update(SGD, -5.0, 0.1)
    assert weight.value == 0.15


def test_bounds_do_not_hide_that_a_weight_is_no_number():
    weight = Weight(0.1, Rule(low=0.0, high=0.15))

    weight.update(SGD, nan, 0.1)

    assert weight.value != weight.value


def test_the_rule_is_one_immutable_object():
    weight = Weight(0.5)
    assert weight.rule is FREE == Rule(False, 1.0, -inf, inf)

    weight.freeze()

    assert weight.frozen and not FREE.frozen
    with pytest.raises(AttributeError):
        weight.rule.frozen = False  # type: ignore[misc]
    assert repr(weight) == "<weight 0.5, frozen>"


# ---- softmax groups -----------------------------------------------------------------------------


def group_of(*totals: float) -> Group:
    group = Group([Neuron(f"y{place}") for place in range(len(totals))])
    for member, total in zip(group.members, totals, strict=True):
        member.input(total)
    group.propagate()
    return group


def test_a_group_shares_out_one():
    group = group_of(0.0, log(3.0))

    assert [member.output for member in group.members] == pytest.approx([0.25, 0.75])
    assert group.log_sum == pytest.approx(log(4.0))


def test_raising_one_share_takes_from_the_others():
    """p = 1/4, 3/4; only the first is blamed, by 1: delta = p s - p sum(p s)."""
    group = group_of(0.0, log(3.0))
    group.members[0].submit_sensitivity(1.0)

    group.backpropagate()

    deltas = [member.delta for member in group.members]
    assert deltas == pytest.approx([0.25 - 0.25 * 0.25, -0.75 * 0.25])
    assert sum(deltas) == pytest.approx(0.0)
    assert group.members[0].sensitivity == 1.0  # stays dL/dp


@pytest.mark.parametrize("totals", [(1000.0, -1000.0), (-1000.0, -2000.0), (1e308, -1e308)])
def test_a_saturated_group_is_exact(totals: tuple[float, float]):
    """Cross-entropy, and the vanished one was right: delta = p - t, without a NaN."""
    group = group_of(*totals)
    first, second = group.members
    second.submit_sensitivity(-1.0 / (second.output + TINY))

    group.backpropagate()

    assert (first.output, second.output) == (1.0, 0.0)
    assert (first.delta, second.delta) == (1.0, -1.0)


def test_a_member_does_nothing_alone():
    member = group_of(0.0, 1.0).members[0]

    with pytest.raises(LernpyError, match="does not propagate alone"):
        member.propagate()
    with pytest.raises(LernpyError, match="no slope of its own"):
        member.backpropagate()
    assert repr(member) == "<neuron y0, softmax>"


def test_a_group_forgets_and_shows_itself():
    group = group_of(1.0, 2.0)

    group.reset()

    assert group.log_sum == 0.0
    assert all(member.total_input == member.output == 0.0 for member in group.members)
    assert repr(group) == "<softmax group y0, y1>"
