"""Slow motion is the twin of learn: the same numbers, one part at a time."""

from __future__ import annotations

import re

import numpy as np
import pytest
from recorded import every_number, some_network, some_samples

import lernpy
from lernpy import LernpyError, slow_motion


@pytest.mark.parametrize("seed", range(60))
def test_slow_motion_leaves_what_learn_leaves(seed: int) -> None:
    slow = some_network(seed)
    twin = slow.copy()
    inputs, targets = some_samples(slow, seed)
    steps = list(slow_motion(slow, inputs, targets))
    losses = [twin.learn(x, t) for x, t in zip(inputs, targets, strict=True)]
    assert every_number(slow) == every_number(twin)
    told = [step.after["loss"] for step in steps if step.phase == "cost"]
    assert repr(told) == repr(losses)
    assert [step.index for step in steps] == list(range(1, steps[0].total + 1))


@pytest.mark.parametrize("seed", range(30))
def test_slow_batches_leave_what_learn_batch_leaves(seed: int) -> None:
    slow = some_network(seed)
    twin = slow.copy()
    inputs, targets = some_samples(slow, seed, 5)
    for _ in slow_motion(slow, inputs, targets, batch_size=2, epochs=2):
        pass
    for _ in range(2):
        for batch in (slice(0, 2), slice(2, 4), slice(4, 5)):
            twin.learn_batch(inputs[batch], targets[batch])
    assert every_number(slow) == every_number(twin)


@pytest.mark.parametrize("seed", range(30))
def test_importance_counts_as_it_does_for_learn_batch(seed: int) -> None:
    slow = some_network(seed)
    twin = slow.copy()
    inputs, targets = some_samples(slow, seed, 5)
    sample_weight = np.random.default_rng(seed).uniform(0, 3, 5)
    steps = slow_motion(slow, inputs, targets, batch_size=2, epochs=2, sample_weight=sample_weight)
    told = [step.after["loss"] for step in steps if step.phase == "cost"]
    losses = []
    for _ in range(2):
        for batch in (slice(0, 2), slice(2, 4), slice(4, 5)):
            losses.append(twin.learn_batch(inputs[batch], targets[batch], sample_weight[batch]))
    assert every_number(slow) == every_number(twin)
    pairs = [told[0:2], told[2:4], told[4:5], told[5:7], told[7:9], told[9:10]]
    assert [np.mean(pair) for pair in pairs] == pytest.approx(losses, rel=1e-12, nan_ok=True)


def test_a_sample_that_counts_twice_hands_back_twice_the_blame() -> None:
    """By hand: y blames itself by -0.6636 for one lesson, and its loss is 0.2202."""
    network = lernpy.build.by_hand()
    steps = list(slow_motion(network, [1], [1], sample_weight=2.0))
    cost = next(step for step in steps if step.phase == "cost")
    assert cost.after["loss"] == pytest.approx(2 * 0.2202, abs=1e-4)
    assert cost.after["y.sensitivity"] == pytest.approx(-2 * 0.6636, abs=1e-4)
    assert cost.views[0].symbols.text == "loss = 2 × ½ (y − t)²"
    assert "This sample counts 2 times." in cost.sentence
    for sample_weight, message in [
        ([1, 2], "1 samples, but the weights of 2"),
        (np.inf, "the weight of sample 1 is inf; it must be a finite number"),
    ]:
        with pytest.raises(LernpyError, match=message):
            slow_motion(network, [1], [1], sample_weight=sample_weight)


def test_a_step_has_happened_when_it_is_yielded() -> None:
    network = lernpy.build.by_hand()
    for step in slow_motion(network, [1], [1]):
        if step.name == "h" and step.phase == "forward":
            assert network.neurons["h"].output == step.after["h.output"] != 0
            assert network.neurons["y"].output == 0
            break
    assert network.weights[0].value == 0.5


def test_an_edited_weight_and_a_freeze_hold_for_the_rest_of_the_pass() -> None:
    network = lernpy.build.by_hand()
    last = network.links["h", "y"].weight
    for step in slow_motion(network, [1], [1]):
        if step.name == "h" and step.phase == "forward":
            last.value = 2.0
        if step.phase == "cost":
            network.weights[0].freeze()
    signal = 2.0 * network.neurons["h"].output
    assert network.neurons["y"].total_input == signal
    assert network.weights[0].value == 0.5
    assert network.weights[1].value != 0.25


def test_targets_may_change_until_they_are_used() -> None:
    network = lernpy.build.by_hand()
    lesson = slow_motion(network, [1], [1])
    for step in lesson:
        if step.phase == "feed":
            lesson.targets = [0]
        if step.phase == "cost":
            assert [output["target"] for output in step.facts["expected"]] == [0.0]
            with pytest.raises(LernpyError, match="already used: its loss is known"):
                lesson.targets = [1]
    assert lesson.targets == (0.0,)
    with pytest.raises(LernpyError, match="already used: its loss is known"):
        lesson.targets = [1]
    twin = lernpy.build.by_hand()
    twin.learn([1], [0])
    assert every_number(network) == every_number(twin)


