"""Rich display through IPython's formatters, the stepper, and what the buttons of `live` do."""

from __future__ import annotations

import builtins
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import notebook
from lernpy.errors import LernpyError
from lernpy.notebook.buttons import Buttons
from lernpy.watch import Trace, slow_motion

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    from IPython.core.interactiveshell import InteractiveShell

    made = InteractiveShell()
    made.display_formatter.active_types = ["text/plain", "text/html", "image/png"]
    notebook.register(made)
    yield made
    made.history_manager.end_session()


def shown() -> dict[str, Any]:
    network = lernpy.layered([2, 3, 1], activation="tanh", seed=0)
    trace = Trace.record(slow_motion(network, [0, 1], [1]), title="XOR")
    classes = lernpy.layered([2, 3], output_activation="softmax", seed=0)
    classes.answer([1, 2])
    return {
        "network": network,
        "neuron": network.neurons["h1"],
        "member": classes.neurons["y1"],
        "link": network.links["x2", "h1"],
        "group": classes.groups[0],
        "frame": trace.frame,
        "step": trace.step,
        "trace": trace,
        "history": lernpy.train(network, XOR, epochs=3, seed=0),
        "stepper": lernpy.Stepper(lernpy.build.by_hand(), [1], [1]),
    }


@pytest.mark.parametrize(
    "name",
    [
        "network",
        "neuron",
        "member",
        "link",
        "group",
        "frame",
        "step",
        "trace",
        "history",
        "stepper",
    ],
)
def test_everything_shows_itself_as_html_png_and_text(shell: Any, name: str) -> None:
    thing = shown()[name]
    data, _ = shell.display_formatter.format(thing)
    assert data["text/plain"] == repr(thing)
    assert data["text/html"].startswith("<div")
    assert data["image/png"].startswith(PNG)
    if name not in ("step",):
        assert "data:image/png;base64," in data["text/html"]


def test_no_figure_stays_open_behind_a_picture(shell: Any) -> None:
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    shell.display_formatter.format(shown()["network"])
    assert pyplot.get_fignums() == before


def test_a_trace_is_the_player_above_a_picture_that_stands_by_itself(shell: Any) -> None:
    html = shell.display_formatter.format(shown()["trace"])[0]["text/html"]
    assert html.index("<iframe") < html.index("<img")
    assert 'sandbox="allow-scripts"' in html
    assert "lernpy-trace/1" in html


def test_a_storyboard_shows_forward_backward_and_update() -> None:
    from lernpy.notebook.pictures import board_moments

    forward, backward, update = board_moments(shown()["trace"])
    assert np.isfinite(forward.output).all() and np.isnan(forward.delta).all()
    assert np.isfinite(backward.delta).all() and backward.before is None
    assert update.before is not None


def test_what_cannot_be_drawn_still_has_its_words(shell: Any) -> None:
    network = lernpy.layered([2, 1], seed=0)
    network.weights[0].value = float("nan")
    data, _ = shell.display_formatter.format(network)
    assert "image/png" not in data and "<img" not in data["text/html"]
    assert "2 inputs" in data["text/html"]


def test_names_are_escaped(shell: Any) -> None:
    network = lernpy.from_edges([("<script>", "y")], ["<script>"], ["y"], seed=0)
    for thing in (network, network.neurons["<script>"], network.links["<script>", "y"]):
        html = shell.display_formatter.format(thing)[0]["text/html"]
        assert "<script>" not in html and "&lt;script&gt;" in html


def test_the_classes_themselves_stay_free_of_display_code() -> None:
    for thing in shown().values():
        for method in ("_repr_html_", "_repr_png_", "_repr_mimebundle_", "_ipython_display_"):
            assert not hasattr(type(thing), method)


def test_unregister_takes_it_back() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    made = InteractiveShell()
    made.display_formatter.active_types = ["text/plain", "text/html"]
    network = lernpy.layered([1, 1], seed=0)
    notebook.register(made)
    assert "text/html" in made.display_formatter.format(network)[0]
    notebook.unregister(made)
    assert "text/html" not in made.display_formatter.format(network)[0]
    made.history_manager.end_session()


