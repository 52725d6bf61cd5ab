"""Engines beside each other: in threads, in forked processes; and what they take of the memory."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np
import pytest

import lernpy
from lernpy.engine import make

ENGINES = ["graph", "python", "numpy", *(["jit"] if find_spec("numba") else [])]


def learn(job: tuple[str, int]) -> list[float]:
    """The weights that this engine finds with this seed."""
    name, seed = job
    network = lernpy.layered([20, 15, 5], optimizer="momentum", seed=seed)
    rng = np.random.default_rng(seed)
    x, t = rng.normal(size=(48, 20)), rng.random((48, 5))
    engine = make(network, name)
    engine.learn_epochs(x, t, np.tile(np.arange(48), (4, 1)), 16, [0.1] * 4)
    engine.store()
    return [weight.value for weight in network.weights]


def test_engines_of_all_kinds_in_threads_at_once() -> None:
    jobs = [(name, seed) for seed in range(3) for name in ENGINES]
    alone = list(map(learn, jobs))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(learn, jobs)) == alone


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
@pytest.mark.parametrize("name", ENGINES)
def test_a_forked_process_learns_as_its_parent(name: str) -> None:
    before = learn((name, 1))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(learn, [(name, 1)] * 4).get(60) == [before] * 4


SIXTY_THOUSAND = """
import pathlib, resource, sys
import numpy as np
import lernpy
def peak():  # kB; on Linux of this process alone: ru_maxrss is handed down by the one that starts it
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most
x = np.zeros((60_000, 784))
x[:, ::5] = np.random.default_rng(0).random((60_000, 157))
t = np.zeros((60_000, 10))
t[:, 0] = 1.0
network = lernpy.layered([784, 15, 10], seed=0)
lernpy.train(network, (x, t), epochs=1, batch_size=100, engine=sys.argv[1], seed=0)
print(peak() // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak of the memory")
@pytest.mark.parametrize("name", ENGINES[2:])
def test_sixty_thousand_images_fit(name: str) -> None:
    """The data takes 360 MiB; all together stay below 1.3 GiB."""
    program = [sys.executable, "-c", SIXTY_THOUSAND, name]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert 360 < int(done.stdout) < 1330
