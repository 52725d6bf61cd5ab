"""A sweep in slices: one table, whoever learns it, and after any kill."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import lernpy
from lernpy.cli import main
from lernpy.errors import FileFormatError, LernpyError
from lernpy.sweep import train_many
from lernpy.sweep.builds import Redrawn
from lernpy.training.jobs import results_of

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
SWEEP = ("iris", "--seeds", "0:200", "--learning-rate", "0.01,0.05", "--engine", "numpy")
LONG = (*SWEEP, "--epochs", "60")
QUIET = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}


def build(seed: int) -> lernpy.Network:
    return lernpy.layered([2, 3, 1], "tanh", seed=seed)


def swept(**how: object) -> lernpy.sweep.Sweep:
    settings = {"epochs": 60, "learning_rate": [0.1, 1.0], "engine": "numpy", **how}
    return train_many(build, XOR, range(700), **settings)


@pytest.fixture(scope="module")
def whole() -> lernpy.sweep.Sweep:
    """In one go: two settings of 700 nets, in two slices."""
    return swept()


@pytest.mark.parametrize("n_jobs", [1, 2, 8])
def test_the_same_table_for_any_number_of_workers(
    n_jobs: int, whole: lernpy.sweep.Sweep, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    table = tmp_path / "table.csv"
    sweep = swept(n_jobs=n_jobs, table=table, progress=lambda *count: told.append(count))
    assert table.read_text() == whole.to_csv() == sweep.to_csv()
    assert sorted(told) == told and told[-1] == (1400, 1400) and len(told) == 2
    assert not Path(f"{table}.part").exists()
    np.testing.assert_array_equal(sweep.losses, whole.losses)
    for net in (0, 699, 700, 1399):
        assert values(sweep.network(net)) == values(whole.network(net))


def values(network: lernpy.Network) -> list[float]:
    return [weight.value for weight in network.weights]


def test_optimisers_keep_their_rates_on_the_way(tmp_path: Path) -> None:
    """The command gives momentum a rate of its own, which its name does not tell."""
    tables = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for table, jobs in zip(tables, ([], ["--jobs", "2"]), strict=True):
        arguments = [
            "--seeds",
            "0:9",
            "--optimizer",
            "momentum,adam",
            "--epochs",
            "20",
            "--engine",
            "numpy",
        ]
        assert main(["sweep", "iris", *arguments, "-o", str(table), *jobs]) == 0
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_a_run_goes_on_from_its_journal(whole: lernpy.sweep.Sweep, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    journal = Path(f"{table}.part")

    class Enough(Exception):
        pass

    def stop(done: int, count: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        swept(n_jobs=1, table=table, progress=stop)
    grown = table.read_text()
    assert len(grown.splitlines()) == 701 and whole.to_csv().startswith(grown)
    with journal.open("ab") as file:
        file.write(b'{"from": 700, "to": 14')  # a line that a kill has cut off
    told: list[int] = []
    sweep = swept(n_jobs=1, table=table, progress=lambda done, count: told.append(done))
    assert told == [1400] and not journal.exists()
    assert table.read_text() == whole.to_csv()
    with pytest.raises(LernpyError, match="net 3 was trained before this run"):
        sweep.network(3)
    assert values(sweep.network(700)) == values(whole.network(700))


def test_a_journal_of_another_sweep_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    journal = Path(f"{table}.part")
    line = {"format": "lernpy-sweep", "version": 1, "sweep": "0" * 64}
    journal.write_text(json.dumps(line) + "\n")
    with pytest.raises(LernpyError, match="belongs to another sweep"):
        swept(n_jobs=1, table=table)
    journal.write_text("nonsense\n")
    with pytest.raises(FileFormatError, match=r"table\.csv\.part, line 1"):
        swept(n_jobs=1, table=table)


def test_a_score_for_each_net(tmp_path: Path) -> None:
    once, sliced = (swept(epochs=2, score=abs_sum, n_jobs=jobs) for jobs in (None, 1))
    np.testing.assert_array_equal(once.scores, sliced.scores)
    assert once.scores[5] == abs_sum(once.network(5))


def abs_sum(network: lernpy.Network) -> float:
    return sum(map(abs, values(network)))


def test_a_networks_file_gives_the_wiring(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "net.json"
    network = lernpy.from_edges(
        [("x1", "h"), ("x2", "h"), ("bias", "h"), ("h", "y"), ("x1", "y")], ["x1", "x2"], ["y"],
        loss="binary_cross_entropy", optimizer="adam", learning_rate=0.1, seed=3,
    )  # fmt: skip
    lernpy.save(network, path)
    assert Redrawn.of(path)(3).weights[1].value == network.weights[1].value
    tables = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for table, jobs in zip(tables, ("1", "2"), strict=True):
        command = [
            "sweep",
            "xor",
            "--network",
            str(path),
            "--seeds",
            "0:20",
            "--epochs",
            "30",
            "--engine",
            "numpy",
        ]
        assert main([*command, "--jobs", jobs, "-o", str(table)]) == 0
    assert tables[0].read_bytes() == tables[1].read_bytes()
    assert main(["sweep", "xor", "--network", str(path), "--layers", "3"]) == 1
    assert "--layers and --network do not go together" in capsys.readouterr().err


def test_folds_in_several_processes() -> None:
    def net(seed: int) -> lernpy.Network:
        return lernpy.layered([4, 3], output_activation="softmax", loss="cross_entropy", seed=seed)

    how = {"folds": 3, "epochs": 5, "scale": "standard", "engine": "numpy"}
    one, two = (
        lernpy.cross_validate(net, lernpy.data.load("iris"), n_jobs=n, **how) for n in (None, 2)
    )
    assert one["loss"].tolist() == two["loss"].tolist()


def test_wrong_numbers_of_jobs(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(LernpyError, match="number of jobs"):
        swept(n_jobs=0)
    with pytest.raises(SystemExit):
        main(["sweep", "xor", "--jobs", "none"])
    assert "'none' is not a number" in capsys.readouterr().err


# ---- kills --------------------------------------------------------------------------------------


def command(table: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "lernpy", "sweep", *LONG, "-o", str(table), *more]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of an undisturbed run."""
    path = tmp_path_factory.mktemp("sweep") / "table.csv"
    subprocess.run(command(path), check=True, capture_output=True)
    return path.read_bytes()


