"""Parts with a class of the user's own: the objects run them, and whatever stands for the objects refuses."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import lernpy
from lernpy import Link, Network, Neuron, Weight, subclasses
from lernpy.engine import make
from lernpy.errors import LernpyError
from lernpy.functions import activations
from lernpy.group import Group
from lernpy.interop.exporting import export

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)
SAID = "h1 -> y1 has a backpropagate of its own (FeedbackLink); only engine='graph' runs it"


class FeedbackLink(Link):
    """Hands blame back through another weight than the one that carried the value."""

    __slots__ = ("feedback", "lessons")

    def __init__(self, *ends: object, feedback: Weight) -> None:
        super().__init__(*ends)  # type: ignore[arg-type]
        self.feedback, self.lessons = feedback, 0

    def backpropagate(self) -> None:
        delta = self.output_neuron.delta
        self.blame = self.feedback.value * delta
        self.input_neuron.submit_sensitivity(self.blame)
        self.weight.submit_sensitivity(self.input_neuron.output * delta)
        self.lessons += 1


def feedback_net(value: float = 0.75, **how: object) -> Network:
    """2-2-1; the links to y1 hand blame back through one weight that does not learn."""
    plain = lernpy.layered([2, 2, 1], seed=3)
    shared = Weight(value)
    links = [
        FeedbackLink(link.input_neuron, link.output_neuron, link.weight, feedback=shared)
        if link.name in ("h1 -> y1", "h2 -> y1")
        else link
        for link in plain.links.values()
    ]
    return Network(plain.neurons.values(), links, plain.inputs, plain.outputs, **how)  # type: ignore[arg-type]


def values(network: Network) -> list[float]:
    return [weight.value for weight in network.weights]


def test_learning_goes_through_the_other_weight() -> None:
    network, ours = feedback_net(), lernpy.layered([2, 2, 1], seed=3)
    assert network.learn([0, 1], [1]) == ours.learn([0, 1], [1])
    y1, h1 = network.neurons["y1"], network.neurons["h1"]
    assert h1.sensitivity == 0.75 * y1.delta
    assert values(network) != values(ours)


def test_a_copy_lives_on_its_own() -> None:
    network = feedback_net()
    twin = network.copy()
    link, other = network.links["h1", "y1"], twin.links["h1", "y1"]
    assert type(other) is FeedbackLink and other.weight is not link.weight
    assert other.feedback is not link.feedback
    assert other.feedback is twin.links["h2", "y1"].feedback  # shared stays shared
    assert other.input_neuron is twin.neurons["h1"]

    network.learn([0, 1], [1])
    assert link.lessons == 1 and other.lessons == 0
    twin.learn([0, 1], [1])
    assert values(twin) == values(network)


def test_a_copy_names_its_own_parts() -> None:
    """What a class of the user's keeps may name other parts: the twin names their twins."""

    class Watching(Neuron):  # with a __dict__
        pass

    x, y = Neuron("x"), Watching("y")
    link = Link(x, y, Weight(0.5))
    y.seen = [x, {"link": link, "weight": link.weight}]
    twin = Network([x, y], [link], [x], [y]).copy()
    seen = twin.neurons["y"].seen
    assert type(twin.neurons["y"]) is Watching
    assert seen[0] is twin.neurons["x"]
    assert seen[1] == {"link": twin.links["x", "y"], "weight": twin.weights[0]}


def test_a_copy_keeps_the_class_of_every_kind() -> None:
    class Half(Weight):
        __slots__ = ()

    class Calm(Group):
        pass

    class Teaching(Network):
        pass

    x, a, b = Neuron("x"), Neuron("a"), Neuron("b")
    group = Calm([a, b])
    links = [Link(x, a, Half(0.5)), Link(x, b, Weight(0.25))]
    twin = Teaching([x, a, b], links, [x], [a, b]).copy()
    assert type(twin) is Teaching and type(twin.weights[0]) is Half
    assert type(twin.groups[0]) is Calm and twin.groups[0] is not group
    assert twin.groups[0].members == (twin.neurons["a"], twin.neurons["b"])
    assert twin.neurons["a"].activation is twin.groups[0]


