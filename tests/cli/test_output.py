"""What is printed is harmless text in signs the console has; what was learned is kept, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from lernpy import load
from lernpy.cli import main

LERNPY = (sys.executable, "-m", "lernpy")
ROWS = "".join(f"{i}.5,{i * i % 7},{'big' if i > 20 else 'small'}\n" for i in range(40))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(line, **environment):
    return subprocess.run(
        ["bash", "-c", line.replace("lernpy ", f"'{sys.executable}' -m lernpy ")],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
    )


def test_escape_sequences_of_a_strangers_table_are_shown_not_obeyed(here, capsys):
    evil = "\x1b[31m\x1b]0;title\x07"
    (here / "t.csv").write_text(f"a{evil},b,y{evil}\n" + ROWS.replace("big", f"big{evil}"))
    commands = (
        ("data", "show", "t.csv"),
        ("train", "t.csv", "--save", "n.json", "--epochs", "3"),
        ("evaluate", "n.json"),
        ("evaluate", "n.json", "--wrong", "--on", "all"),
        ("show", "n.json"),
        ("predict", "n.json", "1,2", "30,2"),
        ("predict", "n.json", "1,x"),
        ("data", "show", f"nothing{evil}.csv"),
    )
    for command in commands:
        main(list(command))
        shown = capsys.readouterr()
        assert "\x1b" not in shown.out + shown.err and "\x07" not in shown.out + shown.err, command


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_sign_that_the_console_lacks_is_replaced(here, environment):
    (here / "t.csv").write_text(
        "breite 📏,höhe,größe\n" + ROWS.replace("big", "大"), encoding="utf-8"
    )
    lines = (
        "lernpy data show t.csv",
        "lernpy train t.csv --save n.json --epochs 2",
        "lernpy show n.json",
        "lernpy evaluate n.json",
        "lernpy predict n.json 30,1",
    )
    for line in lines:
        done = shell(line, **environment)
        assert (done.returncode, done.stderr) == (0, b""), (line, done.stderr)
        assert done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="file names are text there")
def test_a_file_whose_name_is_no_utf_8(here):
    name = os.fsdecode(b"t\xe4.csv")
    (here / name).write_text("a,b,y\n" + ROWS)
    done = subprocess.run(
        [*LERNPY, "train", os.fsencode(name), "--save", "n.json", "--epochs", "2"],
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert subprocess.run([*LERNPY, "evaluate", "n.json"], capture_output=True).returncode == 0


def test_values_longer_than_a_file_name(here, capsys):
    names = ",".join(f"c{i}" for i in range(200))
    rows = "".join(",".join(str((i * j) % 5 + 0.25) for j in range(200)) + "\n" for i in range(20))
    (here / "t.csv").write_text(f"{names}\n{rows}")
    assert main(["train", "t.csv", "--save", "n.json", "--epochs", "2", "--quiet"]) == 0
    assert main(["predict", "n.json", ",".join(["0.25"] * 199)]) == 0
    capsys.readouterr()
    assert main(["predict", "n.json", "0.25" * 200]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("end", ["| head -1", "| true", "> /dev/full", ">&-"])
def test_what_was_learned_is_saved_when_nobody_reads_the_output(here, end):
    if end.endswith("full") and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    (here / "t.csv").write_text("a,b,y\n" + ROWS)
    done = shell(f"lernpy train t.csv --epochs 30 --save n.json {end}")
    assert b"Traceback" not in done.stderr
    assert load(here / "n.json").card.training["epochs"] == 30
    if end.endswith("full"):
        assert done.returncode == 1 and b"standard output" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_what_was_learned_is_saved_when_somebody_stops_it(here, name):
    (here / "t.csv").write_text("a,b,y\n" + ROWS)
    with subprocess.Popen(
        [*LERNPY, "train", "t.csv", "--epochs", "100000000", "--save", "n.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as running:
        assert running.stdout is not None
        while b"epoch 1," not in running.stdout.readline():
            assert running.poll() is None
        time.sleep(0.2)
        running.send_signal(getattr(signal, name))
        running.communicate(timeout=60)
    assert running.returncode == 130
    assert len(load(here / "n.json").weights) > 10


def test_the_report_is_told_again_by_show_and_the_json_is_of_the_kept_weights(here, capsys):
    (here / "t.csv").write_text(
        "nr,a,colour,y\n"
        + "".join(f"{i},{i * 0.3:.1f},{'red' if i % 3 else ''},{i % 2}\n" for i in range(1, 81))
    )
    assert (
        main(["train", "t.csv", "--missing", "most-frequent", "--save", "n.json", "--epochs", "3"])
        == 0
    )
    told = capsys.readouterr().out
    for words in (
        "learned: column y, the last column; classification: whole numbers, 2 different ones",
        "--task regression takes them otherwise",
        "left out: nr (it counts the rows)",
        "missing cells (colour 26): filled with the most frequent of the training part: colour 26",
        "scaling: inputs standard",
        "to learn from",
        "adam with rate 0.003",
    ):
        assert words in told, words
    assert main(["show", "n.json"]) == 0
    shown = capsys.readouterr().out
    for line in told.splitlines():
        if line.startswith("  ") and not line.startswith("  -"):
            assert line in shown
    assert (
        main(["train", "t.csv", "--missing", "drop", "--save", "n.json", "--epochs", "9", "--json"])
        == 0
    )
    figures = json.loads(capsys.readouterr().out)
    for part, name in (("training", None), ("test", "test")):
        assert main(["evaluate", "n.json", "--on", part, "--json"]) == 0
        again = json.loads(capsys.readouterr().out)
        kept = figures if name is None else figures[name]
        assert (
            again["loss"] == pytest.approx(kept["loss"], rel=1e-12)
            and again["accuracy"] == kept["accuracy"]
        )


def test_naming_a_default_changes_nothing(here, capsys):
    runs = []
    for options in ((), ("--optimizer", "adam"), ("--seed", "0"), ("--learning-rate", "0.02")):
        assert main(["train", "iris", "--json", "--epochs", "5", *options]) == 0
        runs.append(capsys.readouterr().out)
    assert len(set(runs)) == 1


def test_answers_are_written_as_a_table(here, capsys):
    (here / "t.csv").write_text("a,b,y\n" + ROWS)
    assert main(["train", "t.csv", "--save", "n.json", "--epochs", "3", "--quiet"]) == 0
    assert main(["predict", "n.json", "t.csv", "-o", "answers.csv"]) == 0
    lines = (here / "answers.csv").read_text().splitlines()
    assert lines[0] == "answer,p(big),p(small)" and len(lines) == 41
    assert sum(map(float, lines[1].split(",")[1:])) == pytest.approx(1)


@pytest.mark.parametrize("command", ["data list", "train --help", "plot --help", "data --help"])
def test_python_may_leave_out_the_docstrings(here, command):
    """`python -OO` has none, and nothing is loaded in their stead that is not shipped."""
    done = subprocess.run(
        [sys.executable, "-OO", "-m", "lernpy", *command.split()], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "mnist" in done.stdout or "usage: lernpy" in done.stdout


READING = ["train - --epochs 2", "predict n.json -", "show -", "data show -"]
USUAL = ["train xor --epochs 2 --save n.json", *READING, "step xor", "data list", "nothing"]
OTHERS = [
    "predict n.json 0,1",
    "evaluate n.json xor",
    "show n.json",
    "check n.json",
    "play xor",
    "lab xor",
    "plot network xor -o n.png",
    "export n.json -o n.graphml",
    "import n.graphml -o m.json",
    "sweep xor --seeds 0:2 --epochs 2",
    "doctor xor -o d.png",
    "lesson list",
    "quiz xor --seeds 1:2 -o q.json",
    "--help",
]
DRIVER = """
import sys
from pathlib import Path
from lernpy.cli import main

first = [sys.stdin, sys.stdout, sys.stderr]  # None where it is closed
told = []
for command in Path("commands").read_text().splitlines():
    sys.stdin, sys.stdout, sys.stderr = first
    try:
        told.append(f"{main(command.split())} {command}")
    except SystemExit as end:
        told.append(f"{end.code} {command}")
    except BaseException as error:
        told.append(f"{error!r} {command}")
Path("told").write_text("\\n".join(told))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize(
    "closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"]
)
def test_no_command_minds_that_a_stream_is_closed(here, closed):
    """Each ends with the status that it has where input is empty and all is open."""
    commands = USUAL + (OTHERS if closed.count("&-") == 3 else [])
    (here / "commands").write_text("\n".join(commands))
    (here / "driver.py").write_text(DRIVER)
    rest = "" if "<" in closed else "< /dev/null"
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} driver.py {closed} {rest}"], capture_output=True
    )

    assert b"Traceback" not in done.stderr and done.returncode == 0
    told = [line.split(" ", 1) for line in (here / "told").read_text().split("\n")]
    assert [command for status, command in told if status != "0"] == [*READING, "nothing"]
    assert len(told) == len(commands)
