"""All peers by name, and who takes part in a workload."""

from __future__ import annotations

from benchmark import many
from benchmark.limit import C, CSkipping
from benchmark.objects import Learn, Verbs
from benchmark.runners import Jax, Runner, Sklearn, Torch, TorchCompile, of_engine
from benchmark.scalars import Micrograd
from benchmark.workloads import Workload

PEERS: dict[str, type[Runner]] = {
    runner.name: runner
    for runner in (Torch, TorchCompile, Sklearn, Jax, C, CSkipping, Micrograd, Verbs)
}
ENGINES = ("learn", "graph", "python", "numpy", "jit", "cupy")  # "learn": no engine at all


def engine(workload: Workload, name: str) -> type[Runner]:
    if name == Learn.name and not workload.many:
        return Learn
    return many.of_engine(name) if workload.many else of_engine(name)


def taking_part(
    workload: Workload, engines: list[str], peers: list[str]
) -> tuple[list[type[Runner]], list[type[Runner]]]:
    """lernpy's engines and the peers; where none are named, those that the goals are about."""
    known = many.PEERS if workload.many else PEERS
    engines = engines or list(dict.fromkeys(ours for ours, _, _ in workload.goals))
    peers = peers or list(dict.fromkeys(peer for _, peer, _ in workload.goals))
    return [engine(workload, name) for name in engines], [
        known[name] for name in peers if name in known
    ]