@pytest.mark.parametrize("size", [1, 3])
def test_the_engine_graph_learns_as_the_objects_do(size: int) -> None:
    network = feedback_net(optimizer="momentum")
    twin = network.copy()
    engine = make(twin, "graph")
    losses = engine.learn_epochs(*XOR, np.arange(4)[None], size, [0.3])
    means = []
    for first in range(0, 4, size):
        batch = slice(first, first + size)
        means.append(network.learn_batch(XOR[0][batch], XOR[1][batch], rate=0.3))
    assert values(twin) == values(feedback_net())  # it runs ahead until it is stored

    engine.store()
    assert values(twin) == values(network)
    assert twin.links["h1", "y1"].lessons == network.links["h1", "y1"].lessons == 4
    if size == 1:
        assert losses[0] == sum(means) / 4


def test_auto_takes_the_graph_and_says_why() -> None:
    network = feedback_net()
    expected = network.copy()
    history = lernpy.train(network, XOR, 3, batch_size=1, shuffle=False, engine="auto")
    for _ in range(3):
        for x, t in zip(*XOR, strict=True):
            expected.learn(x, t)
    assert values(network) == values(expected)
    assert history.explanation == (
        "graph, the objects themselves, as h1 -> y1 has a backpropagate of its own "
        "(FeedbackLink): 9 weights"
    )
    assert lernpy.predict(network, XOR[0]).outputs.tolist() == network.predict(XOR[0]).tolist()


def test_a_run_that_blows_up_keeps_the_last_good_weights() -> None:
    network = feedback_net()
    for name in ("h1", "h2", "y1"):
        network.neurons[name].activation = activations.get("identity")
    with pytest.raises(LernpyError, match="are kept"):
        lernpy.train(network, XOR, 500, batch_size=1, engine="graph", learning_rate=50.0, seed=0)
    assert np.isfinite(values(network)).all()


@pytest.mark.parametrize("name", ["python", "numpy", *(["jit"] if find_spec("numba") else [])])
def test_every_other_engine_refuses_by_name(name: str) -> None:
    with pytest.raises(LernpyError) as error:
        make(feedback_net(), name)
    assert str(error.value) == SAID


def test_an_engine_refuses_what_became_anothers_class() -> None:
    network = lernpy.layered([2, 2, 1], seed=3)
    engine = make(network, "numpy")
    link = network.links["h1", "y1"]
    network.prune(link)
    own = FeedbackLink(link.input_neuron, link.output_neuron, link.weight, feedback=Weight(0.75))
    network._wire(list(network.neurons.values()), [*network.links.values(), own])
    with pytest.raises(LernpyError, match="FeedbackLink"):
        engine.load()


def test_files_parity_and_many_nets_refuse_by_name() -> None:
    network = feedback_net()
    named = r"^h1 -> y1 has a backpropagate of its own \(FeedbackLink\); "
    with pytest.raises(LernpyError, match=named + "a file holds only lernpy's own classes"):
        lernpy.save(network, "net.json")
    with pytest.raises(LernpyError, match=named + "only engine='graph' runs it, so there is"):
        lernpy.check_parity(network, *XOR)
    with pytest.raises(LernpyError, match=named + "train such networks one by one"):
        lernpy.train_many(lambda seed: feedback_net(), XOR, range(2), epochs=1, engine="numpy")
    with pytest.raises(LernpyError, match=named + "a trace file"):
        lernpy.Trace.record(lernpy.slow_motion(network, [0, 1], [1])).save("trace.json")


def test_each_kind_is_named() -> None:
    class Loud(Neuron):
        def propagate(self) -> None:
            self.output = 2 * self.total_input

    class Stubborn(Weight):
        def update(self, *step: object) -> None:
            pass

    class Plain(Link):
        colour = "red"

    def net(neuron: type = Neuron, weight: type = Weight, link: type = Link) -> Network:
        x, y = Neuron("x"), neuron("y")
        return Network([x, y], [link(x, y, weight(0.5))], [x], [y])

    assert subclasses.described(net()) == ""
    assert subclasses.described(net(neuron=Loud)) == "y has a propagate of its own (Loud)"
    assert subclasses.described(net(weight=Stubborn)) == (
        "the weight of x -> y has an update of its own (Stubborn)"
    )
    assert subclasses.described(net(link=Plain)) == "x -> y has a class of its own (Plain)"


# ---- the network's own class ---------------------------------------------------------------------


class Contrary(Network):
    """Wants the opposite of each target, and counts what it was told."""

    def expect(self, targets: object, sample_weight: float = 1.0) -> float:
        self.told = getattr(self, "told", 0) + 1
        return super().expect([1.0 - t for t in targets], sample_weight)  # type: ignore[attr-defined]