def test_the_second_sample_may_get_other_targets_before_its_cost() -> None:
    network = lernpy.build.by_hand()
    lesson = slow_motion(network, [[1], [1]], [[1], [1]])
    for step in lesson:
        if step.sample == 1 and step.phase == "reset":
            lesson.targets = [0.25]
    assert lesson.timeline.samples[0].targets == (1.0,)
    assert lesson.timeline.samples[1].targets == (0.25,)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_not_computed_yet_is_none_and_never_zero(seed: int) -> None:
    """Before its first signal a sum is None; whatever a step reports stays the network's number."""
    network = some_network(seed)
    inputs, targets = some_samples(network, seed, 1)
    arrived = set()
    for step in slow_motion(network, inputs, targets):
        if step.phase == "forward" and "signal" in step.after:
            target = step.facts["target"]
            before = step.before[f"{target}.total_input"]
            assert (before is None) == (target not in arrived)
            assert step.before["signal"] is None
            arrived.add(target)
        if before := step.before.get("gradient"):
            assert step.after["gradient"] is not None
        if step.before:
            assert set(step.before) == set(step.after)
        assert "None" not in step.text + step.html + step.latex


def test_every_step_of_every_network_tells_itself() -> None:
    for seed in range(40):
        network = some_network(seed)
        inputs, targets = some_samples(network, seed, 2)
        for step in slow_motion(network, inputs, targets):
            assert step.views
            assert all(view.sentence.endswith(".") for view in step.views), step.text
            assert "\n" not in str(step)
            assert step.latex.count("{") == step.latex.count("}")
            assert len(re.findall("<div", step.html)) == len(re.findall("</div>", step.html))


def test_the_words_of_the_worked_example() -> None:
    steps = list(slow_motion(lernpy.build.two_two_two(), [0.05, 0.1], [0.01, 0.99]))
    by_name = {(step.phase, step.name): step for step in steps}
    h1 = by_name["forward", "h1"]
    assert [view.name for view in h1.views] == ["sums", "activates"]
    assert h1.view("sums").numbers.text == "z(h1) = 0.0075 + 0.02 + 0.35 = 0.3775"
    assert (
        h1.view("sums").symbols.text
        == "z(h1) = w(x1→h1)·y(x1) + w(x2→h1)·y(x2) + w(bias→h1)·y(bias)"
    )
    assert h1.view("activates").numbers.latex == (
        r"y_{\mathrm{h1}} = \operatorname{sigmoid}(0.3775) = 0.5933"
    )
    back = by_name["backward", "h1"]
    assert [view.name for view in back.views] == ["collects", "turns"]
    assert back.view("collects").numbers.text == "s(h1) = 0.0554 + (-0.01905) = 0.03635"
    link = by_name["backward", "h1 -> y1"]
    assert [view.name for view in link.views] == ["hands back", "keeps"]
    assert link.view("keeps").numbers.text == "gradient = 0.5933 × 0.1385 = 0.08217"
    unused = by_name["backward", "x1 -> h1"].view("hands back")
    assert unused.quiet
    assert unused.sentence == "x1 is an input: nobody uses the blame that arrives there."
    update = by_name["update", "network"]
    assert "8 of 12 weights move at once; 4 are frozen" in update.views[0].sentence
    assert update.views[1].numbers.text == "w(x1→h1) = 0.15 − 0.0002193 = 0.1498"
    assert update.before["x1 -> h1"] == 0.15
    assert round(update.after["x1 -> h1"] or 0, 9) == 0.149780716
    assert by_name["cost", "network"].after["loss"] == pytest.approx(0.298371109, abs=1e-9)


def test_a_softmax_group_shows_its_mixing() -> None:
    edges = [("x", "a", 1.0), ("x", "b", 2.0), ("x", "c", 3.0)]
    network = lernpy.from_edges(edges, ["x"], ["a", "b", "c"], output_activation="softmax")
    steps = [s for s in slow_motion(network, [1], [0, 1, 0]) if s.name == "softmax(a, b, c)"]
    forward, backward = steps
    assert forward.views[-1].name == "normalises"
    assert backward.views[-1].name == "mixes"
    assert "δ(a) = 0.09003 ×" in backward.views[-1].numbers.text
    deltas = [backward.after[f"{name}.delta"] for name in "abc"]
    assert sum(d for d in deltas if d is not None) == pytest.approx(0, abs=1e-15)


