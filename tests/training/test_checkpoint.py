"""Checkpoints: going on from one gives bit for bit what the uninterrupted run gives."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lernpy
from lernpy.errors import LernpyError
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.training import checkpoint
from lernpy.weight import Rule

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def net(**more):
    return lernpy.layered([2, 3, 1], activation="tanh", seed=4, **more)


def state(network):
    return [(weight.value, weight.memory) for weight in network.weights]


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("engine", ["numpy", "graph"])
def test_resuming_is_bit_for_bit_the_uninterrupted_run(tmp_path, optimizer, engine):
    more = {
        "optimizer": optimizer,
        "batch_size": 3,
        "seed": 9,
        "engine": engine,
        "schedule": "cosine",
    }
    whole = net()
    expected = lernpy.train(whole, XOR, 30, checkpoint=tmp_path / "whole", every=7, **more)

    broken = net()
    for epoch in lernpy.epochs(broken, XOR, 30, checkpoint=tmp_path / "broken", every=7, **more):
        if epoch.number == 17:
            break
    again = net()
    found = lernpy.train(
        again, XOR, 30, checkpoint=tmp_path / "broken", every=7, resume=True, **more
    )

    assert state(again) == state(whole)
    assert found["loss"].tolist() == expected["loss"].tolist()
    assert sorted(path.name for path in (tmp_path / "broken").iterdir()) == [
        f"epoch-{number:06d}.json" for number in (7, 14, 21, 28, 30)
    ]


def test_resuming_keeps_patience_and_the_best_weights(tmp_path):
    more = {"batch_size": 1, "seed": 1, "learning_rate": 12.0, "early_stop": 12}
    whole = net()
    expected = lernpy.train(whole, XOR, 300, checkpoint=tmp_path / "whole", every=1, **more)
    stop = len(expected) - 3
    for epoch in lernpy.epochs(net(), XOR, 300, checkpoint=tmp_path / "broken", every=1, **more):
        if epoch.number == stop:
            break
    again = net()
    found = lernpy.train(
        again, XOR, 300, checkpoint=tmp_path / "broken", every=1, resume=True, **more
    )
    assert state(again) == state(whole)
    assert found.stopped == expected.stopped


def test_a_finished_run_may_go_on_for_longer(tmp_path):
    lernpy.train(net(), XOR, 10, checkpoint=tmp_path, seed=0)
    longer, whole = net(), net()
    lernpy.train(longer, XOR, 25, checkpoint=tmp_path, seed=0, resume=True)
    lernpy.train(whole, XOR, 25, seed=0)
    assert state(longer) == state(whole)


def test_resuming_without_a_checkpoint_starts_from_the_beginning(tmp_path):
    assert len(lernpy.train(net(), XOR, 3, checkpoint=tmp_path / "new", resume=True)) == 3


def test_other_settings_or_another_net_are_refused(tmp_path):
    lernpy.train(net(), XOR, 5, checkpoint=tmp_path, seed=0)
    with pytest.raises(LernpyError, match="trained with batch_size 32, not 2"):
        lernpy.train(net(), XOR, 9, checkpoint=tmp_path, seed=0, batch_size=2, resume=True)
    with pytest.raises(LernpyError, match="trained with seed 0; resume with that seed"):
        lernpy.train(net(), XOR, 9, checkpoint=tmp_path, resume=True)
    other = lernpy.layered([2, 5, 1], seed=0)
    with pytest.raises(LernpyError, match="wired in another way"):
        lernpy.train(other, XOR, 9, checkpoint=tmp_path, seed=0, resume=True)


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("version",), 99, "is of version 99, but this lernpy reads version 1"),
        (("history", "rows", 0, 1), 10**400, r"rows\[0\].loss is 1000.*; a finite number belongs"),
        (("history", "rows", 0, 1), True, r"rows\[0\].loss is True; a finite number belongs"),
        (("history", "rows", 0, 0), 0, r"rows\[0\].number is 0; a whole number from 1 "),
        (("history", "rows", 0), [1], r"rows\[0\] is a list of 1; a list of 9 numbers belongs"),
        (("history", "rows"), [], "has no epoch in its history"),
        (("epoch",), 7, "epoch is 7; 1, as many as its history has"),
        (("random",), {"state": 1}, "random is an object of 1; the state of a random generator"),
        (("patience", "best"), [[1, 2]], r"best is a list of 1; a list of \[value, \[memory\]\]"),
        (("patience", "best"), [[1, []]], "best is a list of 1; a list of 13, one for each"),
        (("patience", "waited"), -1, "waited is -1; a whole number from 0"),
        (("network", "l1"), -1, "network: the l1 is -1"),
    ],
)
def test_what_is_wrong_in_a_checkpoint_is_named(tmp_path, place, value, says):
    lernpy.train(net(), XOR, 1, checkpoint=tmp_path, seed=0, early_stop=5)
    (path,) = tmp_path.glob("epoch-*.json")
    content = json.loads(path.read_text())
    *way, last = place
    inner = content
    for key in way:
        inner = inner[key]
    inner[last] = value
    path.write_text(json.dumps(content))
    with pytest.raises(LernpyError, match=says):
        lernpy.train(net(), XOR, 2, checkpoint=tmp_path, seed=0, resume=True, early_stop=5)


def test_what_was_frozen_or_bounded_is_so_after_a_resume(tmp_path):
    network, fresh = net(), net()
    network.weights[0].freeze()
    network.weights[1].rule = Rule(rate=0.5, low=-1.0)
    lernpy.train(network, XOR, 3, checkpoint=tmp_path, seed=0)
    lernpy.train(fresh, XOR, 5, checkpoint=tmp_path, seed=0, resume=True)
    assert [w.rule for w in fresh.weights] == [w.rule for w in network.weights]
    assert fresh.weights[0].value == network.weights[0].value


# ---- folders ------------------------------------------------------------------------------------


def test_a_new_run_does_not_write_over_an_old_one(tmp_path):
    lernpy.train(net(), XOR, 3, checkpoint=tmp_path, seed=0)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(
        LernpyError, match="has 3 checkpoints of an earlier run, up to epoch 3; res"
    ):
        lernpy.train(net(), XOR, 3, checkpoint=tmp_path, seed=0)

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("resume", [False, True])
def test_two_runs_at_once_do_not_interleave(tmp_path, resume):
    """Whoever writes second is refused, at whatever epoch, and leaves the first one's file."""
    if resume:
        lernpy.train(net(), XOR, 2, checkpoint=tmp_path, seed=0)
    how = {"checkpoint": tmp_path, "seed": 0, "resume": resume}
    one, two = (iter(lernpy.epochs(net(), XOR, 9, **how)) for _ in range(2))
    next(one)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(
        LernpyError, match=r"another run has written .*; let each write to a folder"
    ):
        next(two)

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert len(list(one)) == (6 if resume else 8)