def of_class(kind: type[Network]) -> Network:
    plain = lernpy.layered([2, 2, 1], seed=3)
    return kind(plain.neurons.values(), plain.links.values(), plain.inputs, plain.outputs)


def test_a_networks_own_class_is_learned_by_the_objects_and_refused_by_all_else() -> None:
    network, expected = of_class(Contrary), lernpy.layered([2, 2, 1], seed=3)
    history = lernpy.train(network, XOR, 3, batch_size=1, shuffle=False)
    lernpy.train(expected, (XOR[0], 1 - XOR[1]), 3, batch_size=1, shuffle=False, engine="graph")
    assert values(network) == values(expected)
    said = "the network has an expect of its own (Contrary)"
    assert history.explanation == f"graph, the objects themselves, as {said}: 9 weights"
    for name in ("python", "numpy", *(["jit"] if find_spec("numba") else [])):
        with pytest.raises(LernpyError) as error:
            make(network, name)
        assert str(error.value) == f"{said}; only engine='graph' runs it"
    for refused in (
        lambda: lernpy.save(network, "net.json"),
        lambda: lernpy.check_parity(network, *XOR),
        lambda: lernpy.train_many(lambda seed: network, XOR, range(2), epochs=1),
        lambda: lernpy.from_networkx(lernpy.to_networkx(network)),
    ):
        with pytest.raises(LernpyError) as error:
            refused()
        assert str(error.value).startswith(said)
    assert f"{said}." in lernpy.explain(network).text


def test_what_a_network_of_its_own_class_keeps_is_copied_and_goes_back() -> None:
    network = of_class(Contrary)
    network.seen = [network.neurons["h1"], network]
    network.learn([0, 1], [1])
    twin = network.copy()
    assert type(twin) is Contrary and twin.told == 1
    assert twin.seen == [twin.neurons["h1"], twin]
    trace = lernpy.Trace.record(lernpy.slow_motion(network, *XOR))
    assert network.told == 5
    trace.goto(0)
    assert network.told == 1


def test_slow_motion_claims_no_formula_for_a_verb_of_the_network() -> None:
    network, twin = of_class(Contrary), of_class(Contrary)
    steps = {step.phase: step for step in lernpy.slow_motion(network, [0, 1], [1])}
    twin.learn([0, 1], [1])
    assert values(network) == values(twin)
    (view,) = steps["cost"].views
    assert view.sentence == "The network has an expect of its own (Contrary)."
    assert "loss = not yet → " in view.numbers.text
    assert steps["update"].views[0].name != "own rule"


def test_a_lesson_of_the_networks_own_is_not_passed_over() -> None:
    class Idle(Network):
        def learn(self, inputs: object, targets: object) -> float:
            return 0.0

    network = of_class(Idle)
    said = r"^the network has a learn of its own \(Idle\), which "
    with pytest.raises(LernpyError, match=said + "training does not call"):
        lernpy.train(network, XOR, 1)
    with pytest.raises(LernpyError, match=said + "slow motion does not call"):
        lernpy.slow_motion(network, [0, 1], [1])
    assert lernpy.predict(network, XOR[0]).outputs.shape == (4, 1)


def test_a_cell_of_its_own_class_is_not_unrolled_into_a_plain_network() -> None:
    class Own(Network):
        pass

    with pytest.raises(LernpyError, match=r"^the cell has a class of its own \(Own\)"):
        lernpy.unroll(of_class(Own), 2, state={"x1": "h1"})


def test_what_a_graph_leaves_behind_is_said(tmp_path: Path) -> None:
    for kind in ("graphml", "dot", "mmd", "cyjs"):
        exported = export(feedback_net(), tmp_path / f"net.{kind}")
        assert exported.left == ["that h1 -> y1 has a backpropagate of its own (FeedbackLink)"]
        assert export(lernpy.layered([2, 1], seed=0), tmp_path / f"net.{kind}").left == []
    with pytest.raises(LernpyError, match=r"^h1 -> y1 has a backpropagate of its own"):
        lernpy.from_networkx(lernpy.to_networkx(feedback_net()))
    assert "h2 -> y1 has a backpropagate of its own" in lernpy.explain(feedback_net()).text


# ---- watching -----------------------------------------------------------------------------------


