"""A lesson in hand stays true, whatever else the network is asked or taught meanwhile."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded import every_number, some_network, some_samples
from strategies import cases

import lernpy
from lernpy import Frame, LernpyError, Network, Stepper, Trace, slow_motion
from lernpy.engine import make
from lernpy.watch.terminal.screen import screen_text

calm = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@calm
@given(cases(most=2), st.data())
def test_asking_leaves_every_number_alone_at_every_moment(case: Any, data: st.DataObject) -> None:
    """Predicting, checking gradients, looking: nothing of the network moves, the lesson goes on."""
    network, inputs, targets = case
    trace = Trace(network)
    trace.begin(slow_motion(network, inputs, targets))
    end = len(trace.recording().timeline)
    for position in sorted(data.draw(st.sets(st.integers(0, end), max_size=6))):
        trace.goto(position)
        before = every_number(network)
        with np.errstate(all="ignore"):
            network.predict(2 * inputs + 1)
            lernpy.check_gradients(network, inputs, targets, most=2)
        Frame.of(network)
        str(lernpy.explain(network))
        assert every_number(network) == before
        step = trace.step
        assert step is None or "meanwhile" not in [view.name for view in step.views]
    assert trace.edits == []


def values(network: Network) -> str:
    """All numbers, as text; -0.0 is 0."""
    return re.sub(r"-0\.0(?!\d)", "0.0", repr(every_number(network)))


BY_HAND: dict[str, Any] = {  # verbs that are no lesson
    "reset": lambda network, x, t, chance: network.reset(),
    "feed": lambda network, x, t, chance: network.feed(x),
    "expect": lambda network, x, t, chance: network.expect(t),
    "collect": lambda network, x, t, chance: network.collect(x, t),
    "propagates": lambda network, x, t, chance: chance.choice(network.order).propagate(),
    "backpropagates": lambda network, x, t, chance: chance.choice(network.order).backpropagate(),
    "forgets": lambda network, x, t, chance: chance.choice(network.order).reset(),
    "input": lambda network, x, t, chance: chance.choice(list(network.neurons.values())).input(0.5),
    "blame": lambda network, x, t, chance: chance.choice(network.outputs).submit_sensitivity(1e36),
    "weight": lambda network, x, t, chance: chance.choice(network.weights).reset(),
    "signal": lambda network, x, t, chance: setattr(
        chance.choice(list(network.links.values())), "signal", 7.0
    ),
}


def teach(network: Network, inputs: np.ndarray, targets: np.ndarray, chance: random.Random) -> str:
    """Something else that a network may be used for in the middle of a lesson."""
    what = chance.choice(["learn", "batch", "answer", "stepper", "slow", "train", *BY_HAND])
    x, t = inputs[0] + 0.5, targets[-1]
    if what in BY_HAND:
        BY_HAND[what](network, x, t, chance)
    elif what == "learn":
        network.learn(x, t)
    elif what == "batch":
        network.learn_batch(inputs, targets)
    elif what == "answer":
        network.answer(x)
    elif what == "train":
        engine = make(network, chance.choice(["graph", "python", "numpy"]))
        engine.learn_batch(inputs, targets)
        engine.store()
    elif what == "stepper":
        other = Stepper(network, x, t)
        for _ in range(chance.randrange(1, 40)):
            other.next()
    else:
        for _, _step in zip(
            range(chance.randrange(1, 40)), slow_motion(network, x, t), strict=False
        ):
            pass
    return what


def by_themselves(network: Network, twin: Network, step: Any, fresh: bool, sample: Any) -> None:
    """What a step does, done on a twin that nobody disturbs."""
    if step.phase == "reset":
        twin.samples = 0 if fresh else twin.samples
        twin.reset()
    elif step.phase == "feed":
        twin.feed(sample.inputs)
    elif step.phase == "cost":
        twin.expect(sample.targets)
    elif step.phase == "update":
        twin.update()
    else:
        part = twin.order[network.order.index(step.part)]
        part.propagate() if step.phase == "forward" else part.backpropagate()


def weights_of(network: Network, twin: Network) -> None:
    """The twin gets what moved the weights of the network meanwhile."""
    for mine, other in zip(twin.weights, network.weights, strict=True):
        mine.value, mine.memory, mine.rule = other.value, other.memory, other.rule


@pytest.mark.parametrize("batch_size", [None, 2])
@pytest.mark.parametrize("seed", range(25))
def test_a_disturbed_stepper_goes_on_with_the_right_numbers_and_says_so(
    seed: int, batch_size: int | None
) -> None:
    """Every number of every step is what an undisturbed twin with these weights computes."""
    network, chance = some_network(seed), random.Random(seed)
    inputs, targets = some_samples(network, seed, 3)
    trace, twin = Trace(network), network.copy()
    trace.begin(slow_motion(network, inputs, targets, batch_size=batch_size))
    timeline = trace.recording().timeline
    while trace.cursor < len(timeline):
        disturbed = trace.cursor > 0 and chance.random() < 0.1
        if disturbed:
            shown = values(network)
            teach(network, inputs, targets, chance)
            differs = values(network) != shown
            weights_of(network, twin)
        begun = trace.recording().replay.begun
        sample = timeline.samples[timeline.locate(trace.cursor).sample]
        step = trace.forward()
        assert step is not None
        by_themselves(network, twin, step, sample.fresh, sample)
        assert every_number(network) == every_number(twin)
        told = "meanwhile" in [view.name for view in step.views]
        assert not told or (disturbed and begun)
        assert told or not (disturbed and begun and differs)
    loaded = Trace.from_json(trace.to_json(dtype="float64"))
    assert len(loaded) == len(trace)


def is_spoilt(lesson: Any, network: Network, inputs: Any, targets: Any, chance: Any) -> bool:
    """Go some steps, use the network otherwise; whether a lesson that had begun lost its numbers."""
    for _ in range(chance.randrange(1, len(lesson))):
        next(lesson)
    begun, before = lesson.replay.begun, values(network)
    teach(network, inputs, targets, chance)
    return begun and values(network) != before


@pytest.mark.parametrize("seed", range(25))
def test_slow_motion_that_nobody_records_stops_with_a_sentence(seed: int) -> None:
    network, chance = some_network(seed), random.Random(seed)
    inputs, targets = some_samples(network, seed, 2)
    lesson = slow_motion(network, inputs, targets)
    if is_spoilt(lesson, network, inputs, targets, chance):
        with pytest.raises(LernpyError, match="another lesson in the middle of this one"):
            next(lesson)
    else:
        begun = lesson.replay.begun
        assert next(lesson).phase == "reset" or begun


@pytest.mark.parametrize("seed", range(25))
def test_in_a_wide_network_it_stops_before_a_weight_moves(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a link looks at its own numbers and those of its ends; every other step at all."""
    monkeypatch.setattr(lernpy.watch.slow, "WIDE", 0)
    network, chance = some_network(seed), random.Random(seed)
    inputs, targets = some_samples(network, seed, 2)
    twin = network.copy()
    for _ in slow_motion(network, inputs, targets):
        pass
    for row in zip(inputs, targets, strict=True):
        twin.learn(*row)
    assert values(network) == values(twin)
    lesson = slow_motion(network, inputs, targets)
    if is_spoilt(lesson, network, inputs, targets, chance):
        with pytest.raises(LernpyError, match="another lesson in the middle of this one"):
            for step in lesson:
                assert step.phase != "update"


