"""scripts/bench.py: the peers learn the same, the goals are judged by their numbers, the tables are whole.

How fast anything is, is not tested here.
"""

from __future__ import annotations

import doctest
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.append(str(SCRIPTS))

from benchmark import goals, growth, limit, memory, peers, scalars, start  # noqa: E402
from benchmark.runners import Absent  # noqa: E402
from benchmark.workloads import WORKLOADS, XOR, Workload  # noqa: E402


def task(sizes: tuple[int, ...], batch: int, count: int = 48) -> Workload:
    """Random samples for layers of these sizes; () is the random wiring."""
    rng = np.random.default_rng(3)
    n_in, n_out = (sizes[0], sizes[-1]) if sizes else (12, 6)
    samples = rng.random((count, n_in)), rng.random((count, n_out))
    return Workload("small", "for a test", sizes, batch, lambda: samples)


def apart(kind: Any, workload: Workload) -> float:
    """The largest difference to the object graph's weights after three epochs in one order."""
    runners = kind(workload), peers.engine(workload, "python")(workload)
    for runner in runners:
        runner.learn(3, shuffle=False)
    ours, theirs = (runner.weights() for runner in runners)
    assert not np.array_equal(theirs, [w.value for w in workload.network().weights])
    return float(np.abs(ours - theirs).max())


# ---- C ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "batch"),
    [
        ((2, 3, 1), 1),
        ((2, 3, 1), 4),
        ((4, 4), 3),
        ((20, 9, 10), 1),
        ((7, 16, 8, 3), 1),
        ((20, 9, 10), 8),
        ((5, 33, 17), 3),
        ((12, 20, 11, 3), 24),
        ((), 8),
        ((), 16),
    ],
)
def test_c_learns_what_the_network_learns(sizes: tuple[int, ...], batch: int) -> None:
    """Sizes that fill vectors and tiles and sizes that do not. (Without a compiler it says so.)"""
    workload = task(sizes, batch)
    if shutil.which("cc") is None:
        with pytest.raises(Absent, match="no C compiler"):
            limit.C(workload)
    else:
        assert apart(limit.C, workload) < 1e-12


@pytest.mark.parametrize("registers", [(4, 4), (2, 4)])
@pytest.mark.parametrize(("sizes", "batch"), [((9, 6, 3), 1), ((9, 6, 3), 6), ((), 8)])
def test_c_learns_the_same_in_narrow_vectors(
    sizes: tuple[int, ...], batch: int, registers: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine whose vectors hold four numbers, or two."""
    monkeypatch.setattr(limit, "registers", lambda compiler: registers)
    assert shutil.which("cc") is None or apart(limit.C, task(sizes, batch)) < 1e-12


@pytest.mark.parametrize("sizes", [(2, 3, 1), (70, 15, 10)])
def test_c_that_skips_zeros_learns_the_same(sizes: tuple[int, ...]) -> None:
    """Four fifths of the inputs are 0, of one sample all."""
    workload = task(sizes, 1)
    x, _ = workload.samples()
    x[np.random.default_rng(0).random(x.shape) < 0.8] = 0.0
    x[3] = 0.0
    assert shutil.which("cc") is None or apart(limit.CSkipping, workload) < 1e-12


def test_c_shuffles_and_leaves_the_maths_of_others_alone() -> None:
    """Every sample still stands in the order once; the smallest number is not rounded to 0."""
    workload = task((2, 3, 1), 4)
    if shutil.which("cc"):
        runner = limit.C(workload)
        runner.learn(2)
        assert sorted(runner.order) == list(range(48)) != runner.order.tolist()
        assert np.isfinite(runner.weights()).all()
    assert np.array([5e-324]) * np.array([1.0]) > 0


def test_c_without_a_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Absent, match=r"^no C compiler \(cc\) here$"):
        limit.C(task((2, 3, 1), 4))


def test_c_with_a_compiler_that_fails(tmp_path: Path) -> None:
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\necho 'no room' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(Absent, match="cc does not compile it: no room"):
        limit.compiled(str(broken), "int a;")


@pytest.mark.parametrize(
    ("sizes", "batch", "said"), [((2, 3, 1), 5, "whole batches"), ((), 6, "8, 16 ... samples")]
)
def test_c_names_what_it_does_not_do(
    sizes: tuple[int, ...], batch: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(limit, "registers", lambda compiler: (8, 8))
    with pytest.raises(Absent, match=said):
        limit.C(task(sizes, batch))


# ---- graphs that take their time ----------------------------------------------------------------------


class Value:
    """A stand-in for micrograd's: what it adds and multiplies knows the way back."""

    def __init__(self, data: float, before: tuple[Value, ...] = (), op: str = "") -> None:
        self.data, self.grad, self.before = data, 0.0, before
        self._backward = lambda: None

    def combined(self, data: float, *slopes: tuple[Value, float]) -> Value:
        out = Value(data, tuple(each for each, _ in slopes))

        def backward() -> None:
            for each, slope in slopes:
                each.grad += slope * out.grad

        out._backward = backward
        return out

    def __add__(self, other: Value) -> Value:
        return self.combined(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, factor: float) -> Value:
        return self.combined(self.data * factor, (self, factor))

    def __sub__(self, number: float) -> Value:
        return self.combined(self.data - number, (self, 1.0))

    def __pow__(self, power: int) -> Value:
        return self.combined(self.data**power, (self, power * self.data ** (power - 1)))

    def times(self, other: Any) -> Value:
        if not isinstance(other, Value):
            return self * other
        return self.combined(self.data * other.data, (self, other.data), (other, self.data))

    def backward(self) -> None:
        order: list[Value] = []

        def visit(value: Value) -> None:
            if value not in order:
                for each in value.before:
                    visit(each)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value._backward()


class Neuron:
    def __init__(self, n_in: int) -> None:
        self.w, self.b, self.nonlin = [Value(0.0) for _ in range(n_in)], Value(0.0), True

    def __call__(self, x: list[Any]) -> Value:
        return sum((w.times(each) for w, each in zip(self.w, x, strict=True)), self.b)


class Net:
    def __init__(self, n_in: int, sizes: list[int]) -> None:
        pairs = zip([n_in, *sizes], sizes, strict=False)
        self.layers = [
            type("Layer", (), {"neurons": [Neuron(a) for _ in range(b)]}) for a, b in pairs
        ]

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for n in layer.neurons for p in [*n.w, n.b]]

    def zero_grad(self) -> None:
        for each in self.parameters():
            each.grad = 0.0


