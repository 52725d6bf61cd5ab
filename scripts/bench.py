"""How fast lernpy learns, beside its peers: ratios, measured in turns in one process.

    python3 scripts/bench.py [--workloads W1,W3] [--engines numpy,jit] [--peers torch,jax,c] [--json]
    python3 scripts/bench.py --growth [--plot growth.png]
    python3 scripts/bench.py --memory --start --time

lernpy is timed through `lernpy.train`, with shuffling, history and write-back. Every runner learns the
same workload from the same weights; in each round each has its turn, and medians are compared. Beside
each figure stands how far its weights are from lernpy's after two epochs in one order. A peer that is
not installed is named and left out. Peers get tiny data many times over, so that an epoch costs them
nothing; lernpy gets it as it is; what goes number by number gets as many samples as it can learn in a
turn. At the end stand all goals. The numbers drift from machine to machine; the ratios less so.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
ENOUGH = 1024  # samples in a peer's epoch
PACKAGES = ("numpy", "numba", "torch", "scikit-learn", "jax", "jaxlib", "micrograd", "cupy-cuda12x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--workloads", default="", help="names, with commas between (all)")
    parser.add_argument(
        "--engines", default="", help="learn, graph, python, numpy, jit, cupy (those with goals)"
    )
    parser.add_argument(
        "--peers",
        default="",
        help="torch, torch.compile, sklearn, jax, c, c.skip, micrograd, verbs",
    )
    parser.add_argument("--threads", default="1", help="a process for each number: 1,2")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of one turn")
    parser.add_argument("--growth", action="store_true", help="time and memory by number of links")
    parser.add_argument("--plot", help="with --growth: a picture to write")
    parser.add_argument("--memory", action="store_true", help="of training on 60,000 pictures")
    parser.add_argument("--time", action="store_true", help="an LSTM beside torch.nn.LSTM")
    parser.add_argument("--start", action="store_true", help="how soon the program is there")
    parser.add_argument(
        "--markdown", action="store_true", help="the rows of the README's table, too"
    )
    parser.add_argument("--json", action="store_true", help="a line of it, and nothing else")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        run(asked)
        return
    for threads in asked.threads.split(","):
        limits = dict.fromkeys(THREADS, threads)
        child = [sys.executable, __file__, "--child", *sys.argv[1:]]
        done = subprocess.run(child, env={**os.environ, **limits}, check=False)
        if done.returncode:
            sys.exit(done.returncode)


def run(asked: argparse.Namespace) -> None:
    """One thread setting: everything that was asked for."""
    if os.environ.get(THREADS[0]) == "1" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # some make threads of their own
    refuse_unknown(asked)
    report: dict[str, Any] = {"machine": machine(), "workloads": []}
    if not asked.json:
        print("\n".join(f"{name}: {value}" for name, value in report["machine"].items()), "\n")
    if asked.growth:
        from benchmark import growth

        report["growth"] = growth.measure(print_rows=not asked.json, picture=asked.plot)
    if asked.memory:
        from benchmark import memory

        report["memory"] = memory.measure(names(asked.engines) or ["numpy", "jit"])
        if not asked.json:
            print("\n".join(memory.listed(report["memory"])))
    if asked.start:
        from benchmark import start

        report["start"] = start.measure()
        if not asked.json:
            print("\n".join(start.listed(report["start"])))
    if asked.time:
        from benchmark import recurrent

        report["time"] = recurrent.measure(asked.rounds, asked.seconds)
        if not asked.json:
            print("\n".join(recurrent.listed(report["time"])))
    if not (asked.growth or asked.memory or asked.start or asked.time):
        report["workloads"] = race(asked)
    if asked.json:
        print(json.dumps(report))


def refuse_unknown(asked: argparse.Namespace) -> None:
    from benchmark import peers
    from benchmark.workloads import WORKLOADS

    known = {"workloads": [workload.name for workload in WORKLOADS]}
    known |= {"engines": list(peers.ENGINES), "peers": list(peers.PEERS)}
    for option, there in known.items():
        for name in names(getattr(asked, option)):
            if name not in there:
                sys.exit(f"bench.py: --{option} does not know '{name}'. Known: {', '.join(there)}")


def race(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """One workload after the other, and at the end all goals."""
    from benchmark import goals
    from benchmark.workloads import WORKLOADS

    wanted = names(asked.workloads) or [workload.name for workload in WORKLOADS]
    rows = [compare(workload, asked) for workload in WORKLOADS if workload.name in wanted]
    if not asked.json:
        print("\n".join(goals.listed(rows)))
        if asked.markdown:
            print("", *goals.markdown(rows), sep="\n")
    return rows


def names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    found = {
        "date": date.today().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        "Python": platform.python_version(),
        "threads": os.environ.get(THREADS[0], "as many as there are"),
        "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE", "unset"),
    }
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def compare(workload: Any, asked: argparse.Namespace) -> dict[str, Any]:
    """All runners on one workload, in turns."""
    from benchmark.goals import judged

    runners, absent = runners_for(workload, asked)
    epochs = {runner.name: enough_epochs(runner, asked.seconds) for runner in runners}
    seconds: dict[str, list[float]] = {runner.name: [] for runner in runners}
    for _ in range(asked.rounds):
        for runner in runners:
            seconds[runner.name].append(timed(runner, epochs[runner.name]))
    rates = {
        runner.name: [
            (runner.units or len(runner.x)) * epochs[runner.name] / each
            for each in seconds[runner.name]
        ]
        for runner in runners
    }
    row = {
        "name": workload.name,
        "about": workload.about,
        "absent": absent,
        "runners": [summary(runner, rates[runner.name], workload) for runner in runners],
        "goals": judged(
            workload.goals, {name: statistics.median(each) for name, each in rates.items()}
        ),
    }
    if not asked.json:
        show(row)
    return row


def runners_for(workload: Any, asked: argparse.Namespace) -> tuple[list[Any], list[str]]:
    from benchmark import peers, runners

    from lernpy.errors import LernpyError

    engines, others = peers.taking_part(workload, names(asked.engines), names(asked.peers))
    copies = 1 if workload.many else max(1, ENOUGH // len(workload.samples()[0]))
    found, absent = [], []
    for kind in engines + others:
        try:
            found.append(kind(workload, copies=1 if kind in engines else copies))
        except (runners.Absent, LernpyError) as reason:
            absent.append(f"{kind.name}: {reason}")
    return found, absent


def timed(runner: Any, epochs: int) -> float:
    start = perf_counter()
    runner.learn(epochs)
    return perf_counter() - start


def enough_epochs(runner: Any, seconds: float) -> int:
    """So many that one turn takes about so long, and what happens once in it is a small part of it."""
    runner.learn(1)
    fixed, epochs, took = timed(runner, 1), 1, 0.0
    if fixed > 4 * seconds:
        return 1
    while took < max(seconds / 4, fixed) and epochs < 1_000_000:
        epochs *= 4
        runner.learn(epochs)
        took = timed(runner, epochs) - fixed
    epochs = max(1, round(epochs * max(seconds, 4 * fixed) / took))
    runner.learn(epochs)
    return epochs


def summary(runner: Any, rates: list[float], workload: Any) -> dict[str, Any]:
    return {
        "name": runner.name,
        "median": statistics.median(rates),
        "lowest": min(rates),
        "highest": max(rates),
        "distance": distance(type(runner), workload) if runner.comparable else None,
    }


def distance(kind: Any, workload: Any) -> float:
    """How far the weights are from the mirror's after two epochs in the order of the data."""
    import numpy as np
    from benchmark import peers

    copies = 1 if workload.many else max(1, 64 // len(workload.samples()[0]))
    ours, theirs = peers.engine(workload, "numpy")(workload, copies), kind(workload, copies)
    ours.x, ours.t = theirs.x, theirs.t  # a slow one takes but a part of them
    for runner in (ours, theirs):
        runner.learn(2, shuffle=False)
    a, b = ours.weights(), theirs.weights()
    return float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(a))))


def show(row: dict[str, Any]) -> None:
    print(f"{row['name']}: {row['about']}")
    for each in row["runners"]:
        spread = (each["highest"] - each["lowest"]) / each["median"]
        far = "" if each["distance"] is None else f"   weights within {each['distance']:.0e}"
        print(f"  {each['name']:<14}{each['median']:>14,.0f} a second  ±{spread / 2:>4.0%}{far}")
    for each in row["goals"]:
        if each["ratio"] is not None:
            goal = f" (goal {each['goal']:g}: {each['verdict']})" if each["goal"] else ""
            print(f"    {each['engine']} / {each['peer']}: {each['ratio']:.2f}{goal}")
    for line in row["absent"]:
        print(f"  left out: {line}")
    print(flush=True)


if __name__ == "__main__":
    main()