def test_what_is_tidied_up_while_it_runs_is_no_other_run(tmp_path):
    for epoch in lernpy.epochs(net(), XOR, 6, checkpoint=tmp_path, seed=0):
        if epoch.number > 1:
            (tmp_path / f"epoch-{epoch.number - 1:06d}.json").unlink()
        (tmp_path / f"notes-{epoch.number}.txt").write_text("mine")

    assert list(checkpoint.all_in(tmp_path)) == [6]


def test_a_folder_that_takes_no_file_is_said_before_the_first_epoch(tmp_path, monkeypatch):
    network = net()
    before = state(network)
    (tmp_path / "file").write_text("")
    (tmp_path / "circle").symlink_to("circle")
    for folder in (tmp_path / "file", tmp_path / "circle", tmp_path / "a\0b", "n" * 300):
        with pytest.raises(LernpyError, match=r"the checkpoint folder .* cannot be made: "):
            lernpy.train(network, XOR, 3, checkpoint=folder)
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path / "mine")
    with pytest.raises(LernpyError, match="could not be written: permission denied"):
        lernpy.train(network, XOR, 3, checkpoint=tmp_path / "mine")
    assert state(network) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["pipe", "link to nothing", "folder", "empty"])
def test_what_is_no_file_among_the_checkpoints_is_named(tmp_path, kind):
    path = tmp_path / "epoch-000003.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.write_text("")
    else:
        path.symlink_to("nowhere")

    with pytest.raises(LernpyError, match=r"epoch-000003\.json "):
        lernpy.train(net(), XOR, 5, checkpoint=tmp_path, resume=True, seed=0)


