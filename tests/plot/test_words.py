"""Names as people give them: a dollar starts no formula, nothing is hidden, long ones are cut."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.text import Text

import lernpy
from lernpy import plot
from lernpy.data import Dataset
from lernpy.network import Network
from lernpy.notebook import display, pictures

NAMES = ["$a$^_{", "_b", "an input with a name that would push everything else aside"]

LOG_TICK = r"$\mathdefault{"  # matplotlib's own powers of ten


def network() -> Network:
    edges = [(name, "$h") for name in NAMES] + [("$h", "$y_$")]
    made = lernpy.from_edges(edges, NAMES, ["$y_$"], seed=0)
    made.learn([1, 0, 1], [1])
    return made


def data() -> Dataset:
    return Dataset(
        "money$", [[0, 0, 1], [1, 1, 0]], [[0], [1]], input_names=tuple(NAMES),
        classes=("_cheap$", "$dear$"), task="classification",
    )  # fmt: skip


def shown(figure: Any) -> set[str]:
    """All words of a picture as they stand in it; none of them is mathematics."""
    words = set()
    for text in figure.findobj(Text):
        drawn, is_mathematics = text._preprocess_math(text.get_text())
        assert is_mathematics is False or drawn.startswith(LOG_TICK), drawn
        words.add(drawn.strip())
    return words


def test_names_of_neurons() -> None:
    net = network()
    pictures = [plot.blame, plot.signal, plot.network, lambda n: plot.heatmaps(n, data())]
    pictures.append(lambda n: plot.paths(lernpy.paths(n, NAMES[0]), n))
    for draw in pictures:
        ax = draw(net)
        ax.figure.canvas.draw()
        words = shown(ax.figure)
        assert {"$a$^_{", "_b", "an input with a name th…"} <= words


def test_names_of_classes_and_inputs() -> None:
    ax = plot.boundary(network(), data(), columns=(1, 2))
    ax.figure.canvas.draw()
    assert [t.get_text().strip() for t in ax.get_legend().get_texts()] == [r"_cheap\$", r"\$dear\$"]
    assert ax.get_xlabel() == r"\$a\$^_{"
    plot.confusion(network(), data()).figure.canvas.draw()


def test_names_of_runs_and_settings() -> None:
    run = {"loss": [2.0, 1.0]}
    ax = plot.history({"_hidden": run, "$": run}, title="$x_")
    ax.figure.canvas.draw()
    said = [text.get_text().strip() for text in ax.get_legend().get_texts()]
    assert "_hidden training" in said and r"\$ training" in said
    plot.sweep({"$rate$": 1.0}).figure.canvas.draw()


@pytest.mark.parametrize("kind", [k for k in plot.KINDS if k not in ("functions", "sweep")])
def test_no_name_becomes_mathematics_in_any_kind_of_picture(kind: str) -> None:
    names = ("$\\\\frac$", "a\\$b$", "_$")
    edges = [(name, hidden) for name in names for hidden in ("$h", "h$_{")]
    net = lernpy.from_edges([*edges, ("$h", "$y^"), ("h$_{", "$y^")], names, ["$y^"], seed=0)
    rows = [[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [1.0, 1.0, 0.0], [0.5, 0.2, 0.1]]
    given: dict[str, Any] = {"input_names": names, "output_names": ("$y^",)}
    samples = Dataset("$d_", rows, [[0], [1], [1], [0]], classes=("$no", "_yes$"),
                      task="classification", **given)  # fmt: skip
    if kind in ("fit", "under_over"):
        samples = Dataset("$d_", rows, [[0.1], [1.5], [1.0], [0.3]], **given)
    history = lernpy.train(net, samples, epochs=2, seed=0)
    extra: dict[str, Any] = {"pixels": {"image": (1, 3)}, "flow": {"level": "link"}}.get(kind, {})
    if kind == "under_over":
        line = Dataset("$d_", [r[:1] for r in rows], samples.targets, input_names=("$x",),
                       output_names=("$y^",))  # fmt: skip
        one = lernpy.layered([1, 1], "identity", seed=0)
        samples, extra = line, {"runs": {"_$1": (one, history), "$2": (one, history)}}
    drawn = plot.render(kind, network=net, data=samples, other=net.copy(), sample=1, **extra)
    figure = getattr(drawn, "_fig", drawn)
    figure.canvas.draw()
    assert shown(figure)


def test_shown_objects_have_their_names() -> None:
    net = network()
    for thing in (net.neurons["$h"], net.links["_b", "$h"]):
        assert (
            display.png_neuron(thing) if hasattr(thing, "activation") else display.png_link(thing)
        )
    group = lernpy.layered([1, 2], output_activation="softmax", seed=0).groups[0]
    group.members[0].name = "$a$^_{"
    assert display.png_group(group)


def test_what_is_not_known_of_a_shown_object_is_never_0(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its first lesson a neuron stands nowhere on its curve, and a link has carried nothing."""
    figures: list[Any] = []
    monkeypatch.setattr(pictures, "_png", lambda figure: figures.append(figure) or b"")
    net = lernpy.layered([2, 2], output_activation="softmax", seed=0)
    plain = lernpy.layered([1, 1], seed=0)
    for is_known in (False, True):
        display.png_neuron(plain.outputs[0])
        display.png_link(net.links["x1", "y1"])
        display.png_group(net.groups[0])
        neuron, link, group = figures[-3:]
        assert len(neuron.axes[0].lines) == 1 + is_known
        words = " ".join(shown(link))
        assert words.count("not yet") == (0 if is_known else 2) and "0 or" not in words
        assert bool(group.axes[0].patches) is is_known
        net.learn([1.0, 0.0], [1.0, 0.0])
        plain.learn([1.0], [0.0])


def test_a_control_character_is_shown_as_its_code() -> None:
    """Names of neurons have none; a title, or a run's name, may."""
    ax = plot.history({"a\x1b[31m": {"loss": [2.0, 1.0]}}, title="\u202enet\nsecond line")
    assert {r"\u202enet" + "\nsecond line", r"a\x1b[31m training"} <= shown(ax.figure)