def test_a_shared_weight_and_dead_and_saturated_neurons_are_called_so() -> None:
    edges = [("x", "r", -1.0), ("x", "s", 50.0), ("r", "y", 1.0), ("s", "y", 1.0)]
    network = lernpy.from_edges(edges, ["x"], ["y"], activations={"r": "relu"})
    network.tie(("r", "y"), ("s", "y"))
    said = {(s.phase, s.name): s.sentence for s in slow_motion(network, [1], [0])}
    assert "r is off (slope 0): no blame gets through." in said["backward", "r"]
    assert "s is saturated" in said["backward", "s"]
    assert "shared by 2 links" in said["forward", "r -> y"]


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ([0, 0], "Raising y1 and y2 would raise the loss."),
        ([1, 1], "Raising y1 and y2 would lower the loss."),
        ([0, 1], "Raising y1 would raise the loss, raising y2 would lower it."),
        ([0.5, 0.5], "No output is to blame: nothing has to change."),
    ],
)
def test_the_cost_says_which_way_each_output_should_go(targets: list[float], says: str) -> None:
    """Two sigmoids that sum nothing say 0.5."""
    network = lernpy.layered([1, 2], "sigmoid", "sigmoid", init="zeros")
    step = next(s for s in slow_motion(network, [1], targets) if s.phase == "cost")
    assert step.view("asks").sentence == says


def test_a_short_last_batch_ends_in_an_update_too() -> None:
    """Seven samples by threes: the weights move after the third, the sixth and the seventh."""
    lesson = slow_motion(lernpy.build.by_hand(), [[1]] * 7, [[1]] * 7, batch_size=3)
    assert [sample.last for sample in lesson.timeline.samples] == [0, 0, 1, 0, 0, 1, 1]
    assert [step.sample for step in lesson if step.phase == "update"] == [2, 5, 6]


@pytest.mark.parametrize(("target", "effect"), [(0, "raise"), (1, "lower")])
def test_blame_says_which_way_a_neuron_should_go(target: float, effect: str) -> None:
    """h leads to y by a positive weight, and y says 0.5."""
    edges = [("x", "h", 0.0), ("h", "y", 1.0), ("bias", "y", -0.5)]
    network = lernpy.from_edges(edges, ["x"], ["y"])
    lesson = slow_motion(network, [1], [target])
    step = next(s for s in lesson if s.phase == "backward" and s.name == "h")
    said = step.view("collects").sentence
    assert said.startswith("Blame ") and f"raising its output would {effect} the loss" in said


def test_a_sum_of_784_terms_stays_short() -> None:
    network = lernpy.layered([784, 3, 2], seed=0)
    rng = np.random.default_rng(0)
    lesson = slow_motion(network, rng.uniform(size=784), [0, 1])

    step = next(step for step in lesson if step.name == "h1" and step.phase == "forward")

    assert "(780 more)" in step.view("sums").numbers.text
    assert len(step.view("sums").numbers.text) < 120


@pytest.mark.parametrize(
    ("inputs", "targets", "options", "message"),
    [
        ([1, 2], [1], {}, "there are 2 samples, but 1 targets"),
        ([[1, 2]], [1], {}, "the network has 1 input neuron, but the sample has 2 values"),
        ([[1], [2]], [[1]], {}, "there are 2 samples, but 1 targets"),
        ([1], ["a"], {}, "output 'y' got 'a', which is not a number"),
        ([[1]], [[1]], {"batch_size": 0}, "the batch size is 0; it must be a whole number from 1"),
        ([[1]], [[1]], {"epochs": 1.5}, "the number of epochs is 1.5"),
    ],
)
def test_wrong_input_is_one_clear_line(inputs, targets, options, message) -> None:
    with pytest.raises(LernpyError, match=re.escape(message)):
        slow_motion(lernpy.build.by_hand(), inputs, targets, **options)


def test_new_wiring_in_the_middle_of_a_lesson_is_refused() -> None:
    network = lernpy.build.by_hand()
    lesson = slow_motion(network, [1], [1])
    next(lesson)
    network.connect("x", "y", 1.0)
    with pytest.raises(LernpyError, match="the wiring changed in the middle of a lesson"):
        next(lesson)


@pytest.mark.parametrize("z", [0.0, 3.0, -30.0, 40.0, 1000.0, -1000.0])
@pytest.mark.parametrize("kind", ["softmax", "sigmoid"])
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "squared_error"])
def test_what_is_said_of_blame_fits_the_numbers(z: float, kind: str, loss: str):
    """No difference of huge numbers, and no "hardly any" where blame does get through."""
    edges = [("x", "a", z), ("x", "b", 0.0), ("x", "c", -z)]
    network = lernpy.from_edges(edges, ["x"], ["a", "b", "c"], output_activation=kind, loss=loss)
    deltas = dict.fromkeys("abc", 0.0)
    for step in slow_motion(network, [1], [0, 1, 0]):
        if step.phase != "backward" or isinstance(step.part, lernpy.Link) or step.name == "x":
            continue
        deltas = {name: network.neurons[name].delta for name in deltas}
        told = step.views[-1]
        for name, delta in deltas.items():
            if f"δ({name})" in told.numbers.text:
                assert f"= {delta:.4g}" in told.numbers.text or delta == 0
        for term in re.findall(r"\((\S+) − \(?([^)]+)\)", told.numbers.text):
            assert max(abs(float(number)) for number in term) < 1e15
        if "blame gets through" in told.sentence:
            assert abs(network.neurons[step.name].delta) < 0.01