def test_micrograd_learns_what_the_network_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for its two modules."""
    monkeypatch.setitem(sys.modules, "micrograd", type(sys)("micrograd"))
    for name, made in (("engine", {"Value": Value}), ("nn", {"MLP": Net})):
        module = type(sys)(f"micrograd.{name}")
        vars(module).update(made)
        monkeypatch.setitem(sys.modules, f"micrograd.{name}", module)
    before = sys.getrecursionlimit()
    try:
        assert apart(scalars.Micrograd, task((3, 4, 2), 1, count=5)) < 1e-12
    finally:
        sys.setrecursionlimit(before)


def test_micrograd_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "micrograd.engine", None)
    with pytest.raises(Absent, match="micrograd is not installed"):
        scalars.Micrograd(task((2, 3, 1), 1))


def test_an_object_graph_gets_as_many_samples_as_it_can_learn_in_a_turn() -> None:
    """65,536 links' turns: 13 links let all samples in, 4,901 let 13 in, a batch always gets in."""
    graph = peers.engine(WORKLOADS[0], "graph")
    assert len(graph(task((2, 3, 1), 1)).x) == 48
    assert len(graph(task((488, 10, 1), 1)).x) == 2**16 // 4_901 == 13
    assert len(graph(task((488, 10, 1), 24)).x) == 24


# ---- the goals ----------------------------------------------------------------------------------------


def row(name: str, wanted: list[goals.Goal], **rates: float) -> goals.Row:
    """A workload as bench.py measures it, each turn within a tenth of the median."""
    runners = [
        {"name": each, "median": rate, "lowest": 0.9 * rate, "highest": 1.1 * rate}
        for each, rate in rates.items()
    ]
    judged = goals.judged(wanted, rates)
    return {"name": name, "about": "a task", "runners": runners, "goals": judged}


def test_verdicts() -> None:
    assert goals.verdict(2.0, 2.0) == "reached"
    assert goals.verdict(1.99, 2.0) == goals.verdict(1.8, 2.0) == "nine tenths"
    assert goals.verdict(1.79, 2.0) == "MISSED"
    assert goals.verdict(None, 2.0) is goals.verdict(1.5, None) is None