def test_slow_motion_follows_and_claims_no_formula() -> None:
    network = feedback_net()
    twin = network.copy()
    steps = list(lernpy.slow_motion(network, [0, 1], [1]))
    twin.learn([0, 1], [1])
    assert values(network) == values(twin)

    (step,) = (s for s in steps if s.phase == "backward" and s.name == "h1 -> y1")
    (view,) = step.views
    assert view.sentence == "h1 -> y1 has a backpropagate of its own (FeedbackLink)."
    assert view.symbols.text == ""
    assert "blame = not yet → " in view.numbers.text
    assert step.after["blame"] == 0.75 * network.neurons["y1"].delta
    (carried,) = (s for s in steps if s.phase == "forward" and s.name == "h1 -> y1")
    assert [view.name for view in carried.views] == ["carries"]  # that verb is ours
    (collected,) = (s for s in steps if s.phase == "backward" and s.name == "h1")
    assert [view.name for view in collected.views] == ["collects", "turns"]


def test_what_a_weight_of_its_own_keeps_is_not_narrated_as_ours() -> None:
    class Double(Weight):
        def submit_sensitivity(self, sensitivity: float) -> None:
            super().submit_sensitivity(2 * sensitivity)

    x, y = Neuron("x"), Neuron("y")
    network = Network([x, y], [Link(x, y, Double(0.5))], [x], [y])
    steps = lernpy.slow_motion(network, [1], [1])
    (step,) = (s for s in steps if (s.name, s.phase) == ("x -> y", "backward"))
    (view,) = step.views
    assert "gradient = not yet → -1" in str(step)
    assert view.sentence == "The weight of x -> y has a submit_sensitivity of its own (Double)."


def test_a_sum_that_is_not_its_links_is_not_narrated_as_one() -> None:
    class Loud(Link):
        def propagate(self) -> None:
            super().propagate()
            self.output_neuron.input(1.0)

        def backpropagate(self) -> None:
            super().backpropagate()
            self.input_neuron.submit_sensitivity(1.0)

    x, h, y = Neuron("x"), Neuron("h"), Neuron("y")
    links = [Loud(x, h, Weight(0.5)), Loud(h, y, Weight(0.5))]
    network = Network([x, h, y], links, [x], [y])
    steps = list(lernpy.slow_motion(network, [1], [1]))
    told = {(s.phase, s.name): [view.name for view in s.views] for s in steps}
    assert told["forward", "h"] == told["forward", "y"] == told["backward", "h"] == ["own rule"]
    assert told["forward", "x"] == ["activates"]
    assert told["backward", "y"] == ["collects", "turns"]


def test_a_weight_with_an_update_of_its_own() -> None:
    class Stubborn(Weight):
        def update(self, *step: object) -> None:
            self.value += 1.0

    x, y = Neuron("x"), Neuron("y")
    network = Network([x, y], [Link(x, y, Stubborn(0.5))], [x], [y])
    *_, step = lernpy.slow_motion(network, [1], [1])
    assert network.weights[0].value == 1.5
    assert step.views[0].symbols.text == ""
    assert "a weight has an update of its own (Stubborn)" in step.views[0].sentence


def test_a_trace_goes_back_and_forth() -> None:
    """Numbers that a class of the user's own keeps go back, too, and come again."""
    network = feedback_net()
    trace = lernpy.Trace.record(lernpy.slow_motion(network, *XOR, epochs=2))
    end, link = values(network), network.links["h1", "y1"]
    feedback = link.feedback
    assert link.lessons == 8

    trace.goto(0)
    assert values(network) == values(feedback_net()) and link.lessons == 0
    trace.goto(len(trace))
    assert values(network) == end and link.lessons == 8
    trace.goto(0)
    assert link.feedback is feedback
    feedback.value = -1.0  # an edit: it holds from here on
    trace.extend(lernpy.slow_motion(network, *XOR))
    expected = feedback_net(-1.0)
    for x, t in zip(*XOR, strict=True):
        expected.learn(x, t)
    assert values(network) == values(expected)
    assert trace.edits == []  # on the first position it is simply the start


def test_an_edit_of_ones_own_number_is_an_edit() -> None:
    network = feedback_net()
    trace = lernpy.Trace.record(lernpy.slow_motion(network, *XOR))
    trace.goto(6)
    network.links["h2", "y1"].feedback.value = 0.5
    assert {(edit.at, edit.name, edit.value) for edit in trace.edits} == {(6, "feedback", 0.5)}