SESSION = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import lernpy
formatter = shell.display_formatter.formatters["text/html"]
print(("lernpy.network", "Network") in formatter.deferred_printers)
print("numpy" in sys.modules, "matplotlib" in sys.modules)
"""


def test_importing_lernpy_in_ipython_registers_and_imports_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SESSION], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["True", "False", "False"]


def test_without_ipython_nothing_of_it_is_imported() -> None:
    code = "import lernpy, sys; print('IPython' in sys.modules, 'lernpy.notebook' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    notebook.register(None)  # no session: nothing to do, no complaint


# ---- the stepper --------------------------------------------------------------------------------


def test_a_stepper_goes_on_and_back_and_the_network_with_it() -> None:
    """By hand: h.total_input .75, h.output .6792; the loss .2202."""
    network = lernpy.build.by_hand()
    stepper = lernpy.Stepper(network, [1], [1])
    assert stepper.step is None and stepper.loss is None
    assert stepper.run_to("h").name == "h"
    assert network.neurons["h"].total_input == 0.75
    assert stepper.next().name == "h -> y"
    assert stepper.back().name == "h"
    assert network.neurons["y"].total_input == 0.0
    assert stepper.next("phase").phase == "forward"
    stepper.run_to("phase=update")
    assert round(stepper.loss, 4) == 0.2202
    assert stepper.next() is None
    assert [round(weight.value, 4) for weight in network.weights] == [0.4968, 0.2468, -0.9899]
    assert stepper.run_to("phase=feed", back=True).phase == "feed"
    assert network.links["h", "y"].weight.value == -1.0
    assert "feed" in repr(stepper)


def test_a_weight_changed_between_two_steps_holds_for_the_rest() -> None:
    network = lernpy.build.by_hand()
    stepper = lernpy.Stepper(network, [1], [1])
    stepper.run_to("h")
    network.links["h", "y"].weight.value = 2.0
    stepper.next()
    assert network.links["h", "y"].signal == 2.0 * network.neurons["h"].output


def test_a_stepper_says_what_it_does_not_know() -> None:
    stepper = lernpy.Stepper(lernpy.build.by_hand(), [1], [1])
    with pytest.raises(LernpyError, match="no such move"):
        stepper.next("inch")
    with pytest.raises(LernpyError):
        stepper.run_to("phase=lunch")
    with pytest.raises(LernpyError, match="2 input"):
        lernpy.Stepper(lernpy.build.two_two_two(), [1], [0, 1])


# ---- what the buttons of a live lesson do -------------------------------------------------------


def lessons(**settings: Any) -> Buttons:
    return Buttons(lernpy.layered([2, 3, 1], activation="tanh", seed=4), XOR, **settings)


def test_the_page_shows_the_lesson_to_come_and_the_network_stays() -> None:
    live = lessons()
    before = [weight.value for weight in live.network.weights]
    trace = live.trace()
    assert [weight.value for weight in live.network.weights] == before
    assert trace["samples"]["count"] == 1
    twin = live.network.copy()
    assert live.do({"kind": "learn"}).startswith("learned sample 1 of 4, loss ")
    twin.learn(*[rows[0] for rows in XOR])
    assert [w.value for w in live.network.weights] == [w.value for w in twin.weights]
    assert live.sample == 1


def test_learning_comes_round_to_the_first_sample() -> None:
    live = lessons()
    for _ in range(4):
        live.do({"kind": "learn"})
    assert live.sample == 0


def test_epochs_run_on_the_mirror_with_the_given_settings() -> None:
    live = lessons(batch_size=4, learning_rate=0.5)
    twin = live.network.copy()
    news = live.do({"kind": "train", "epochs": 20})
    assert news.startswith("20 epochs on the ")
    lernpy.train(twin, XOR, epochs=20, batch_size=4, learning_rate=0.5, seed=0)
    assert [w.value for w in live.network.weights] == [w.value for w in twin.weights]
    assert live.network.card is None


def test_reset_brings_the_start_back_memory_and_rules_too() -> None:
    live = lessons(optimizer="adam", learning_rate=0.1)
    start = [weight.value for weight in live.network.weights]
    live.do({"kind": "freeze", "weight": 2, "value": True})
    live.do({"kind": "learn"})
    live.do({"kind": "train", "epochs": 3})
    assert [weight.value for weight in live.network.weights] != start
    assert live.do({"kind": "reset"}) == "the weights of the start, as seed 4 draws them"
    assert [weight.value for weight in live.network.weights] == start
    assert not any(weight.frozen or weight.memory for weight in live.network.weights)
    assert live.sample == 0


def test_after_a_reset_the_same_training_gives_the_same_numbers_to_the_last_bit() -> None:
    network = lernpy.layered([2, 3, 1], seed=4, optimizer="adam", learning_rate=0.1)
    start = [weight.value for weight in network.weights]
    live = Buttons(network, XOR)
    found = []
    for _ in range(2):
        live.do({"kind": "learn"})
        told = live.do({"kind": "train", "epochs": 3})
        found.append((told, [weight.value for weight in live.network.weights]))
        live.do({"kind": "reset"})
    assert found[0] == found[1]
    assert [weight.value for weight in network.weights] == start


def test_a_trained_network_is_reset_to_what_it_knew_and_nobody_calls_that_its_seed() -> None:
    network = lernpy.layered([2, 3, 1], seed=4)
    lernpy.train(network, XOR, epochs=5, seed=0)
    live = Buttons(network, XOR)
    knew = [weight.value for weight in network.weights]
    live.do({"kind": "learn"})
    assert live.do({"kind": "reset"}) == "the weights of the start"
    assert [weight.value for weight in network.weights] == knew
    lernpy.build.draw_weights(network, network.seed)  # how to start it anew
    fresh = lernpy.layered([2, 3, 1], seed=4)
    assert [w.value for w in network.weights] == [w.value for w in fresh.weights]


def test_set_and_freeze_reach_the_weight() -> None:
    live = lessons()
    before = live.state()
    assert live.do({"kind": "set", "weight": 3, "value": -2.5}) == "weight set to -2.5"
    assert live.network.weights[3].value == -2.5
    live.do({"kind": "freeze", "weight": 3, "value": True})
    live.do({"kind": "train", "epochs": 5})
    assert live.network.weights[3].value == -2.5
    live.do({"kind": "freeze", "weight": 3, "value": False})
    assert not live.network.weights[3].frozen
    assert live.state() != before


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"kind": "dance"}, "something unknown"),
        ("learn", "something unknown"),
        ({"kind": "train", "epochs": 0}, "must be a whole number from 1"),
        ({"kind": "train", "epochs": 2.5}, "must be a whole number from 1"),
        ({"kind": "train", "epochs": 10**400}, "must be at most 100,000"),
        ({"kind": "train", "epochs": True}, "must be a whole number from 1"),
        (
            {"kind": "set", "weight": 99, "value": 1},
            "the number of the weight is 99; it must be at most 12",
        ),
        ({"kind": "set", "weight": 0, "value": None}, "the weight is None; it must be a number"),
        ({"kind": "set", "weight": 0, "value": float("nan")}, "it must be a finite number"),
        ({"kind": "set", "weight": 0, "value": 10**400}, "it must be a number"),
        ({"kind": "set", "weight": 10**400, "value": 1}, "must be at most 12"),
        ({"kind": "set", "weight": True, "value": 1}, "must be a whole number"),
        ({"kind": "freeze", "weight": 0, "value": "no"}, "true or false, not 'no'"),
        ({"kind": ["learn"] * 99_999}, "something unknown"),
        ({1: 2, "kind": "learn"}, "something unknown"),
        ({"kind": "learn", "speed": 3}, "something unknown"),
    ],
)
def test_a_message_that_makes_no_sense_changes_nothing(message: Any, words: str) -> None:
    live = lessons()
    before = live.state()
    with pytest.raises(LernpyError, match=words):
        live.do(message)
    assert live.state() == before


def test_a_data_set_is_scaled_as_the_card_of_the_network_says() -> None:
    samples = lernpy.data.load("iris")
    network = lernpy.layered([4, 5, 3], output_activation="softmax", seed=0)
    lernpy.train(network, samples, epochs=2, scale="standard", seed=0)
    live = Buttons(network, samples)
    assert abs(live.inputs.mean()) < 1e-9
    card = network.card
    live.do({"kind": "train", "epochs": 1})
    assert network.card is card


def test_data_that_does_not_fit_is_refused() -> None:
    with pytest.raises(LernpyError, match="2 input"):
        Buttons(lernpy.layered([2, 1], seed=0), ([[1, 2, 3]], [[1]]))


def test_live_without_anywidget_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "anywidget":
            raise ImportError("no anywidget", name="anywidget")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "lernpy.notebook.widget", raising=False)
    with pytest.raises(LernpyError, match=r"^live needs anywidget: pip install anywidget$"):
        lernpy.live(lernpy.layered([2, 1], seed=0), ([[1, 2]], [[1]]))


def test_the_widget_answers_and_follows_what_python_does() -> None:
    network = lernpy.layered([2, 3, 1], seed=4)
    widget = lernpy.live(network, XOR)
    sent: list[Any] = []
    widget.send = lambda message, buffers=None: sent.append(message)
    first = widget.trace
    widget._answer(widget, {"kind": "learn"}, [])
    assert "learned sample 1" in sent[-1]["news"]
    second = widget.trace
    assert second != first
    widget._answer(widget, {"kind": "set", "weight": 99, "value": 0}, [])
    assert sent[-1]["news"].startswith(
        "Error: the number of the weight is 99; it must be at most 12"
    )
    assert widget.trace == second
    network.weights[0].value = 9.0
    widget.refresh()
    assert widget.trace != second
    assert widget.network is network


def test_a_closed_widget_no_longer_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    from lernpy.notebook import widget as module

    called: list[Any] = []

    class Events:
        def register(self, name: str, function: Any) -> None:
            called.append((name, function))

        def unregister(self, name: str, function: Any) -> None:
            called.remove((name, function))

    monkeypatch.setattr(module, "_events", Events)
    widget = lernpy.live(lernpy.layered([2, 1], seed=0), ([[1, 2]], [[1]]))
    assert [name for name, _ in called] == ["post_run_cell"]
    widget.close()
    widget.close()
    assert called == []
