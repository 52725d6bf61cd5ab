"""``lernpy train`` and the commands that ask what it saved: what they print, write and refuse."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import lernpy
from lernpy.cli import main


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lern(capsys, *arguments, status=0):
    """Run a command; its standard output, or its standard error where it should fail."""
    assert main([str(argument) for argument in arguments]) == status
    shown = capsys.readouterr()
    if status:
        assert shown.err.count("\n") == 1, shown.err
        return shown.err
    assert shown.err == ""
    return shown.out


def usage(capsys, *arguments):
    """Run a command that is used wrongly: status 2 and one line."""
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("Error: ") and err.count("\n") == 1
    return err


def test_train_xor_needs_nothing_else_said(capsys, here):
    out = lern(capsys, "train", "xor")
    assert "accuracy 100.00%" in out
    assert "engine: " in out
    assert list(here.iterdir()) == []


def test_xor_succeeds_with_every_seed_from_0_to_99():
    from lernpy import data
    from lernpy.training import evaluate
    from lernpy.training.recipe import network_for, recipe

    xor = data.load("xor")
    usual = recipe(xor)
    failed = []
    for seed in range(100):
        network = network_for(xor, usual, seed)
        lernpy.train(network, xor, usual.epochs, batch_size=usual.batch_size, seed=seed)
        if evaluate(network, xor).accuracy < 1:
            failed.append(seed)
    assert failed == []


@pytest.mark.parametrize(
    ("name", "least"), [("digits", 0.95), ("iris", 0.9), ("fruit", 0.9), ("spiral", 0.85)]
)
def test_known_data_learn_well_with_nothing_else_said(capsys, name, least):
    found = json.loads(lern(capsys, "train", name, "--json"))
    assert found["test"]["accuracy"] >= least


def test_a_csv_of_ones_own(capsys, here):
    iris = lernpy.data.load("iris")
    rows = [
        ",".join([*map(str, x), iris.classes[k]])
        for x, k in zip(iris.inputs, iris.labels, strict=True)
    ]
    (here / "my.csv").write_text("\n".join(["a,b,c,d,species", *rows]))
    lern(capsys, "train", "my.csv", "--target", "species", "--save", "net.json", "--quiet")
    assert "my, 26 samples that were held out" in lern(capsys, "evaluate", "net.json")
    assert "my, 150 samples" in lern(capsys, "evaluate", "net.json", "--on", "all")
    said = lern(capsys, "predict", "net.json", "5.1,3.5,1.4,0.2", "6.7,3.0,5.2,2.3")
    assert [line.split()[0] for line in said.splitlines()] == ["setosa", "virginica"]
    (here / "new.csv").write_text("a,b,c,d\n5.1,3.5,1.4,0.2\n")
    assert lern(capsys, "predict", "net.json", "new.csv").startswith("setosa")


def test_json_is_one_object_and_nothing_else(capsys):
    found = json.loads(
        lern(capsys, "train", "iris", "--json", "--epochs", "5", "--validation", "0.2")
    )
    assert set(found) == {
        *("loss", "accuracy", "f1", "r2", "mae", "rmse"),
        *("epochs", "seed", "engine", "weights", "validation", "test"),
    }
    assert set(found["validation"]) == set(found["test"]) >= {"loss", "accuracy"}
    assert (found["epochs"], found["seed"], found["weights"]) == (5, 0, 67)


def test_the_same_seed_gives_the_same_result(capsys):
    runs = [
        lern(capsys, "train", "iris", "--json", "--seed", seed, "--epochs", 9) for seed in (3, 3, 4)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_every_option_reaches_the_training(capsys, here):
    lern(
        *(
            capsys,
            "train",
            "iris",
            "--layers",
            "7,5",
            "--activation",
            "relu",
            "--output-activation",
        ),
        *(
            "softmax",
            "--loss",
            "squared_error",
            "--optimizer",
            "momentum",
            "--learning-rate",
            "0.05",
        ),
        *("--schedule", "cosine", "--epochs", "4", "--batch-size", "all", "--seed", "9"),
        *(
            "--validation",
            "0.3",
            "--test",
            "0.1",
            "--early-stop",
            "3",
            "--l1",
            "0.001",
            "--l2",
            "0.01",
        ),
        *("--init", "uniform", "--engine", "graph", "--scale", "minmax", "--save", "net.json"),
        *("--history", "table.csv", "--class-weights", "balanced"),
    )
    network = lernpy.load("net.json")
    assert [len(generation) for generation in network.generations] == [5, 7, 5, 1]
    told = network.card.training
    expected = {
        "epochs": 4,
        "batch_size": None,
        "schedule": "cosine",
        "seed": 9,
        "validation": 0.3,
        "early_stop": 3,
        "l1": 0.001,
        "l2": 0.01,
        "loss": "squared_error",
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "scale": "minmax",
        "samples": 95,
        "class_weights": "balanced",
    }
    assert {key: told[key] for key in expected} == expected
    assert network.card.scaling.kind == "minmax"
    assert len((here / "table.csv").read_text().splitlines()) == 5


def test_train_without_hidden_layers(capsys, here):
    lern(capsys, "train", "and", "--layers", "none", "--save", "and.json")
    assert len(lernpy.load("and.json").weights) == 3
    assert [lern(capsys, "predict", "and.json", v)[0] for v in ("0,1", "1,1")] == ["0", "1"]


def test_softmax_with_every_loss(capsys):
    for loss in lernpy.losses.LOSSES:
        found = json.loads(
            lern(capsys, "train", "iris", "--loss", loss, "--epochs", "30", "--json")
        )
        assert found["accuracy"] > 0.6, loss


def test_regression_answers_in_its_own_units(capsys, here):
    x = np.linspace(0, 10, 60)
    (here / "line.csv").write_text("\n".join(["x,y", *(f"{a},{1000 * a + 3.25}" for a in x)]))
    lern(capsys, "train", "line.csv", "--save", "line.json", "--quiet")
    assert float(lern(capsys, "predict", "line.json", "4")) == pytest.approx(4003, abs=150)
    assert float(lern(capsys, "evaluate", "line.json").split("R^2 ")[1].split(",")[0]) > 0.99


def test_evaluate_shows_the_confusion_and_what_was_missed(capsys, here):
    lern(capsys, "train", "iris", "--epochs", "3", "--save", "iris.json", "--quiet")
    out = lern(capsys, "evaluate", "iris.json", "--wrong", "--on", "all")
    found = json.loads(lern(capsys, "evaluate", "iris.json", "--json", "--on", "all"))
    assert "rows: what it is; columns: what the net says" in out
    assert f"{len(found['wrong'])} came out wrong" in out
    assert np.sum(found["confusion"]) == 150
    assert np.trace(found["confusion"]) == 150 - len(found["wrong"])


def test_show_a_network_and_its_matrices(capsys, here):
    lern(capsys, "train", "xor", "--layers", "3", "--save", "xor.json", "--quiet")
    out = lern(capsys, "show", "xor.json")
    assert "x1 -> h1" in out and "13 weights on 13 links" in out and "binary_cross_entropy" in out
    matrices = lern(capsys, "show", "xor.json", "--matrices")
    assert "generation 2, 3 x 3; rows: h1, h2, h3; columns: x1, x2, bias" in matrices


def test_check_says_that_the_gradients_are_right(capsys, here):
    lern(capsys, "train", "xor", "--epochs", "5", "--save", "xor.json", "--quiet")
    assert main(["check", "xor.json"]) == 0
    assert "right" in capsys.readouterr().out


def test_data_list_and_show(capsys):
    out = lern(capsys, "data", "list")
    assert all(name in out for name in lernpy.data.names())
    assert "red" in lern(capsys, "data", "show", "fruit")
    assert "sample 1 is 0" in lern(capsys, "data", "show", "digits")


def test_mnist_from_real_files(capsys, here, shared):
    arguments = (
        "train",
        "mnist",
        "--data",
        shared / "data/mnist",
        "--layers",
        "15",
        "--epochs",
        "2",
    )
    found = json.loads(lern(capsys, *arguments, "--json"))
    assert found["weights"] == 11_935
    assert found["test"]["accuracy"] > 0.8


def test_checkpoints_and_resume(capsys, here):
    more = (
        "iris",
        "--validation",
        "0",
        "--seed",
        "2",
        "--quiet",
        "--checkpoint",
        "run",
        "--every",
        "3",
    )
    lern(capsys, "train", *more, "--epochs", "7")
    assert sorted(os.listdir("run")) == [f"epoch-{n:06d}.json" for n in (3, 6, 7)]
    lern(capsys, "train", *more, "--epochs", "12", "--resume", "--save", "on.json")
    lern(capsys, "train", *more[:6], "--epochs", "12", "--save", "whole.json")
    on, whole = lernpy.load("on.json"), lernpy.load("whole.json")
    assert [w.value for w in on.weights] == [w.value for w in whole.weights]


# ---- wrong input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["train", "xor", "--layers", "3,,2"],
            "'3,,2' is no list of layers; write for example 32,16",
        ),
        (["train", "xor", "--epochs", "0"], "0 is too small; it must be 1 or more"),
        (["train", "xor", "--learning-rate", "-1"], "must be a number from 0"),
        (["train", "xor", "--learning-rate", "fast"], "'fast' is not a number"),
        (["train", "xor", "--batch-size", "0"], "no batch size"),
        (["train", "xor", "--activation", "sigmod"], "Did you mean 'sigmoid'?"),
        (["train", "xor", "--optimizer", "adm"], "Did you mean 'adam'?"),
        (["train", "xor", "--loss", "squared_eror"], "Did you mean 'squared_error'?"),
        (["train", "xor", "--validation", "1"], "must be from 0 to below 1"),
        (["train"], "the following arguments are required: DATA"),
        (["train", "xor", "--epoch", "3"], "unrecognized arguments: --epoch 3"),
        (["tran", "xor"], "Did you mean 'train'?"),
        (["--nothing"], "unrecognized arguments: --nothing"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(capsys, arguments, says):
    assert says in usage(capsys, *arguments)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n1,x\n3,4\n5,6\n7,8\n", "line 3, column 'b': 'x' is not a number"),
        ("a,b\n1,2\nnan,4\n", "line 3"),
        ("a,b\n1,yes\n2,yes\n3,yes\n", "every target is 'yes'; at least two classes"),
    ],
)
def test_bad_data_is_named_in_one_line(capsys, here, content, says):
    (here / "bad.csv").write_text(content)
    assert says in lern(
        capsys,
        "train",
        "bad.csv",
        "--task",
        "regression" if "x" in content else "classification",
        status=1,
    )


def test_other_wrong_input(capsys, here):
    (here / "folder").mkdir()
    assert "no data set is called 'xorr'" in lern(capsys, "train", "xorr", status=1)
    assert "Did you mean 'xor'?" in lern(capsys, "train", "xorr", status=1)
    assert "is a folder" in lern(capsys, "train", "folder", status=1)
    assert "does not exist" in lern(
        capsys, "train", "xor", "--save", "no/net.json", "--quiet", status=1
    )
    assert "Did you mean 'numpy'?" in lern(capsys, "train", "xor", "--engine", "nunpy", status=1)
    assert "could not be read" in lern(capsys, "predict", "none.json", "1,2", status=1)
    assert "lernpy data fetch mnist DIR" in lern(capsys, "train", "mnist", status=1)
    (here / "cut.json").write_text('{"format": "lernpy-network", "vers')
    assert "cut.json, line 1" in lern(capsys, "evaluate", "cut.json", status=1)


def test_predictions_refuse_what_was_never_learned(capsys, here):
    lern(capsys, "train", "fruit", "--epochs", "2", "--save", "fruit.json", "--quiet")
    err = lern(capsys, "predict", "fruit.json", "150,purple,smooth,medium", status=1)
    assert "purple" in err and "colour" in err
    assert "3" in lern(capsys, "predict", "fruit.json", "150,red,smooth", status=1)


def test_a_loss_that_blows_up_ends_with_one_line(capsys, here):
    err = lern(
        *(capsys, "train", "plane", "--optimizer", "sgd", "--learning-rate", "1e6", "--quiet"),
        *("--layers", "none"),
        status=1,
    )
    assert "the link" in err and "sample" in err and "are kept" in err


# ---- as a process -----------------------------------------------------------------------------


def process(*arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "lernpy", *map(str, arguments)],
        capture_output=True,
        text=True,
        **more,
    )


def test_version_help_and_exit_status(here):
    assert process("--version").stdout == f"lernpy {lernpy.__version__}\n"
    assert "lernpy train digits" in process("--help").stdout
    wrong = process("train", "xorr")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("Error: ") and wrong.stderr.count("\n") == 1


def test_a_closed_pipe_is_no_traceback(here):
    shell = f"{sys.executable} -m lernpy data show digits | head -c 10"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert done.stderr == ""


def test_ctrl_c_keeps_what_was_learned(here):
    """Status 130, the place where it stopped, and the network saved."""
    command = [
        sys.executable,
        "-m",
        "lernpy",
        "train",
        "digits",
        "--epochs",
        "100000",
        "--early-stop",
        "100000",
        "--save",
        "net.json",
    ]
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # a job in the background of a shell would ignore Ctrl-C
    while not child.stdout.readline().startswith("epoch 1"):
        pass
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "stopped by Ctrl-C after epoch" in out
    assert len(lernpy.load("net.json").weights) == 3610


def test_help_imports_neither_numpy_nor_networkx():
    code = """
