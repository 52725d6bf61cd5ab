"""``lernpy plot``: what is refused before anything is trained or drawn, and the table of a sweep."""

from __future__ import annotations

import json

import pytest

import lernpy
from lernpy import plot
from lernpy.cli import main
from lernpy.plot.charts import summary
from lernpy.sweep import read_results

SWEEP = "sweep xor --seeds 0:3 --learning-rate 0.1,1 --l2 0 -o t.csv"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with a network of XOR in it."""
    monkeypatch.chdir(tmp_path)
    network = lernpy.layered([2, 2, 1], seed=0)
    lernpy.train(network, lernpy.data.load("xor"), 3, seed=0)
    lernpy.save(network, "net.json")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("network net.json --level phase", "a plot of network takes no --level"),
        ("blame net.json --epochs 2", "a plot of blame takes no --epochs"),
        ("functions net.json", "a plot of functions draws the tables, not net.json"),
        ("boundary net.json net.json", "net.json is one network too many"),
        ("history net.json --seed 2", "trained already, so --seed would change nothing"),
        ("vanishing net.json --epoch 2", "--epoch chooses among the checkpoints of a folder"),
        ("history net.csv", "no data set is called 'net.csv'"),
        ("sweep net.json", "is no table of a sweep: it has no column success"),
    ],
)
def test_what_would_change_nothing_is_refused(capsys, here, line, says):
    assert main(["plot", *line.split(), "-o", "a.png"]) == 1
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1
    assert not (here / "a.png").exists()


@pytest.mark.parametrize("output", ["a.xyz", "no/a.png", "a", "a.gif"])
def test_a_name_that_cannot_be_is_refused_before_the_training(capsys, here, monkeypatch, output):
    monkeypatch.setattr("lernpy.training.train", None)  # to call it would be an error of its own
    assert main(["plot", "confusion", "iris", "-o", output]) == 1
    assert "ending" in (err := capsys.readouterr().err) or output.split("/")[0] in err


@pytest.mark.parametrize("columns", ["0", "a,", "1,2,3", "-1,1"])
def test_columns_are_two(capsys, here, columns):
    """A name may have a comma, so that three are refused only by a network without such a name."""
    line = ["plot", "boundary", "net.json", "--columns", columns, "-o", "a.png"]
    if columns == "1,2,3":
        assert main(line) == 1
    else:
        with pytest.raises(SystemExit):
            main(line)
    assert "no two inputs; write for example 1,3" in capsys.readouterr().err


def test_a_history_is_drawn_from_data_alone(capsys, here):
    assert main(["plot", "history", "xor", "--epochs", "5", "-o", "a.png"]) == 0
    assert (here / "a.png").stat().st_size > 1000


def test_epochs_are_those_of_the_net_that_is_trained_first(capsys, here):
    assert main(["plot", "confusion", "iris", "--epochs", "2", "-o", "a.png"]) == 0


def test_the_table_of_a_sweep_is_drawn(capsys, here):
    """Its cells may be empty: nets that never reached the target loss have no epoch in which."""
    assert main(SWEEP.split()) == 0
    assert main(["plot", "sweep", "t.csv", "-o", "a.png"]) == 0
    rows = read_results("t.csv")
    assert [row["learning_rate"] for row in rows] == ["0.1", "1.0"]
    sweep = lernpy.train_many(
        lambda seed: lernpy.layered([2, 2, 1], seed=seed),
        lernpy.data.load("xor"),
        range(3),
        epochs=2,
    )
    sweep.to_csv("s.csv")
    assert read_results("s.csv") == [{"success": sweep.success()[0]["success"]}]


def test_success_follows_the_rule_of_a_sweep(here):
    head = "seed,optimizer,epochs,loss,converged,reached,blown_up,accuracy\n"
    for body, expected in (
        ("0,adam,9,0.1,1,7,0,0.5\n1,sgd,9,0.1,0,,0,1.0\n", [1.0, 0.0]),  # the target was reached
        ("0,adam,9,0.1,0,,0,0.5\n1,sgd,9,0.1,0,,0,1.0\n", [0.0, 1.0]),  # every sample right
        ("0,adam,9,0.1,0,,1,\n1,sgd,9,0.1,0,,0,\n", [0.0, 1.0]),  # still finite
    ):
        (here / "t.csv").write_text(head + body)
        rows = read_results("t.csv")
        assert [row["success"] for row in rows] == expected
        assert [row["optimizer"] for row in rows] == ["adam", "sgd"]
    (here / "own.csv").write_text("setting,success\na,0.5\nb,much\n")
    with pytest.raises(lernpy.LernpyError, match="'much' is not a number"):
        read_results("own.csv")
    assert plot.sweep([{"setting": "a", "success": 0.5}])


def drawn(monkeypatch, *line):
    """The figure that a command would save."""
    figures = []
    monkeypatch.setattr(plot, "save", lambda figure, path: figures.append(figure))
    assert main(["plot", *map(str, line), "-o", "a.png"]) == 0
    return figures[0]


def test_columns_may_be_named(monkeypatch, here):
    figure = drawn(monkeypatch, "boundary", "iris", "--epochs", 2, "--columns", "petal_width,1")
    assert figure.axes[0].get_xlabel() == "petal_width"


def test_the_history_of_a_net_is_the_one_it_learned_with(capsys, monkeypatch, here):
    """It is kept in the net's file; of an older file a new training is drawn, and that is said."""
    xor, net = lernpy.data.load("xor"), lernpy.layered([2, 3, 1], seed=1)
    history = lernpy.train(net, xor, 50, learning_rate=0.7, seed=3)
    lernpy.save(net, "own.json")
    ax = drawn(monkeypatch, "history", "own.json").axes[0]
    assert ax.lines[0].get_ydata() == pytest.approx(history["loss"], rel=1e-5)
    assert "anew" not in capsys.readouterr().out
    del net.card.training["history"]
    lernpy.save(net, "old.json")
    ax = drawn(monkeypatch, "history", "old.json").axes[0]
    assert ax.lines[0].get_ydata() == pytest.approx(history["loss"])  # the same settings, seed too
    assert ax.get_title(loc="left") == "A new training, with the settings of the network"
    assert "trained anew for this picture" in capsys.readouterr().out