@given(data=st.data())
@settings(max_examples=300)
def test_a_damaged_checkpoint_is_an_error_of_ours(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    good = folder / "good" / "epoch-000003.json"
    if not good.exists():
        lernpy.train(
            net(), XOR, 3, optimizer="adam", checkpoint=folder / "good", early_stop=2, seed=0
        )
    content = json.loads(good.read_text())
    place = content
    while isinstance(place, (dict, list)) and place:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(place[key], (dict, list)) or data.draw(st.booleans()):
            break
        place = place[key]
    if place:
        place[key] = data.draw(
            st.sampled_from([None, -1, "x", [], {}, 1e300, 10**400, True, [[1]]])
        )
    bad = folder / "bad" / "epoch-000003.json"
    bad.parent.mkdir(exist_ok=True)
    bad.write_text(json.dumps(content))
    try:
        lernpy.train(
            net(),
            XOR,
            4,
            optimizer="adam",
            checkpoint=bad.parent,
            early_stop=2,
            seed=0,
            resume=True,
        )
    except LernpyError as error:
        assert "\n" not in str(error)
    (bad.parent / "epoch-000004.json").unlink(missing_ok=True)


CHILD = """
import sys, lernpy
xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
network = lernpy.layered([2, 3, 1], activation="tanh", seed=4)
for epoch in lernpy.epochs(network, xor, 400, optimizer="adam", batch_size=1, seed=2,
                           checkpoint=sys.argv[1], every=1, resume=True):
    pass
lernpy.save(network, sys.argv[1] + "/net.json")
print("done")
"""


def test_kill_at_any_moment_loses_nothing(tmp_path):
    """At least 20 kills: every file loads each time, and the run that is let finish has the same bits."""
    folder, draw = tmp_path / "run", random.Random(7)
    kills = 0
    finished = False
    while not finished:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True
        )
        if kills < 20:
            at = _newest(folder)
            while _newest(folder) <= at and child.poll() is None:
                time.sleep(0.005)  # it has got further than the last one
            time.sleep(draw.random() * 0.05)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            kills += 1
            for path in folder.glob("epoch-*.json"):
                checkpoint.read(path)
        else:
            finished = "done" in (child.communicate()[0] or "")
        child.stdout.close()
    whole = net()
    expected = lernpy.train(whole, XOR, 400, optimizer="adam", batch_size=1, seed=2)
    assert state(lernpy.load(folder / "net.json")) == state(whole)
    _, history, _ = checkpoint.read(checkpoint.newest(folder))
    assert history["loss"].tolist() == expected["loss"].tolist()


def _newest(folder):
    found = sorted(folder.glob("epoch-*.json")) if folder.is_dir() else []
    return int(found[-1].stem[6:]) if found else 0


def test_a_run_that_goes_on_for_longer_takes_the_last_weights_not_the_best(tmp_path):
    """With early stopping the best weights are restored at the end; the run goes on from the last."""
    iris = lernpy.data.load("iris")
    how = {"validation": 0.3, "early_stop": 90, "seed": 1, "scale": "standard", "batch_size": 8}

    def fresh():
        return lernpy.layered(
            [4, 6, 3], "tanh", "softmax", loss="cross_entropy", optimizer="adam", seed=1,
            learning_rate=0.05,
        )  # fmt: skip

    expected = lernpy.train(fresh(), iris, 60, **how)
    assert expected.best < 30  # or this would prove nothing
    lernpy.train(fresh(), iris, 30, checkpoint=tmp_path, **how)
    again = fresh()
    found = lernpy.train(again, iris, 60, checkpoint=tmp_path, resume=True, **how)

    assert found["loss"].tolist() == expected["loss"].tolist()
    best, _, _ = checkpoint.read(checkpoint.after_epoch(tmp_path, found.best))
    assert state(again) == state(best)


@pytest.mark.parametrize("place", ["learn_epochs", "store", "predict"])
def test_ctrl_c_within_an_epoch_leaves_the_last_whole_one(tmp_path, monkeypatch, place):
    """While it learns, writes back or measures: the resumed run ends with the same bits."""
    how = {"seed": 5, "batch_size": 2, "metrics": True, "optimizer": "adam"}
    whole = net()
    expected = lernpy.train(whole, XOR, 12, **how)
    run = lernpy.epochs(net(), XOR, 12, checkpoint=tmp_path, every=100, **how)
    calls = []
    usual = getattr(run.engine, place)

    def interrupted(*arguments):
        calls.append(place)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return usual(*arguments)

    monkeypatch.setattr(run.engine, place, interrupted)
    run.finish()
    assert run.history.interrupted
    done = len(run.history)
    assert done == (6 if place == "learn_epochs" else 7)

    again = net()
    found = lernpy.train(again, XOR, 12, checkpoint=tmp_path, every=100, resume=True, **how)
    assert found["loss"].tolist() == expected["loss"].tolist()
    assert state(again) == state(whole)


def test_the_newest_is_the_one_of_the_latest_epoch_whatever_its_name_sorts_like(tmp_path):
    run = lernpy.epochs(net(), XOR, 1, seed=0, checkpoint=tmp_path)
    run.finish()
    first = checkpoint.newest(tmp_path)
    for name in ("epoch-999999.json", "epoch-1000000.json", "epoch-old.json"):
        (tmp_path / name).write_text(first.read_text())
    assert checkpoint.newest(tmp_path).name == "epoch-1000000.json"
    assert checkpoint.after_epoch(tmp_path, 1) == first
    with pytest.raises(LernpyError, match="after epoch 5; there are: 1, 999999, 1000000"):
        checkpoint.after_epoch(tmp_path, 5)