def wait_for(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def slices_in(path: Path) -> int:
    journal = Path(f"{path}.part")
    return journal.read_bytes().count(b"\n") - 1 if journal.exists() else 0


def children(process: int, word: str) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(") ")[2].split()[1])
            line = (stat.parent / "cmdline").read_text()
        except OSError:
            continue
        if parent == process and word in line:
            found.append(int(stat.parent.name))
    return found


LINUX = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks for processes in /proc"
)


@LINUX
def test_the_command_is_killed_and_called_again(table: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    process = subprocess.Popen(
        command(path, "--jobs", "2"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: slices_in(path) >= 1)
    workers = children(process.pid, "popen_loky")
    process.kill()
    process.wait()
    assert workers
    assert 1 <= slices_in(path) < 8, "it was over before the kill"
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    subprocess.run(command(path, "--jobs", "2"), check=True, capture_output=True)
    assert path.read_bytes() == table


@LINUX
def test_a_worker_is_killed(table: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    process = subprocess.Popen(
        command(path, "--jobs", "2"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: slices_in(path) >= 1)
    os.kill(children(process.pid, "popen_loky")[0], signal.SIGKILL)
    assert process.wait(120) == 0
    assert path.read_bytes() == table


def deadly(folder: str, piece: int) -> int:
    """Ends its process the first time."""
    mark = Path(folder, str(piece))
    if not mark.exists():
        mark.touch()
        os._exit(9)
    return piece * piece


def always_deadly(folder: str, piece: int) -> int:
    os._exit(9)


@LINUX
def test_a_piece_is_begun_again_and_not_for_ever(tmp_path: Path) -> None:
    assert dict(results_of(deadly, str(tmp_path), [3, 4], n_jobs=2)) == {0: 9, 1: 16}
    with pytest.raises(LernpyError, match="were killed 3 times with nothing done"):
        dict(results_of(always_deadly, "", [1], n_jobs=2))


# ---- a cluster ----------------------------------------------------------------------------------


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a scheduler on this machine, and the processes of its two workers."""
    pytest.importorskip("distributed")
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert scheduler.stderr is not None
    address = next(
        m[0] for line in scheduler.stderr if (m := re.search(r"tcp://127\.0\.0\.1:\d+", line))
    )
    worker = [sys.executable, "-m", "dask", "worker", address, "--nthreads", "1", "--no-dashboard"]
    workers = [
        subprocess.Popen([*worker, "--local-directory", str(tmp_path / f"w{n}")], **QUIET)
        for n in range(2)
    ]
    yield address, [process.pid for process in workers]
    for process in (*workers, scheduler):  # the process that a worker watches ends with it
        process.kill()
        process.wait()
    scheduler.stderr.close()


@LINUX
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_cluster_one_of_whose_workers_is_killed(
    cluster: tuple[str, list[int]], table: bytes, tmp_path: Path
) -> None:
    distributed, joblib = map(pytest.importorskip, ("distributed", "joblib"))
    address, workers = cluster
    path = tmp_path / "table.csv"
    process = subprocess.Popen(
        command(path, "--cluster", address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: slices_in(path) >= 1)
    for worker in children(workers[0], "spawn_main"):
        os.kill(worker, signal.SIGKILL)
    assert process.wait(600) == 0
    assert path.read_bytes() == table
    with distributed.Client(address), joblib.parallel_config("dask"):
        assert dict(results_of(pow, 2, [1, 2, 3], n_jobs=-1)) == {0: 2, 1: 4, 2: 8}


@LINUX
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_all_pieces_share_outlives_every_worker(
    cluster: tuple[str, list[int]], tmp_path: Path
) -> None:
    def deadly_there(folder: str, piece: int) -> int:  # which goes along with its code
        mark = Path(folder, str(piece))
        if not mark.exists():
            mark.touch()
            os._exit(9)
        return piece * piece

    results = results_of(deadly_there, str(tmp_path), [3, 4], cluster=cluster[0])
    assert dict(results) == {0: 9, 1: 16}


def test_a_scheduler_that_is_not_there(capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip("distributed")
    assert main(["sweep", "xor", "--seeds", "0:2", "--cluster", "tcp://127.0.0.1:1"]) == 1
    assert "no scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err
