"""``lernpy step``, ``play`` and ``plot``: from data, networks and traces to lines, pages, pictures."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import lernpy
from lernpy.cli import main


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lern(capsys, *arguments, status=0):
    assert main([str(argument) for argument in arguments]) == status
    shown = capsys.readouterr()
    if status:
        assert shown.err.startswith("Error: ") and shown.err.count("\n") == 1, shown.err
        return shown.err
    return shown.out


@pytest.fixture
def xor(here, capsys):
    lern(capsys, "train", "xor", "--layers", "3", "--epochs", "20", "--save", "xor.json", "--quiet")
    return "xor.json"


def test_step_prints_all_steps_where_there_is_no_terminal(capsys, here):
    lines = lern(capsys, "step", "xor", "--sample", "2").splitlines()
    assert lines[0].startswith("1/44 reset") and lines[-1].startswith("44/44 update")
    assert any("x2 -> h1: signal" in line for line in lines)


def test_a_lesson_begins_where_something_is_put_in(capsys, here, xor):
    """With 0, 0 every link would carry 0; the data's first sample comes after its last."""
    fed = [
        line
        for line in lern(capsys, "step", "xor", "--samples", "9").splitlines()
        if "feed" in line
    ]
    assert [line.split("feed: ")[1] for line in fed] == [
        "z(x1) = 0, z(x2) = 1",
        "z(x1) = 1, z(x2) = 0",
        "z(x1) = 1, z(x2) = 1",
        "z(x1) = 0, z(x2) = 0",
    ]
    assert "z(x1) = 0, z(x2) = 0" in lern(capsys, "step", "xor", "--sample", "1")
    for index in range(4):
        lern(capsys, "plot", "blame", xor, "--sample", str(index + 1), "-o", f"{index}.png")
    lern(capsys, "plot", "blame", xor, "-o", "blame.png")
    inputs, targets = lernpy.data.load("xor").inputs, lernpy.data.load("xor").targets
    missed = np.abs(lernpy.load(xor).predict(inputs) - targets).ravel()
    for number in range(4):  # a picture of blame is of the sample with the most of it
        same = (here / "blame.png").read_bytes() == (here / f"{number}.png").read_bytes()
        assert same == (number == missed.argmax())


def test_how_far_one_key_goes_is_said_or_chosen_by_the_length(capsys, here):
    lern(capsys, "play", "xor", "-o", "link.html")
    lern(capsys, "play", "xor", "--by", "epoch", "-o", "epoch.html")
    lern(capsys, "play", "digits", "-o", "digits.html")
    for name, level in [("link", 0), ("epoch", 5), ("digits", 2)]:
        assert f'"level":{level}' in (here / f"{name}.html").read_text(encoding="utf-8")
    for command in ("play", "step"):
        told = lern(capsys, command, "xor", "--by", "leap", status=1)
        assert "no such move: 'leap'. Known: link, neuron, generation" in told


def test_step_stops_where_it_is_told(capsys, here):
    lines = lern(capsys, "step", "xor", "--until", "phase=backward").splitlines()
    assert "backward" in lines[-1] and "backward" not in lines[-2]


def test_step_saves_a_trace_that_can_be_stepped_and_played(capsys, here, xor):
    first = lern(capsys, "step", xor, "--sample", "3", "--save", "t.json")
    again = lern(capsys, "step", "t.json")
    assert [line.split(" ", 1)[1] for line in first.splitlines()] == [
        line.split(" ", 1)[1] for line in again.splitlines()
    ]
    lern(capsys, "play", "t.json", "-o", "page.html")
    assert 'id="lp-trace"' in (here / "page.html").read_text()


def test_play_a_network_a_data_set_and_digits(capsys, here, xor):
    lern(capsys, "play", xor, "--samples", "4", "--title", "Exclusive or", "-o", "a.html")
    assert "<title>Exclusive or</title>" in (here / "a.html").read_text()
    lern(capsys, "play", "spiral", "--epochs", "2", "-o", "b.html")
    lern(capsys, "play", "digits", "--sample", "6", "-o", "c.html")
    assert (here / "c.html").stat().st_size < 600_000


@pytest.mark.parametrize("name", ["by-hand", "two-two-two", "cancel", "sign", "skip"])
def test_worked_examples_are_played_and_stepped_by_name(capsys, here, name):
    lern(capsys, "play", name, "--save", "t.json", "-o", "page.html")

    trace = lernpy.Trace.load("t.json")
    assert trace.title == name
    assert "lernpy-trace/1" in (here / "page.html").read_text(encoding="utf-8")
    assert "rate 0.25" in lern(capsys, "step", name, "--learning-rate", "0.25")
    err = lern(capsys, "play", name, "--target", "species", status=1)
    assert "is a worked example, so --target would change nothing" in err


def written(path, kind, rows):
    path.write_text(json.dumps({"format": f"lernpy-{kind}", "version": 1, kind: rows}))


