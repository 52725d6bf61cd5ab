"""Sequences: an unrolled LSTM of lernpy's beside torch.nn.LSTM, in turns, one core each."""

from __future__ import annotations

import os
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import lernpy
import lernpy.engine

STEPS, HIDDEN, BATCH, RATE = 20, 16, 32, 0.01
Turn = Callable[[int], None]  # learns so many batches


def measure(rounds: int = 7, seconds: float = 0.5) -> dict[str, float]:
    """Sequences a second of each, the medians of the rounds."""
    turns = {**ours(), **torchs()}
    batches = {name: _enough(turn, seconds) for name, turn in turns.items()}
    taken: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, turn in turns.items():
            taken[name].append(_timed(turn, batches[name]))
    return {name: BATCH * batches[name] / median(times) for name, times in taken.items()}


def listed(rates: dict[str, float]) -> list[str]:
    lines = [f"LSTM 1-{HIDDEN}-1 over {STEPS} steps, batches of {BATCH}: sequences a second"]
    lines += [f"  {name:<22}{rate:>12,.0f}" for name, rate in rates.items()]
    for ours, peer in (("jit", "torch.nn.LSTM"), ("jit, float32", "torch.nn.LSTM, float32")):
        if peer in rates:
            ratio = rates[ours] / rates[peer]
            lines.append(
                f"  {ours} / {peer}: {ratio:.2f} (goal 1: {'kept' if ratio > 1 else 'missed'})"
            )
        else:
            lines.append(f"  left out: {peer} (torch is not installed)")
    return lines


def samples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(BATCH, STEPS)), rng.normal(size=(BATCH, STEPS))


def ours() -> dict[str, Turn]:
    """Engines of lernpy's; an epoch is one batch."""
    x, t = samples()
    order = np.arange(BATCH)

    def turn(engine: str, dtype: str) -> Turn:
        cell = lernpy.build.lstm([1, HIDDEN, 1], seed=0)
        learner = lernpy.engine.make(lernpy.unroll(cell, STEPS), engine, dtype)

        def learn(count: int) -> None:
            learner.learn_epochs(x, t, np.tile(order, (count, 1)), BATCH, np.full(count, RATE))

        return learn

    kinds = {"jit": "float64", "jit, float32": "float32", "numpy": "float64"}
    return {name: turn(name.split(",")[0], dtype) for name, dtype in kinds.items()}


def torchs() -> dict[str, Turn]:
    """torch.nn.LSTM with a linear output, half the squared error, torch.optim.SGD; none without torch."""
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))

    def turn(dtype: Any) -> Turn:
        x, t = (torch.tensor(array[..., None], dtype=dtype) for array in samples())
        layer = torch.nn.LSTM(1, HIDDEN, batch_first=True, dtype=dtype)
        output = torch.nn.Linear(HIDDEN, 1, dtype=dtype)
        optimizer = torch.optim.SGD([*layer.parameters(), *output.parameters()], lr=RATE)

        def learn(count: int) -> None:
            for _ in range(count):
                optimizer.zero_grad()
                loss = 0.5 * ((output(layer(x)[0]) - t) ** 2).sum() / BATCH
                loss.backward()
                optimizer.step()

        return learn

    return {
        "torch.nn.LSTM": turn(torch.float64),
        "torch.nn.LSTM, float32": turn(torch.float32),
    }


def _enough(turn: Turn, seconds: float) -> int:
    """So many batches that a turn takes about so long."""
    turn(2)
    took = _timed(turn, 4)
    return max(4, round(4 * seconds / took))


def _timed(turn: Turn, batches: int) -> float:
    start = perf_counter()
    turn(batches)
    return perf_counter() - start
