"""A trace brings every moment back, to the last bit."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator

import numpy as np
import pytest
from recorded import every_number, some_network, some_samples

import lernpy
from lernpy import LernpyError, Network, Trace, slow_motion
from lernpy.watch import LEVELS, Step
from lernpy.watch.narration.spans import as_one


def moments(network: Network, inputs: np.ndarray, targets: np.ndarray, **how: int) -> list[dict]:
    """All numbers at every position of these lessons, done on a twin."""
    twin = network.copy()
    return [
        every_number(twin),
        *(every_number(twin) for _ in slow_motion(twin, inputs, targets, **how)),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_random_walk_finds_every_number_again(seed: int) -> None:
    network = some_network(seed)
    inputs, targets = some_samples(network, seed, 3)
    network.learn(inputs[0], targets[0])  # it has a past, the optimiser remembers something
    right = moments(network, inputs, targets)
    trace = Trace.record(slow_motion(network, inputs, targets))
    assert len(trace) == len(right) - 1
    assert every_number(network) == right[-1]
    rng = random.Random(seed)
    for _ in range(60):
        move = rng.choice(["forward", "back", "goto", "level"])
        if move == "forward":
            trace.forward()
        elif move == "back":
            trace.back()
        elif move == "goto":
            trace.goto(rng.randrange(len(trace) + 1))
        else:
            rng.choice([trace.forward, trace.back])(rng.choice(LEVELS))
        assert every_number(network) == right[trace.cursor]


def test_batches_and_rprop_and_adam_come_back_too() -> None:
    for seed in (5, 6, 12, 13):
        network = some_network(seed)
        inputs, targets = some_samples(network, seed, 4)
        right = moments(network, inputs, targets, batch_size=3, epochs=2)
        trace = Trace.record(slow_motion(network, inputs, targets, batch_size=3, epochs=2))
        for position in random.Random(seed).sample(range(len(right)), 40):
            trace.goto(position)
            assert every_number(network) == right[position]


def test_several_lessons_follow_each_other_in_one_trace() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    after_one = every_number(network)
    trace.extend(slow_motion(network, [0.5], [0]))
    assert (trace.samples, len(trace)) == (2, 36)
    trace.goto(18)
    assert every_number(network) == after_one
    assert [round(loss or 0, 4) for loss in trace.losses] == [0.2202, 0.0616]


def test_an_edit_after_back_discards_the_future_and_the_lesson_goes_on_with_it() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    trace.goto(5)
    network.links["h", "y"].weight.value = 3.0
    step = trace.forward("phase")
    assert step is not None and step.phase == "forward"
    assert len(trace) == trace.cursor == 9
    h, y = network.neurons["h"], network.neurons["y"]
    assert y.total_input == 3.0 * h.output
    trace.goto(18)
    assert len(trace) == 18
    twin = lernpy.build.by_hand()
    twin.links["h", "y"].weight.value = 3.0
    twin.learn([1], [1])
    assert every_number(network) == every_number(twin)
    trace.goto(4)
    assert network.links["h", "y"].weight.value == -1.0
    trace.goto(5)
    assert network.links["h", "y"].weight.value == 3.0
    assert [(e.at, e.what, e.which, e.name, e.value) for e in trace.edits] == [
        (5, "weight", 2, "value", 3.0)
    ]


def test_looking_only_discards_nothing() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    trace.goto(5)
    assert trace.step is not None
    assert trace.frame.loss is None
    list(trace.steps())
    trace.forward()
    assert (len(trace), trace.cursor) == (18, 6)


def test_freezing_a_rate_or_a_target_after_back_holds_too() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    trace.goto(3)
    network.weights[0].freeze()
    network.learning_rate = 0.7
    trace.targets = [0]
    assert len(trace) == 3
    trace.goto(18)
    twin = lernpy.build.by_hand()
    twin.weights[0].freeze()
    twin.learning_rate = 0.7
    twin.learn([1], [0])
    assert every_number(network) == every_number(twin)
    with pytest.raises(LernpyError, match="already used"):
        trace.targets = [1]
    trace.goto(0)
    assert network.learning_rate == 0.1
    assert not network.weights[0].frozen


@pytest.mark.parametrize("seed", range(25))
def test_edits_by_a_watcher_between_steps_are_part_of_the_record(seed: int) -> None:
    """A loop that changes things while the steps come by; every moment comes back as it was left."""
    network = some_network(seed)
    inputs, targets = some_samples(network, seed, 2)
    seen: list[dict] = [every_number(network)]

    def meddling(lesson: Iterator[Step]) -> Iterator[Step]:
        rng = random.Random(seed)
        for step in lesson:
            if rng.random() < 0.1:
                weight = rng.choice(network.weights)
                weight.value += rng.choice([0.5, -1.0])
            if rng.random() < 0.05:
                rng.choice(network.weights).freeze()
            if rng.random() < 0.03:
                network.learning_rate = rng.random()
            seen.append(every_number(network))
            yield step

    trace = Trace.record(meddling(slow_motion(network, inputs, targets)))
    assert len(trace) == len(seen) - 1
    for position in random.Random(seed).sample(range(len(seen)), min(40, len(seen))):
        trace.goto(position)
        assert every_number(network) == seen[position], position


def test_stepping_by_hand_and_the_trace_share_the_lesson() -> None:
    network = lernpy.build.by_hand()
    lesson = slow_motion(network, [1], [1])
    trace = Trace(network)
    trace.begin(lesson)
    next(lesson)
    next(lesson)
    assert trace.cursor == len(trace) == 2
    trace.back()
    assert next(lesson).phase == "feed"
    assert len(list(lesson)) == 16
    assert trace.cursor == 18


def test_levels_stop_where_they_should_and_back_mirrors_forward() -> None:
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [[0.05, 0.1]] * 2, [[0.01, 0.99]] * 2, epochs=2))
    assert trace.stops("sample") == [0, 42, 84, 126, 168]
    assert trace.stops("epoch") == [0, 84, 168]
    assert trace.stops("phase")[:8] == [0, 1, 2, 21, 22, 41, 42, 43]
    assert trace.stops("generation")[:10] == [0, 1, 2, 13, 19, 21, 22, 24, 30, 41]
    for level in LEVELS:
        trace.goto(0)
        stops = [0]
        while trace.forward(level):
            stops.append(trace.cursor)
        assert stops == trace.stops(level)
        back = [trace.cursor]
        while trace.back(level):
            back.append(trace.cursor)
        assert [*back, 0] == stops[::-1]
    assert trace.stops("link") == list(range(169))


@pytest.mark.parametrize("seed", range(20))
def test_a_generation_of_any_network_ends_where_its_last_link_ends(seed: int) -> None:
    network = some_network(seed)
    trace = Trace.record(slow_motion(network, *(a[0] for a in some_samples(network, seed))))
    size, place = len(network.order), {}
    for number, units in enumerate(network.generations):
        for unit in units:
            for member in getattr(unit, "members", [unit]):
                place[member] = number

    def generation(part: object) -> int:
        neuron = getattr(part, "input_neuron", part)
        return place[getattr(neuron, "members", [neuron])[0]]

    forward = [p + 3 for p in range(size - 1)
               if generation(network.order[p]) != generation(network.order[p + 1])]  # fmt: skip
    back = [2 * size + 3 - p + 2 for p in forward]
    wanted = sorted([0, 1, 2, *forward, size + 2, size + 3, *back, 2 * size + 3, 2 * size + 4])
    assert trace.stops("generation") == wanted


def test_breakpoints_stop_where_they_say() -> None:
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [[0.05, 0.1]] * 2, [[0.01, 0.99]] * 2))
    trace.goto(0)
    found = trace.until("h1")
    assert found is not None and (found.phase, found.name) == ("forward", "h1")
    assert trace.until("phase=backward").name == "y2"  # type: ignore[union-attr]
    assert trace.until("h2->y1").index == 26  # type: ignore[union-attr]
    assert trace.until("delta<0.009").name == "h1"  # type: ignore[union-attr]
    assert trace.until(lambda step: step.phase == "update").index == 42  # type: ignore[union-attr]
    assert trace.until("phase=cost", back=True).index == 22  # type: ignore[union-attr]
    assert trace.until("nan") is None
    assert trace.cursor == len(trace)
    assert trace.until("nan", back=True) is None
    with pytest.raises(LernpyError, match="Did you mean 'h1'"):
        trace.until("h11")
    with pytest.raises(LernpyError, match="'x' is not a number"):
        trace.until("delta<x")
    with pytest.raises(LernpyError, match="a condition is a text or a function"):
        trace.until(3)  # type: ignore[arg-type]


def test_blame_that_flips_its_sign_saturation_a_rising_loss_and_nan_are_found() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    trace.goto(0)
    flip = trace.until("sign-flip")
    assert flip is not None and flip.name == "h -> y"
    network.links["x", "h"].weight.value = 40.0
    trace.extend(slow_motion(network, [1], [1]))
    saturated = trace.until("slope<0.01", back=True)
    assert saturated is not None and saturated.name == "h"
    network.learning_rate = 50.0
    network.links["x", "h"].weight.value = 0.5
    trace.extend(slow_motion(network, [[1], [1], [1]], [[1], [0], [1]]))
    rose = trace.until("loss-rose", back=True)
    assert rose is None or rose.sample >= 1
    network.weights[0].value = float("nan")
    trace.extend(slow_motion(network, [1], [1]))
    assert trace.until("nan", back=True) is not None
    trace.goto(-2)
    network.learning_rate = 0.1


def test_a_loss_that_rose_is_compared_with_the_same_sample() -> None:
    network = lernpy.from_edges([("x", "y", 0.0)], ["x"], ["y"], activation="identity")
    network.learning_rate = 2.5  # too large: x = 1 overshoots further each time
    trace = Trace.record(slow_motion(network, [[0.1], [1]], [[0], [1]], epochs=3))
    trace.goto(0)
    rose = trace.until("loss-rose")
    assert rose is not None
    assert rose.sample == 2
    assert rose.facts["earlier"] == trace.losses[0]


def test_a_trace_whose_network_is_gone_moves_only_its_cursor() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    right = trace.frame.output.tolist()
    del network
    gc.collect()
    assert trace.network is None
    trace.goto(0)
    assert np.isnan(trace.frame.output).all()
    trace.goto(-1)
    assert trace.frame.output.tolist() == right


def test_a_step_of_a_trace_belongs_to_the_network_that_is_there() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    trace.goto(7)
    assert trace.step is not None
    assert trace.step.part is network.neurons["h"]
    assert trace.forward().part is network.links["h", "y"]  # type: ignore[union-attr]
    trace.goto(1)
    assert trace.step.part is network


def test_what_is_not_possible_says_so() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    with pytest.raises(LernpyError, match="the trace has 18 steps; there is no position 19"):
        trace.goto(19)
    with pytest.raises(LernpyError, match=r"no such move: 'layer'\. Known: link, neuron"):
        trace.forward("layer") if trace.cursor < 18 else trace.back("layer")
    with pytest.raises(LernpyError, match="lessons of one network"):
        trace.extend(slow_motion(lernpy.build.by_hand(), [1], [1]))
    with pytest.raises(LernpyError, match="there is no step to record"):
        Trace.record(iter([]))
    lesson = slow_motion(network, [1], [1])
    for _ in range(5):
        next(lesson)
    network.neurons["h"].total_input = 7.0
    with pytest.raises(LernpyError, match="5 steps of this lesson were done before"):
        Trace.record(lesson)
    network.connect("x", "y", 1.0)
    with pytest.raises(LernpyError, match="the wiring of the network changed"):
        trace.goto(0)


def test_steps_that_were_done_before_are_recorded_too() -> None:
    network = lernpy.build.two_two_two()
    right = moments(network, np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]))
    steps = list(slow_motion(network, [0.05, 0.1], [0.01, 0.99]))
    trace = Trace.record(steps)
    assert (len(trace), trace.cursor) == (42, 42)
    for position in (30, 0, 17, 42):
        trace.goto(position)
        assert every_number(network) == right[position]
    lesson = slow_motion(network, [0.05, 0.1], [0.01, 0.99])
    for _ in range(7):
        next(lesson)
    trace.extend(lesson)
    assert (len(trace), trace.cursor) == (84, 84)


def test_another_activation_needs_another_trace() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    network.neurons["h"].activation = lernpy.activations.get("tanh")
    with pytest.raises(LernpyError, match="the activation of a neuron changed"):
        trace.back()


def test_a_trace_knows_the_image_and_the_classes_of_the_data() -> None:
    network = lernpy.layered([4, 2], seed=0)
    network.card = lernpy.Card.of(lernpy.Dataset.of(lernpy.data.load("xor")))
    trace = Trace(network)
    assert trace.classes == network.card.classes


def test_a_lesson_left_in_the_middle_is_followed_by_another() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    trace.goto(12)
    trace.extend(slow_motion(network, [0], [0]))
    assert len(trace) == 12 + 18
    trace.goto(12)
    assert trace.frame.loss is not None
    trace.forward()
    assert trace.step is not None and trace.step.phase == "reset"
    trace.goto(-1)
    assert trace.losses[0] is not None


def test_the_frame_knows_what_is_known() -> None:
    network = lernpy.build.by_hand()
    trace = Trace.record(slow_motion(network, [1], [1]))
    known = []
    for position in range(19):
        trace.goto(position)
        frame = trace.frame
        known.append(
            tuple(
                int(np.isfinite(getattr(frame, name)).sum())
                for name in ("total_input", "output", "signal", "sensitivity", "delta", "blame")
            )
        )
    assert known[0] == known[1] == (0, 0, 0, 0, 0, 0)
    assert known[2] == (1, 0, 0, 0, 0, 0)
    assert known[3] == (1, 1, 0, 0, 0, 0)
    assert known[4] == (1, 1, 1, 0, 0, 0)
    assert known[9] == (4, 4, 3, 0, 0, 0)
    assert known[10] == (4, 4, 3, 1, 0, 0)
    assert known[11] == (4, 4, 3, 1, 1, 0)
    assert known[12] == (4, 4, 3, 1, 1, 1)
    assert known[17] == known[18] == (4, 4, 3, 4, 4, 3)
    assert trace.frame.before is not None
    assert trace.frame.before.tolist() == [0.5, 0.25, -1.0]
    assert trace.frame.title == "update"


@pytest.mark.parametrize("level", ["link", "neuron", "generation", "phase", "sample", "epoch"])
def test_a_coarse_move_is_told_in_one_sentence_and_no_step_is_lost(level: str):
    """Stepper, terminal and lines tell the same; every step belongs to one move."""
    network = lernpy.layered([2, 3, 1], "tanh", seed=0)
    stepper = lernpy.Stepper(network, [0, 1], [1])
    told = []
    while (step := stepper.next(level)) is not None:
        told.append(step.line)
    trace = lernpy.Trace.record(lernpy.slow_motion(network.copy(), [0, 1], [1]))
    moves = list(trace.moves(level))

    assert [step.index for steps in moves for step in steps] == list(range(1, 45))
    assert len(told) == len(moves)
    screen = lernpy.Trace.record(
        lernpy.slow_motion(lernpy.layered([2, 3, 1], "tanh", seed=0), [0, 1], [1])
    )
    for steps, line in zip(moves, told, strict=True):
        assert as_one(steps).index == steps[-1].index
        screen.goto(steps[-1].index)
        assert screen.move(level).line == line
        if level != "link" and len(steps) > 1 and steps[0].phase == steps[-1].phase:
            assert len(as_one(steps).views) == 1


def test_what_has_no_use_for_blame_is_one_quiet_step_above_the_links():
    trace = lernpy.Trace.record(lernpy.slow_motion(lernpy.layered([2, 3, 1], seed=0), [0, 1], [1]))
    ends = {
        level: [as_one(steps) for steps in trace.moves(level) if steps[0].phase == "backward"][-1]
        for level in ("neuron", "generation")
    }
    for step in ends.values():
        assert step.views[0].quiet and step.views[0].sentence.startswith(
            "Blame arrives at x1, x2 and bias"
        )