def test_all_goals_in_one_list() -> None:
    """400 / 200 reaches 2, 380 / 200 nine tenths of it, 100 / 200 does not; jax was not there."""
    one = row("W1", [("numpy", "torch", 2.0), ("jit", "torch", 2.0)], numpy=400, jit=380, torch=200)
    two = row("W2", [("numpy", "torch", 2.0), ("jit", "jax", 1.3)], numpy=100, torch=200)
    free = row("many", [("numpy", "torch", None)], numpy=100, torch=200)

    lines = [line.split() for line in goals.listed([one, two, free])]

    assert lines[1:] == [
        ["W1", "numpy", "/", "torch", "2.0", "2", "reached"],
        ["W1", "jit", "/", "torch", "1.90", "2", "nine", "tenths"],
        ["W2", "numpy", "/", "torch", "0.50", "2", "MISSED"],
        ["W2", "jit", "/", "jax", "1.3", "not", "measured"],
        ["many", "numpy", "/", "torch", "0.50", "no", "goal"],
        [
            "4",
            "goals:",
            "1",
            "reached,",
            "1",
            "nine",
            "tenths,",
            "1",
            "MISSED,",
            "1",
            "not",
            "measured",
        ],
    ]


def test_the_rows_of_the_readme() -> None:
    wanted: list[goals.Goal] = [("numpy", "torch", 10), ("jit", "jax", 4), ("jit", "c", 3)]
    wanted += [("python", "micrograd", 20), ("learn", "verbs", 0.9), ("learn", "micrograd", None)]
    fast = {"numpy": 159_400, "torch": 10_000, "jit": 12_810_000, "jax": 3_400_000, "c": 9_000_000}
    first = row("W1", wanted, **fast, python=634_000, micrograd=2_000, learn=80_000, verbs=100_000)
    many: list[goals.Goal] = [("numpy", "torch", None), ("jit", "torch", 10), ("jit", "jax", 1.3)]
    second = row("many", many, numpy=400, torch=100, jit=1600, jax=1000)

    lines = goals.markdown([first, second])

    assert lines[0].count("|") == lines[1].count("|") == 9
    assert lines[2:4] == [
        "| W1 a task | 159k | 15.9 (10) | – | – | 12.8M | *3.8* (4) | **1.42** (3) |",
        "| a task | 400 | 4.0; jit 16.0 (10) | – | – | 1.6k | 1.60 (1.3) | – |",
    ]
    assert lines[5:8] == [
        "| workload | python, samples/s | ÷ micrograd "
        "| network.learn, samples/s | ÷ its bare verbs | ÷ micrograd |",
        "|---|---|---|---|---|---|",
        "| W1 a task | 634k | 317 (20) | 80k | **0.80** (0.9) | 40.0 |",
    ]
    assert "±10%" in lines[-1]


def test_every_goal_is_about_somebody_who_can_run() -> None:
    for workload in WORKLOADS:
        for ours, peer, goal in workload.goals:
            assert ours in peers.ENGINES
            assert goal is None or goal > 0
            engines, others = peers.taking_part(workload, [ours], [peer])
            assert [kind.name for kind in engines + others] == [ours, peer]


def test_who_takes_part() -> None:
    """Those with goals, or those that were named; a peer without such a workload is left out."""
    first, many = WORKLOADS[0], WORKLOADS[-1]
    engines, others = peers.taking_part(first, [], [])
    assert [kind.name for kind in engines] == ["numpy", "jit", "python", "learn"]
    assert {kind.name for kind in others} == set(peers.PEERS) - {"c.skip"}
    assert [kind.name for kind in peers.taking_part(many, ["jit"], ["c", "jax"])[1]] == ["jax"]


def test_examples() -> None:
    for module in (goals, growth):
        assert doctest.testmod(module).failed == 0


# ---- the whole program --------------------------------------------------------------------------------