def test_a_class_gets_notes_questions_and_a_worksheet(capsys, here):
    notes = [
        {"at": 0, "say": "Who goes first?"},
        {"at": "phase=backward", "sample": 2, "say": "Now."},
    ]
    asked = [{"part": "y1", "quantity": "sensitivity"}, {"quantity": "loss", "kind": "number"}]
    written(here / "notes.json", "notes", notes)
    written(here / "questions.json", "questions", asked)
    files = ["--notes", "notes.json", "--questions", "questions.json", "--save", "t.json"]
    sheet = ["--sheet", "sheet.html", "--key", "key.html", "--links", "x1->h1, h1 -> y1"]

    out = lern(capsys, "play", "xor", "--samples", "2", "--epochs-shown", "3", *files, *sheet)

    assert "written: sheet.html and key.html; print them" in out
    trace = lernpy.Trace.load("t.json")
    assert [note["at"] for note in trace.script] == [0, 44 + 24]
    assert [gate["kind"] for gate in trace.gates] == ["sign", "number"]
    assert (trace.samples, len(trace)) == (6, 6 * 44)
    assert (here / "sheet.html").read_text(encoding="utf-8").count("<tr") == 2 + 4 + 2
    assert "answer key" in (here / "key.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "row", "told"),
    [
        ("notes", {"at": "h9", "say": "?"}, "x.json: notes[0]: no part of the network"),
        ("notes", {"at": 999, "say": "?"}, "x.json: notes[0].at is 999; a whole number from 0 to"),
        ("notes", {"at": "nan", "say": "?"}, "x.json: notes[0]: nan does not happen from sample 1"),
        ("notes", {"at": 1}, "x.json: notes[0] has no 'say'"),
        ("notes", {"at": 1, "say": "?", "who": 1}, "x.json: notes[0] has 'who', which is unknown"),
        ("questions", {"part": "h9", "quantity": "delta"}, "x.json: questions[0]: no "),
        ("questions", {"part": "h1", "quantity": "dalta"}, "x.json: questions[0]: "),
        ("questions", {"part": "h1", "quantity": "delta", "kind": "guess"}, "a question is one of"),
        ("questions", {"quantity": "loss", "sample": 9}, "x.json: questions[0].sample is 9"),
    ],
)
def test_a_bad_file_of_notes_or_questions_is_refused_by_its_place(capsys, here, kind, row, told):
    written(here / "x.json", kind, [row])
    assert told in lern(capsys, "play", "two-two-two", f"--{kind}", "x.json", status=1)
    other = {"notes": "questions", "questions": "notes"}[kind]
    err = lern(capsys, "play", "two-two-two", f"--{other}", "x.json", status=1)
    assert f"x.json is no lernpy-{other} file" in err


def test_samples_in_notes_and_questions_count_from_1(capsys, here):
    """Each of four can be named, and is where the same call in Python has it; 0 and 5 are none."""
    trace = lernpy.Trace.load(sample_of_four(capsys, here, {}))
    for sample in (1, 2, 3, 4):
        trace.ask("y1", "output", sample=sample)
        row = {"part": "y1", "quantity": "output", "sample": sample}
        asked = lernpy.Trace.load(sample_of_four(capsys, here, {"questions": [row]}))
        row = {"at": "y1", "sample": sample, "say": "Look."}
        told = lernpy.Trace.load(sample_of_four(capsys, here, {"notes": [row]}))
        gate = trace.gates[sample - 1]["at"]
        assert (asked.gates[0]["at"], told.script[0]["at"]) == (gate, gate + 1)
        assert sample == 1 + gate // 44
    for sample in (0, 5):
        for kind, row in (("questions", {"quantity": "loss"}), ("notes", {"at": "y1", "say": "?"})):
            err = sample_of_four(capsys, here, {kind: [{**row, "sample": sample}]}, status=1)
            place = f"x.json: {kind}[0].sample"
            assert f"{place} is {sample}; a whole number from 1 to 4 belongs here" in err
            assert err.count("x.json") == 1


def sample_of_four(capsys, here, files, status=0):
    """Play XOR with such files; the name of the trace, or what was refused."""
    options = []
    for kind, rows in files.items():
        written(here / "x.json", kind, rows)
        options = [f"--{kind}", "x.json"]
    out = lern(
        capsys, "play", "xor", "--epochs-shown", "1", "--save", "t.json", *options, status=status
    )
    return out if status else "t.json"


def test_what_goes_with_a_worksheet_needs_one(capsys, here):
    err = lern(capsys, "play", "xor", "--key", "key.html", status=1)
    assert "--key goes with a worksheet; add --sheet SHEET.html" in err


@pytest.mark.parametrize("kind", ["network", "signal", "blame", "update", "history", "boundary"])
def test_plots_of_a_saved_network(capsys, here, xor, kind):
    lern(capsys, "plot", kind, xor, "--sample", "2", "--theme", "dark", "-o", f"{kind}.png")
    assert (here / f"{kind}.png").read_bytes().startswith(b"\x89PNG")