def test_the_frame_of_a_lesson_that_is_over_stays_its_own() -> None:
    network = lernpy.build.by_hand()
    stepper = Stepper(network, [1], [1])
    while stepper.next():
        pass
    output = stepper.frame.output.tolist()
    network.learn([0.2], [0])
    learned = every_number(network)
    assert stepper.frame.output.tolist() == output
    assert every_number(network) == learned  # looking does not lead the network back
    assert len(stepper.trace.edits) == 3


def test_two_steppers_of_one_network_take_turns() -> None:
    network = lernpy.build.two_two_two()
    one, other = (Stepper(network, x, [0.01, 0.99]) for x in ([0.05, 0.1], [1.0, 0.5]))
    alone = [Stepper(network.copy(), x, [0.01, 0.99]) for x in ([0.05, 0.1], [1.0, 0.5])]
    for _ in range(41):  # up to the update
        for stepper, twin in zip((one, other), alone, strict=True):
            assert stepper.next().after == twin.next().after  # type: ignore[union-attr]
    assert "another lesson" in one.next().sentence  # type: ignore[union-attr]


@pytest.mark.parametrize("level", ["link", "neuron", "generation", "phase", "sample"])
@pytest.mark.parametrize("steps", [3, 9, 23, 43])
def test_it_is_said_in_every_move_and_in_every_form(steps: int, level: str) -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    stepper = Stepper(network, [0.3, 0.7], [1])
    for _ in range(steps):
        stepper.next()
    network.learn([0.5, 0.1], [0])
    step = stepper.next(level)
    assert step is not None
    screen = screen_text(stepper.trace, 400, 60, level=level).text()
    for text in (str(step), step.sentence, step.text, step.html, screen):
        assert text.count("Meanwhile the network was used otherwise") == 1
    if after := stepper.next():
        assert "Meanwhile" not in str(after)


def test_looking_twice_at_what_came_between_says_it_once() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    stepper = Stepper(network, [0.3, 0.7], [1])
    stepper.run_to("phase=cost")
    network.feed([1, 1])
    assert stepper.frame.loss == stepper.frame.loss
    assert "Meanwhile" in str(stepper.step)
    assert "Meanwhile" not in str(stepper.next())


def test_a_loss_is_that_of_the_moment() -> None:
    stepper = Stepper(lernpy.build.by_hand(), [1], [1])
    assert stepper.loss is None
    stepper.run_to("phase=cost")
    assert round(stepper.loss or 0, 4) == 0.2202
    stepper.back()
    assert stepper.loss is stepper.frame.loss is None


def test_a_new_lesson_has_no_remark_about_the_one_before() -> None:
    network = lernpy.build.by_hand()
    trace = Trace(network)
    trace.begin(slow_motion(network, [1], [1]))
    for _ in range(5):
        trace.forward()
    network.learn([0.5], [0])
    assert trace.frame.loss is None  # it is noticed here
    trace.extend(slow_motion(network, [1], [1]))
    assert all("another lesson" not in step.sentence for step in trace.steps(5))
    trace.goto(6)
    assert "another lesson" not in trace.step.sentence  # type: ignore[union-attr]
