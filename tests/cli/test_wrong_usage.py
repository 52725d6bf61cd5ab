"""What goes wrong is said before the work, in one line, with the next move."""

from __future__ import annotations

import json

import pytest

import lernpy
from lernpy.cli import main
from lernpy.errors import LernpyError

TINY_CSV = "height,width,kind\n" + "".join(f"{i % 7},{i % 5},{'ab'[i % 2]}\n" for i in range(12))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with a network, a trace and a table in it."""
    monkeypatch.chdir(tmp_path)
    network = lernpy.layered([2, 2, 1], seed=0)
    lernpy.save(network, "net.json")
    lernpy.Trace.record(lernpy.slow_motion(network, [0, 1], [1])).save("trace.json")
    (tmp_path / "table.csv").write_text(TINY_CSV)
    return tmp_path


def refused(capsys, *arguments):
    """The one line on standard error, and the status."""
    try:
        status = main(list(arguments))
    except SystemExit as stopped:
        status = stopped.code
    shown = capsys.readouterr()
    assert shown.err.startswith("Error: ") and shown.err.count("\n") == 1, shown
    return status, shown.err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("train xor --epoch 3", "--epoch 3. Did you mean '--epochs'? See: lernpy train --help"),
        ("train xor --rate 1", "Did you mean '--learning-rate'?"),
        ("train xor --lr 1", "Did you mean '--learning-rate'?"),
        ("train xor --hidden 3", "Did you mean '--layers'?"),
        ("sweep xor --rates 1,2", "Did you mean '--learning-rate'?"),
        ("train xor again", "unrecognized arguments: again. See"),
        ("train xor --task regresion", "Did you mean 'regression'? Known: classification"),
        ("train xor --loss mse", "Did you mean 'mean_squared_error'?"),
        ("data shw iris", "Did you mean 'show'?"),
        ("--versoin", "Did you mean '--version'?"),
        ("step xor --activation tan", "Did you mean 'tanh'?"),
        ("step xor --optimizer adm", "Did you mean 'adam'?"),
        ("train xor --save net.txt", "'net.txt' must end in .json or .json.gz"),
        ("train xor --plot net.gif", "'net.gif' must end in .png or .svg or .pdf"),
        ("sweep xor --plot net.gif", "'net.gif' must end in .png or .svg or .pdf"),
        ("play xor -o page.png", "'page.png' must end in .html or .htm"),
        ("sweep xor --seeds 0:99999999999999", "at most 1,000,000"),
    ],
)
def test_wrong_usage_has_status_2(capsys, here, line, says):
    status, err = refused(capsys, *line.split())
    assert status == 2
    assert says in err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("train xor --target y", "--target is for files of your own; xor is built in"),
        ("train spiral:n=40 --task regression", "--task is for files of your own; spiral is"),
        ("train iris --data folder", "--data is for mnist; iris is built in"),
        ("train xor --resume", "--checkpoint DIR"),
        ("train xor --layers 99999999999", "would have 299,999,999,997 links"),
        ("train xor --activation one", "'one' is that of the bias"),
        ("train xor --output-activation softmax", "a softmax of one is always 1; take sigmoid"),
        ("train xor --loss cross_entropy", "take binary_cross_entropy"),
        ("evaluate table.csv", "table.csv is no file of a network"),
        ("step net.json --layers 3", "net.json is a network already, so --layers would change"),
        ("play net.json --seed 0", "net.json is a network already, so --seed would change"),
        ("step xor --data iris", "xor is data already, so --data would change nothing"),
        ("step trace.json --sample 1", "trace.json is a recorded trace, so --sample would"),
    ],
)
def test_what_cannot_work_has_status_1(capsys, here, line, says):
    status, err = refused(capsys, *line.split())
    assert status == 1
    assert says in err


@pytest.mark.parametrize(
    "line",
    [
        "train xor --epochs 99999999 --save no/net.json",
        "train xor --epochs 99999999 --history no/table.csv",
        "train xor --epochs 99999999 --plot no/net.png",
        "sweep xor --epochs 99999999 -o no/table.csv",
        "play xor --epochs 99999999 -o no/page.html",
        "step xor --epochs 99999999 --save no/trace.json",
    ],
)
def test_a_file_that_cannot_be_written_is_named_before_the_work(capsys, here, line):
    """With so many epochs the test would never end if they came first."""
    status, err = refused(capsys, *line.split())
    assert status == 1
    assert "the folder no does not exist; make it first" in err


def test_a_checkpoint_folder_that_cannot_be_is_named_before_the_work(capsys, here):
    line = "train xor --epochs 99999999 --every 99999999 --checkpoint net.json"
    status, err = refused(capsys, *line.split(), "--quiet")
    assert status == 1
    assert "the checkpoint folder net.json cannot be made" in err


def test_a_loss_beyond_all_numbers_is_null_in_json(capsys, here):
    """JSON knows no infinity: one target so large that its square is none."""
    (here / "wild.csv").write_text(
        "x,y\n" + "".join(f"{i},{i}.5\n" for i in range(40)) + "9,1e200\n"
    )
    lernpy.save(lernpy.layered([1, 1], output_activation="identity", seed=0), "line.json")
    assert main(["evaluate", "line.json", "wild.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["loss"] is None and found["wrong"] == []


def test_one_output_is_not_called_outputs(capsys, here):
    assert main(["train", "xor", "--epochs", "1"]) == 0
    assert "a net of 2 inputs, 1 output, 33 weights" in capsys.readouterr().out


def test_a_sample_may_begin_below_zero(capsys, here):
    assert main(["predict", "net.json", "-1,2", "-.5,-1"]) == 0
    expected = lernpy.load("net.json").predict([[-1, 2], [-0.5, -1]])
    assert [float(line) for line in capsys.readouterr().out.split()] == pytest.approx(
        expected.ravel(), rel=1e-5
    )


def test_an_output_activation_brings_the_loss_that_suits_it(capsys, here):
    """tanh goes below 0, where a cross-entropy is not defined."""
    assert main(["train", "xor", "--output-activation", "tanh", "--save", "tanh.json"]) == 0
    assert lernpy.load("tanh.json").loss.name == "squared_error"
    assert main(["train", "sine", "--epochs", "3", "--output-activation", "sigmoid",
                 "--save", "sine.json"]) == 0  # fmt: skip
    assert lernpy.load("sine.json").loss.name == "mean_squared_error"


def test_too_many_links_are_refused_before_they_fill_the_memory():
    for wrong in ([10**5, 10**4, 1], [10**9, 10**9]):
        with pytest.raises(LernpyError, match="at most 100,000,000 can be built"):
            lernpy.layered(wrong)
    with pytest.raises(LernpyError, match="would have 119,993,286 links"):
        lernpy.layered([1] * 15_492, skip=True)
    with pytest.raises(LernpyError, match="a list of sizes such as"):
        lernpy.layered("2,3,1")