def test_plots_from_data_checkpoints_and_two_networks(capsys, here, xor):
    lern(
        capsys, "train", "xor", "--layers", "3", "--epochs", "40", "--checkpoint", "run", "--quiet"
    )
    lern(capsys, "plot", "history", "run", "-o", "history.svg")
    lern(capsys, "plot", "boundary", "run", "--epoch", "20", "-o", "early.pdf")
    lern(capsys, "plot", "compare", xor, "run", "-o", "compare.png")
    lern(capsys, "plot", "boundary", "gauss", "--epochs", "5", "-o", "gauss.png")
    lern(capsys, "plot", "functions", "-o", "functions.svg")
    assert "no checkpoint after epoch 7; there are: 10, 20, 30, 40" in lern(
        capsys, "plot", "boundary", "run", "--epoch", "7", "-o", "x.png", status=1
    )


def test_a_film_of_a_lesson(capsys, here, xor):
    lern(capsys, "plot", "flow", xor, "--sample", "2", "--level", "generation", "-o", "flow.gif")
    assert (here / "flow.gif").read_bytes().startswith(b"GIF8")


def test_training_draws_how_it_went(capsys, here):
    lern(capsys, "train", "xor", "--plot", "how.png", "--quiet")
    assert (here / "how.png").read_bytes().startswith(b"\x89PNG")


def test_wrong_input_is_one_line(capsys, here, xor):
    assert "the number of a sample of xor is 9; it must be at most 4" in lern(
        capsys, "step", "xor", "--sample", "9", status=1
    )
    assert "no" in lern(capsys, "play", "xor", "-o", "nowhere/page.html", status=1)
    assert "exist" in lern(capsys, "play", "xor", "-o", "nowhere/page.html", status=1)
    assert "Did you mean 'blame'" in _usage(capsys, "plot", "blam", xor, "-o", "x.png")
    assert "no format is called 'jpgg'" in lern(
        capsys, "plot", "network", xor, "-o", "x.jpgg", status=1
    )
    assert "needs two inputs, but the network has 1" in lern(
        capsys, "plot", "boundary", "sine", "--epochs", "1", "-o", "x.png", status=1
    )
    lern(capsys, "step", xor, "--save", "t.json")
    content = json.loads((here / "t.json").read_text())
    other = {**content, "format": "lernpy-trace/9"}
    (here / "other.json").write_text(json.dumps(other))
    assert "lernpy-trace/9" in lern(capsys, "step", "other.json", status=1)
    (here / "cut.json").write_text((here / "t.json").read_text()[:-400])
    assert "cut.json" in lern(capsys, "play", "cut.json", status=1)
    assert "'wenn'" in lern(capsys, "step", xor, "--until", "wenn", status=1)


def _usage(capsys, *arguments):
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_a_network_of_100_000_links_is_refused_by_the_page_in_one_line(capsys, here):
    network = lernpy.layered([400, 250, 1], seed=0)
    lernpy.save(network, "big.json")
    (here / "big.csv").write_text(",".join(["0.5"] * 401) + "\n" + ",".join(["0.25"] * 401) + "\n")
    err = lern(capsys, "play", "big.json", "--data", "big.csv", "-o", "big.html", status=1)
    assert "links" in err and not (here / "big.html").exists()


@pytest.fixture
def echo(here, capsys):
    how = ("--cell", "elman", "--layers", "2", "--steps", "3", "--epochs", "2")
    lern(capsys, "train", "echo", *how, "--save", "echo.json", "--quiet")
    return "echo.json"


def test_the_links_that_are_missed_are_ghosts_on_the_page(capsys, here, xor, echo):
    """As many as are asked for, of a network, of data and of a worked example."""
    for source, count in ((echo, 3), (xor, 1), ("by-hand", 1)):
        lern(capsys, "play", source, "--missed", count, "-o", "ghosts.html")
        page = (here / "ghosts.html").read_text()
        assert len(re.findall(r'"from":\d+,"to":\d+,"gradient":', page)) == count
    lern(capsys, "play", xor, "--save", "trace.json", "-o", "plain.html")
    assert '"ghosts":' not in (here / "plain.html").read_text()
    said = lern(capsys, "play", "trace.json", "--missed", "2", status=1)
    assert "trace.json is a recorded trace, so --missed would change nothing" in said


def test_cells_are_unfolded_on_request(capsys, here, xor, echo):
    for steps in ("2", "1,3", "all"):
        lern(capsys, "plot", "blame", echo, "--sample", "1", "--unfold", steps, "-o", "echo.png")
    how = ("--sample", "1", "--unfold", "9", "-o", "echo.png")
    said = lern(capsys, "plot", "blame", echo, *how, status=1)
    assert "there is no step 9 to unfold; the steps are start, 1, 2, 3" in said
    how = ("--unfold", "2", "-o", "xor.png")
    assert "the network is not in time" in lern(capsys, "plot", "network", xor, *how, status=1)
    with pytest.raises(SystemExit):
        main(["plot", "blame", "echo.json", "--unfold", "two", "-o", "a.png"])
    assert "'two' are no steps" in capsys.readouterr().err