import sys
from lernpy.cli import main
try:
    main(["--help"])
except SystemExit:
    print(sorted({"numpy", "networkx", "rich", "matplotlib"} & set(sys.modules)))
"""
    assert subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    ).stdout.endswith("[]\n")


def test_a_cell_learns_sequences(capsys, tmp_path):
    net = tmp_path / "echo.json"
    words = ["train", "echo:n=60,delay=1", "--cell", "elman", "--steps", "4", "--layers", "6"]
    assert main([*words, "--epochs", "60", "--quiet", "--save", str(net)]) == 0
    assert "learned" in capsys.readouterr().out
    network = lernpy.load(net)
    assert [neuron.name for neuron in network.outputs] == ["y1@1", "y1@2", "y1@3", "y1@4"]
    assert len(network.weights) < len(network.links)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["xor", "--cell", "elman"], "xor has no steps for a cell to go through"),
        (["xor", "--steps", "3"], "--steps is for adding, echo and parity_over_time"),
        (["echo", "--cell", "elmann"], "Did you mean 'elman'?"),
        (["echo", "--steps", "0"], "--steps"),
    ],
)
def test_a_cell_without_steps_is_refused(words, error, capsys):
    with contextlib.suppress(SystemExit):
        assert main(["train", *words]) == 1
    assert error in capsys.readouterr().err
