"""How fast this checkout learns beside another one: ``python3 scripts/benchmark/against.py OTHER``.

OTHER is the folder of another checkout of lernpy. Two processes, one of each, take turns on one core
at the same workload through `lernpy.train`; what is printed is the ratio of this one's samples a second
to the other's, as the median of the rounds, with the lowest and the highest.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time

SCRIPTS = Path(__file__).resolve().parent.parent
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
ENGINES = "graph", "python", "numpy", "jit"
EARLIER = {"python": "graph"}  # what an older checkout called the engine of straight lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("other", type=Path, help="the folder of the other checkout")
    parser.add_argument("--workloads", default="", help="names, with commas between (all)")
    parser.add_argument("--engines", default="python,numpy,jit", help=", ".join(ENGINES))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.4, help="of one turn")
    parser.add_argument("--cpu", action="store_true", help="count seconds of the processor")
    asked = parser.parse_args()
    if not (asked.other / "lernpy" / "network.py").exists():
        sys.exit(f"{asked.other} is no checkout of lernpy; name its folder")
    known, wanted = workloads(), [name for name in asked.workloads.split(",") if name]
    if wrong := set(wanted) - set(known):
        sys.exit(f"no workload is called {', '.join(sorted(wrong))}. Known: {', '.join(known)}")
    for name in wanted or known:
        for engine in asked.engines.split(","):
            if engine != "python" or name in ("W1", "W2"):
                compare(name, engine, asked)


def workloads() -> list[str]:
    sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]
    from benchmark.workloads import WORKLOADS

    return [workload.name for workload in WORKLOADS]


def compare(name: str, engine: str, asked: argparse.Namespace) -> None:
    """Print one row; an engine that one of them lacks is said."""
    try:
        runs = [Child(root, name, engine, asked.cpu) for root in (SCRIPTS.parent, asked.other)]
        epochs = epochs_for(runs, asked.seconds)
        ratios = []
        for number in range(asked.rounds):
            times = {run: run.turn(epochs) for run in (runs if number % 2 else runs[::-1])}
            ratios.append(times[runs[1]] / times[runs[0]])
    except EOFError as error:
        print(f"{name:7} {engine:7} not measured: {error}", flush=True)
        return
    middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
    print(f"{name:7} {engine:7} {middle:6.2f}   ({low:.2f} to {high:.2f})", flush=True)


def epochs_for(runs: list[Child], seconds: float) -> int:
    """How many epochs take so long; also warms up."""
    epochs = 1
    while (took := max(run.turn(epochs) for run in runs)) < seconds / 2:
        epochs *= 2
    return max(1, round(epochs * seconds / took))


class Child:
    """A process with one checkout of lernpy; `turn` lets it learn and returns the seconds."""

    def __init__(self, root: Path, workload: str, engine: str, cpu: bool) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--child", str(root.resolve()), workload, engine]
            + ["cpu"] * cpu,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
        )
        self.turn(1)

    def turn(self, epochs: int) -> float:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{epochs}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line[:1].isdigit():
            raise EOFError(line.strip() or "the process ended")
        return float(line)

    def __del__(self) -> None:
        self.process.kill()
        self.process.communicate()


def child(root: str, name: str, engine: str, cpu: str = "") -> None:
    """Learn so many epochs as each line says, and answer with the seconds.

    Those of the processor (one thread works) leave out what others on a busy machine take.
    """
    sys.path[:0] = [root, str(SCRIPTS)]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    import lernpy
    from benchmark.workloads import WORKLOADS
    from lernpy.engine import ENGINES as known

    assert Path(lernpy.__file__).is_relative_to(root), lernpy.__file__
    engine = engine if engine in known else EARLIER.get(engine, engine)
    workload = next(workload for workload in WORKLOADS if workload.name == name)
    data, network = workload.samples(), workload.network()
    how = {"batch_size": workload.batch, "learning_rate": workload.rate, "engine": engine}
    clock = process_time if cpu else perf_counter
    for line in sys.stdin:
        start = clock()
        try:
            if workload.many:
                lernpy.train_many(
                    lambda seed: lernpy.layered(workload.sizes, seed=seed),
                    data,
                    range(1000),
                    epochs=int(line),
                    **how,
                )
            else:
                lernpy.train(network, data, epochs=int(line), seed=0, **how)
        except lernpy.LernpyError as error:
            print(error, flush=True)
            return
        print(clock() - start, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