def bench(*arguments: str) -> str:
    tiny = ["--rounds", "1", "--seconds", "0.005", "--workloads", "W2", "--engines", "numpy"]
    command = [sys.executable, str(SCRIPTS / "bench.py"), *tiny, "--peers", "c", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_json_is_all_that_is_printed() -> None:
    report = json.loads(bench("--json"))
    (w2,) = report["workloads"]
    assert w2["name"] == "W2"
    assert w2["runners"][0]["name"] == "numpy"
    assert w2["runners"][0]["distance"] == 0.0
    assert [each["ratio"] for each in w2["goals"]] == [None] * len(w2["goals"])
    if shutil.which("cc"):
        assert w2["runners"][1]["distance"] < 1e-9
    else:
        assert w2["absent"] == ["c: no C compiler (cc) here"]


def test_markdown_stands_behind_the_list_of_goals() -> None:
    lines = bench("--markdown").splitlines()
    count = next(at for at, line in enumerate(lines) if "goals: 0 reached" in line)
    assert lines[count + 2].startswith("| workload | numpy, samples/s | ÷ PyTorch |")
    assert lines[count + 4].startswith("| W2 XOR 2-3-1, batch 4 | ")


def test_an_unknown_name_is_an_error_of_one_line() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        bench("--peers", "tensorflow")
    assert failed.value.stderr == (
        "bench.py: --peers does not know 'tensorflow'."
        " Known: torch, torch.compile, sklearn, jax, c, c.skip, micrograd, verbs\n"
    )


# ---- growth and memory --------------------------------------------------------------------------------


def lines_of(power: float) -> list[growth.Row]:
    """Made-up seconds that grow with this power of the links."""
    sizes = (1e3, 1e4, 1e5, 1e6)
    return [
        {"links": n, "bytes": 440.0, **dict.fromkeys(growth.SECONDS, 1e-6 * n**power)}
        for n in sizes
    ]


@pytest.mark.parametrize(
    ("power", "said"), [(0.5, "less than linear"), (1.0, "linear"), (1.3, "MORE than linear")]
)
def test_growth_is_judged_by_its_exponent(power: float, said: str) -> None:
    lines = growth.judged(lines_of(power))
    verdicts = [line.split(f"{power:.2f}")[-1].strip() for line in lines[2:-1]]
    assert verdicts == [said] * len(growth.SECONDS)
    assert lines[-1] == "the object graph: 440 bytes a link (1,000,000 links)"


def test_growth_is_measured_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Layers of 5, 5 and 10 neurons; the picture needs larger ones, so those are made up."""
    rows = growth.measure(print_rows=True, picture=None, sizes=[5])
    assert [each["links"] for each in rows] == [6 * 5 + 6 * 10]
    assert all(each[name] > 0 for each in rows for name in ("build", "copy", "compile", "numpy"))
    assert len(capsys.readouterr().out.splitlines()) > len(growth.SECONDS) + 3

    growth.plot(lines_of(1.0), str(tmp_path / "growth.png"))
    assert (tmp_path / "growth.png").stat().st_size > 10_000


def test_memory_of_a_training() -> None:
    """A thousand pictures are 6.35 MB of numbers; Python and NumPy come on top."""
    (found,) = memory.measure(["numpy"], samples=1000)
    assert found["data"] == 1000 * (784 + 10) * 8
    assert found["data"] < found["peak"] < memory.LIMIT


def test_memory_is_judged() -> None:
    numbers = {"engine": "numpy", "samples": 60_000, "data": 0.5 * 2**30}
    within, beyond = (
        memory.listed([{**numbers, "peak": peak * 2**30}])[1].split("of which")[0]
        for peak in (1, 3)
    )
    assert within.split() == ["numpy", "1.00", "GiB", "at", "most,"]
    assert beyond.split() == ["numpy", "3.00", "GiB", "at", "most,"]
    assert memory.listed([{**numbers, "peak": 2.0**30}])[1].endswith(": within 2 GiB")
    assert memory.listed([{**numbers, "peak": 3 * 2.0**30}])[1].endswith(": MORE than 2 GiB")


def test_the_start_is_measured_and_judged() -> None:
    rows = start.measure(turns=1)
    assert [each["command"] for each in rows] == ["lernpy --help", "lernpy train xor"]
    assert all(each["seconds"] > 0 for each in rows)
    soon, late = ({"command": "lernpy x", "goal": 1.0, "seconds": took} for took in (0.5, 1.5))
    assert start.listed([soon, late]) == [
        "lernpy x            0.50 s (goal 1: reached)",
        "lernpy x            1.50 s (goal 1: MISSED)",
    ]


def test_the_xor_of_the_workloads_is_xor() -> None:
    assert [(a != b) == bool(t) for (a, b), (t,) in zip(*XOR, strict=True)] == [True] * 4