def test_of_many_epochs_a_file_keeps_an_even_choice_with_the_best(monkeypatch, here):
    net = lernpy.layered([2, 3, 1], seed=1)
    run = lernpy.epochs(net, lernpy.data.load("xor"), 1000, seed=3, validation=0.25, early_stop=900)
    run.finish()
    lernpy.save(net, "net.json")
    kept = lernpy.load("net.json").card.training["history"]
    assert len(kept["number"]) <= 121 and run.history.best in kept["number"]
    label = f"best: epoch {run.history.best}, "
    legend = drawn(monkeypatch, "history", "net.json").axes[0].get_legend()
    assert any(text.get_text().startswith(label) for text in legend.get_texts())


def test_a_stranger_s_history_is_checked(capsys, here):
    net = lernpy.load("net.json")
    for wrong in ({"number": [1], "loss": "much"}, {"loss": []}, {"number": [1], "loss": [1, 2]}):
        net.card.training["history"] = wrong
        lernpy.save(net, "evil.json")
        assert main(["plot", "history", "evil.json", "-o", "a.png"]) == 1
        assert "the history of the network" in capsys.readouterr().err


def test_confusion_takes_columns_by_name_as_evaluate_does(capsys, monkeypatch, here):
    iris = lernpy.data.load("iris")
    net = lernpy.layered([4, 5, 3], output_activation="softmax", loss="cross_entropy", seed=0)
    lernpy.train(net, iris, 60, scale="standard", optimizer="adam", learning_rate=0.05, seed=0)
    lernpy.save(net, "iris.json")
    names = list(iris.input_names)
    rows = [",".join([*names[::-1], "species"])]
    rows += [",".join([*map(str, x[::-1]), iris.classes[y]])
             for x, y in zip(iris.inputs.tolist(), iris.labels.tolist(), strict=True)]  # fmt: skip
    (here / "turned.csv").write_text("\n".join(rows))
    assert main(["evaluate", "iris.json", "turned.csv", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)["confusion"]
    assert sum(counts[i][i] for i in range(3)) > 140
    for line in (
        ("iris.json", "turned.csv"),
        ("turned.csv", "iris.json"),
        ("iris.json", "--data", "turned.csv"),
    ):
        ax = drawn(monkeypatch, "confusion", *line).axes[0]
        assert [int(text.get_text()) for text in ax.texts] == [n for row in counts for n in row]


@pytest.mark.parametrize(
    ("options", "which"),
    [
        (["--test", "0.2"], "30 test samples)"),
        (["--validation", "0.2", "--test", "0"], "30 validation samples)"),
        (["--validation", "0", "--test", "0"], "150 training samples)"),
    ],
)
def test_a_picture_of_training_is_of_samples_not_learned_from(monkeypatch, here, options, which):
    """The picture says which they are, and its figures are those that evaluate has for them."""
    figures = []
    monkeypatch.setattr(summary, "save", lambda figure, path: figures.append(figure))
    assert main(["train", "iris", "--quiet", "--plot", "a.png", *options]) == 0
    title = figures[0].axes[1].get_title(loc="left")
    assert title.endswith(f" of {which}"), title
    assert sum(int(text.get_text()) for text in figures[0].axes[1].texts) == int(which.split()[0])


def test_one_lesson_is_drawn_of_the_net_that_play_has(capsys, monkeypatch, here):
    figure = drawn(monkeypatch, "network", "xor")  # of a trained net there is a history
    assert "a net trained for xor, seed 0: epoch 200" in capsys.readouterr().out
    figure = drawn(monkeypatch, "blame", "xor", "--sample", 2)
    assert "a small net for xor, seed 0, as lernpy play xor has it" in capsys.readouterr().out
    assert main(["play", "xor", "--sample", "2", "-o", "p.html", "--save", "t.json"]) == 0
    trace = lernpy.Trace.load("t.json")
    trace.goto(len(trace))
    loss = trace.frame.loss
    title = next(t.get_text() for t in figure.axes[0].texts if t.get_gid() == "headline")
    assert f"loss {loss:.4g} " in title


def test_missed_links_are_drawn(tmp_path):
    network = lernpy.layered([2, 3, 1], seed=0)
    lernpy.train(network, lernpy.data.load("xor"), 5, seed=0)
    lernpy.save(network, tmp_path / "xor.json")
    picture = tmp_path / "missed.svg"
    assert (
        main(["plot", "missed", str(tmp_path / "xor.json"), "--top", "2", "-o", str(picture)]) == 0
    )
    assert 'id="ghost' in picture.read_text()


@pytest.mark.parametrize("kind", ["blame", "signal"])
def test_a_picture_of_a_lesson_names_its_sample(capsys, monkeypatch, here, kind):
    figure = drawn(monkeypatch, kind, "net.json", "--sample", "2")
    titles = [t.get_text() for t in figure.axes[0].texts if t.get_gid() == "headline"]
    assert "xor, sample 2 (1)" in titles[0]
    assert "largest loss" not in capsys.readouterr().out
    drawn(monkeypatch, kind, "net.json")
    network, xor = lernpy.load("net.json"), lernpy.data.load("xor")
    losses = [network.collect(*sample) for sample in zip(xor.inputs, xor.targets, strict=True)]
    hardest = losses.index(max(losses))
    said = (
        f"xor, sample {hardest + 1} ({xor.classes[xor.labels[hardest]]}): the one with the largest"
    )
    assert said in capsys.readouterr().out
