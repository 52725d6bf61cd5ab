"""Laws over random networks: every activation, every loss, every kind of wiring."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import ACTIVATIONS, LOSSES, OPTIMIZERS, Case, cases, near_a_kink, networks

import lernpy
from lernpy import build
from lernpy.link import Link
from lernpy.network import Network
from lernpy.wiring import members


def blames(network: Network, inputs: np.ndarray, targets: np.ndarray) -> list[float]:
    """dLoss/d weight of the batch, as the objects collect it."""
    twin = network.copy()
    twin.learn_batch(inputs, targets)
    return [weight.sensitivity / len(inputs) for weight in twin.weights]


def loss_of(network: Network, inputs: np.ndarray, targets: np.ndarray) -> float:
    total = 0.0
    for sample, target in zip(inputs, targets, strict=True):
        network.reset()
        network.feed(sample)
        for part in network.order:
            part.propagate()
        total += network.expect(target)
    return total / len(inputs)


def nudged(network: Network, inputs: np.ndarray, targets: np.ndarray, by: float) -> list[float]:
    """The same by central differences, with nothing of `lernpy.check` in it."""
    twin = network.copy()
    twin.l1 = twin.l2 = 0.0
    found = []
    for weight in twin.weights:
        value = weight.value
        ends = []
        for side in (by, -by):
            weight.value = value + side
            ends.append(loss_of(twin, inputs, targets))
        weight.value = value
        found.append((ends[0] - ends[1]) / (2 * by))
    return found


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@settings(max_examples=20)
@given(data=st.data())
def test_sensitivities_are_slopes(activation: str, loss: str, data: st.DataObject):
    """Every activation with every loss: any wiring, shared and frozen weights, groups, penalties."""
    network, inputs, targets = data.draw(
        cases(most=3, activations=[activation], losses=[loss]).filter(
            lambda c: len(c[0].weights) < 25
        )
    )
    assume(not near_a_kink(network, inputs, targets))

    claimed = blames(network, inputs, targets)

    measured = nudged(network, inputs, targets, 1e-5)
    scale = max(1.0, *map(abs, claimed))
    np.testing.assert_allclose(claimed, measured, rtol=1e-5, atol=1e-7 * scale)


@given(cases())
def test_the_blame_of_a_batch_is_the_sum_of_its_samples(case: Case):
    network, inputs, targets = case

    together = np.array(blames(network, inputs, targets)) * len(inputs)

    alone = [blames(network, x[None], t[None]) for x, t in zip(inputs, targets, strict=True)]
    scale = max(1.0, float(np.abs(alone).max(initial=0.0)))
    np.testing.assert_allclose(together, np.sum(alone, axis=0), rtol=1e-12, atol=1e-14 * scale)


@given(cases(optimizers=OPTIMIZERS))
def test_learn_is_learn_batch_of_one(case: Case):
    network, inputs, targets = case
    twin = network.copy()

    for x, t in zip(inputs, targets, strict=True):
        assert network.learn(x, t) == twin.learn_batch([x], [t])

    assert [(w.value, w.memory) for w in network.weights] == [
        (w.value, w.memory) for w in twin.weights
    ]


@given(cases(optimizers=OPTIMIZERS))
def test_rules_hold_whatever_is_learned(case: Case):
    """The frozen stay, the bounded keep to their bounds, the shared stay one."""
    network, inputs, targets = case
    shares = [network.weights.index(link.weight) for link in network.links.values()]
    frozen = {w: (w.value, w.memory) for w in network.weights if w.frozen}

    for _ in range(5):
        network.learn_batch(inputs, targets, rate=0.5)

    assume(all(np.isfinite(w.value) for w in network.weights))  # some blow up at such a rate
    assert {w: (w.value, w.memory) for w in frozen} == frozen
    assert all(w.rule.low <= w.value <= w.rule.high for w in network.weights if not w.frozen)
    assert [network.weights.index(link.weight) for link in network.links.values()] == shares


@given(cases())
def test_the_order_of_the_samples_changes_no_blame_but_by_rounding(case: Case):
    network, inputs, targets = case

    forth, back = blames(network, inputs, targets), blames(network, inputs[::-1], targets[::-1])

    scale = max(1.0, *map(abs, forth))
    np.testing.assert_allclose(forth, back, rtol=1e-12, atol=1e-14 * scale)


@given(cases(optimizers=OPTIMIZERS))
def test_a_twin_learns_the_same_bits(case: Case):
    network, inputs, targets = case
    network.learn_batch(inputs, targets)
    twin = network.copy()

    assert [network.learn_batch(inputs, targets) for _ in range(3)] == [
        twin.learn_batch(inputs, targets) for _ in range(3)
    ]

    assert [(w.value, w.memory) for w in network.weights] == [
        (w.value, w.memory) for w in twin.weights
    ]


@given(networks())
def test_the_order_visits_each_part_once_and_no_link_before_its_neuron(network: Network):
    seen: set[object] = set()
    links = 0
    for part in network.order:
        if isinstance(part, Link):
            assert part.input_neuron in seen and part.output_neuron not in seen
            links += 1
        else:
            assert seen.isdisjoint(members(part))
            seen.update(members(part))
    assert seen == set(network.neurons.values())
    factors = sum(len(set(product.factors)) for product in network.products)
    assert links == len(network.links) == network.graph.number_of_edges() - factors


@given(networks())
def test_each_generation_depends_on_the_one_before(network: Network):
    depth = {
        member.name: place
        for place, generation in enumerate(network.generations)
        for unit in generation
        for member in members(unit)
    }
    for generation in network.generations[1:]:
        for unit in generation:
            sources = [u for member in members(unit) for u in network.graph.pred[member.name]]
            assert max(depth[u] for u in sources) == depth[members(unit)[0].name] - 1


@given(networks(), st.data())
def test_pruning_and_connecting_again_restores_the_net(network: Network, data: st.DataObject):
    """What was refused changed nothing; what was done can be undone."""
    ends = data.draw(st.sampled_from(list(network.links)))
    inputs = [[0.3] * len(network.inputs)]
    before = network.predict(inputs)
    weight = network.links[ends].weight
    try:
        network.prune(ends)
    except lernpy.LernpyError:
        assert ends in network.links
    else:
        assert ends not in network.links
        network.connect(*ends, weight)

    np.testing.assert_allclose(network.predict(inputs), before, rtol=1e-9, atol=1e-12)


@given(st.integers(0, 10_000))
def test_shares_of_a_group_sum_to_one(seed: int):
    network = build.random_dag(seed, outputs=3, softmax=True)
    rng = np.random.default_rng(seed)

    network.answer(rng.uniform(-5, 5, len(network.inputs)))

    (group,) = network.groups
    assert sum(member.output for member in group.members) == pytest.approx(1.0)


@given(
    cases(losses=["cross_entropy", "binary_cross_entropy"], activations=["sigmoid"], penalty=False)
)
def test_with_its_own_loss_delta_is_output_minus_target(case: Case):
    """Sigmoid with binary cross-entropy, softmax with cross-entropy: p - t, where nothing feeds on."""
    network, inputs, targets = case
    network.learn(inputs[0], targets[0])

    groups = {member for group in network.groups for member in group.members}
    whole = sum(t for out, t in zip(network.outputs, targets[0], strict=True) if out in groups)
    for output, target in zip(network.outputs, targets[0], strict=True):
        onward = network.graph.succ[output.name] or any(
            network.graph.succ[m.name] for m in groups if output in groups
        )
        fits = (network.loss.name == "cross_entropy") == (output in groups)
        if fits and not onward:
            share = whole if output in groups else 1.0
            assert output.delta == pytest.approx(output.output * share - target, abs=1e-12)
