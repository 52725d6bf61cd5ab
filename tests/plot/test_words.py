"""Names as people give them: a dollar starts no formula, nothing is hidden, long ones are cut."""

from __future__ import annotations

import lernpy
from lernpy import plot
from lernpy.data import Dataset
from lernpy.network import Network

NAMES = ["$a$^_{", "_b", "an input with a name that would push everything else aside"]


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


def test_names_of_neurons() -> None:
    net = network()
    pictures = [plot.blame, plot.signal, plot.network, lambda n: plot.heatmaps(n, data())]
    pictures.append(lambda n: plot.paths(lernpy.paths(n, NAMES[0]), n))
    for draw in pictures:
        ax = draw(net)
        ax.figure.canvas.draw()
        said = [text.get_text() for text in ax.texts]
        assert "$a$^_{" in said and "_b" in said and "an input with a name th…" in said


def test_names_of_classes_and_inputs() -> None:
    ax = plot.boundary(network(), data(), columns=(0, 1))
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
