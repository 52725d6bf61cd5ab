"""Laws of slow motion and traces, over random networks and random walks."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from recorded import every_number
from strategies import OPTIMIZERS, networks, samples

from lernpy import Network, Trace, slow_motion
from lernpy.watch import LEVELS, Step
from lernpy.weight import Rule

calm = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@st.composite
def lessons(draw: st.DrawFn) -> tuple[Network, np.ndarray, np.ndarray]:
    network = draw(networks(optimizers=OPTIMIZERS))
    return (network, *draw(samples(network, most=3)))


@calm
@given(lessons())
def test_slow_motion_leaves_exactly_what_learn_leaves(lesson: Any) -> None:
    network, inputs, targets = lesson
    twin = network.copy()
    for _ in slow_motion(network, inputs, targets):
        pass
    for x, t in zip(inputs, targets, strict=True):
        twin.learn(x, t)
    assert every_number(network) == every_number(twin)


@calm
@given(lessons(), st.integers(1, 4), st.integers(1, 2))
def test_slow_batches_leave_exactly_what_batches_leave(lesson: Any, size: int, epochs: int) -> None:
    network, inputs, targets = lesson
    twin = network.copy()
    for _ in slow_motion(network, inputs, targets, batch_size=size, epochs=epochs):
        pass
    for _ in range(epochs):
        for start in range(0, len(inputs), size):
            twin.learn_batch(inputs[start : start + size], targets[start : start + size])
    assert every_number(network) == every_number(twin)


def by_hand(twin: Network, network: Network, step: Step, trace: Trace, fresh: bool) -> None:
    """Do on a twin what a step says that it did."""
    sample = trace.recording().timeline.samples[step.sample]
    if step.phase == "reset":
        if fresh:
            twin.samples = 0
        twin.reset()
    elif step.phase == "feed":
        twin.feed(sample.inputs)
    elif step.phase == "cost":
        twin.expect(sample.targets)
    elif step.phase == "update":
        twin.update()
    else:
        part = twin.order[network.order.index(step.part)]  # type: ignore[arg-type]
        part.propagate() if step.phase == "forward" else part.backpropagate()


class Walk(RuleBasedStateMachine):
    """Move, change things, record more; every moment comes back as it was left."""

    @initialize(lesson=lessons(), batch=st.sampled_from([None, 2]))
    def start(self, lesson: Any, batch: int | None) -> None:
        self.network, self.inputs, self.targets = lesson
        self.trace = Trace(self.network)
        self.trace.begin(slow_motion(self.network, self.inputs, self.targets, batch_size=batch))
        self.moments = [every_number(self.network)]

    @precondition(lambda self: self.trace.cursor < len(self.trace.recording().timeline))
    @rule(times=st.integers(1, 12))
    def forward(self, times: int) -> None:
        for _ in range(times):
            self._one_step()

    def _one_step(self) -> None:
        twin, position = self.network.copy(), self.trace.cursor
        timeline = self.trace.recording().timeline
        if position == len(timeline):
            return
        fresh = timeline.samples[timeline.locate(position).sample].fresh
        step = self.trace.forward()
        assert step is not None and step.index == position + 1 == self.trace.cursor
        if position + 1 < len(self.moments):
            return  # known ground: the invariant compares
        by_hand(twin, self.network, step, self.trace, fresh)
        self.moments.append(every_number(twin))

    @rule(level=st.sampled_from(LEVELS))
    def back(self, level: str) -> None:
        self.trace.back(level)

    @rule(share=st.floats(0, 1))
    def goto(self, share: float) -> None:
        self.trace.goto(round(share * (len(self.moments) - 1)))

    @rule(place=st.integers(0, 99), value=st.floats(-2, 2))
    def change_a_weight(self, place: int, value: float) -> None:
        weight = self.network.weights[place % len(self.network.weights)]
        assume(weight.value != value)
        weight.value = value
        self._changed()

    @rule(place=st.integers(0, 99), rate=st.sampled_from([0.0, 0.5, 3.0]))
    def change_a_rule(self, place: int, rate: float) -> None:
        weight = self.network.weights[place % len(self.network.weights)]
        new = Rule(frozen=not weight.frozen, rate=rate, high=weight.value + 1)
        assume(new != weight.rule)
        weight.rule = new
        self._changed()

    @rule(name=st.sampled_from(OPTIMIZERS), rate=st.floats(0, 0.5))
    def change_how_it_learns(self, name: str, rate: float) -> None:
        before = every_number(self.network)
        self.network.optimizer = name
        self.network.learning_rate = rate
        assume(every_number(self.network) != before)
        self._changed()

    def _changed(self) -> None:
        del self.moments[self.trace.cursor :]
        self.moments.append(every_number(self.network))

    @rule(batch=st.sampled_from([None, 1, 3]))
    def another_lesson(self, batch: int | None) -> None:
        assume(len(self.moments) < 400)
        lesson = slow_motion(self.network, self.inputs, self.targets, batch_size=batch)
        self.trace.begin(lesson)
        del self.moments[self.trace.cursor + 1 :]

    @rule()
    def through_a_file(self) -> None:
        assume(len(self.moments) > 1)
        assume(np.isfinite(self.trace.recording().first().weights).all())
        loaded = Trace.from_json(self.trace.to_json(dtype="float64"))
        assert len(loaded) == len(self.trace) == len(self.moments) - 1
        recording = loaded.recording()
        for position in range(1, len(self.moments), 7):
            recording.seek(position)
            assert every_number(recording.network) == self.moments[position]

    @invariant()
    def the_network_is_where_the_cursor_is(self) -> None:
        if hasattr(self, "trace"):
            assert every_number(self.network) == self.moments[self.trace.cursor]


Walk.TestCase.settings = settings(
    deadline=None, max_examples=60, stateful_step_count=25, suppress_health_check=list(HealthCheck)
)
TestWalk = Walk.TestCase
