"""Work in pieces: here, in several processes of this machine, or on a cluster of Dask."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from threading import Thread
from time import sleep
from typing import Any, TypeVar

import numpy as np

from lernpy.checks import text, whole
from lernpy.errors import LernpyError, missing

Piece = TypeVar("Piece")
Result = TypeVar("Result")
PATIENCE = 10  # seconds until a scheduler must have answered
TRIES = 3  # times that a piece is begun again after the process it was in has died


def results_of(
    function: Callable[[Any, Piece], Result],
    common: Any,
    pieces: Sequence[Piece],
    n_jobs: int | None = None,
    cluster: str | None = None,
) -> Iterator[tuple[int, Result]]:
    """The index and the result of ``function(common, piece)`` for each piece, as they end.

    Parameters
    ----------
    n_jobs : processes; -1: one for each core; None: this one. Inside ``joblib.parallel_config("dask")``
        they are those of the cluster
    cluster : the address of a scheduler of Dask, such as "tcp://127.0.0.1:8786"

    A piece whose process is killed is begun again elsewhere.

    Raises
    ------
    LernpyError
        If joblib or dask is not there, or no scheduler answers.

    >>> dict(results_of(pow, 2, [1, 2, 3]))
    {0: 2, 1: 4, 2: 8}
    """
    if cluster is not None:
        return _on_cluster(function, common, pieces, text("address of the cluster", cluster))
    if n_jobs is None or checked_jobs(n_jobs) == 1:
        return ((index, function(common, piece)) for index, piece in enumerate(pieces))
    return _in_processes(function, common, pieces, n_jobs)


def checked_jobs(n_jobs: object) -> int:
    """-1, or a whole number from 1."""
    is_all = isinstance(n_jobs, (int, np.integer)) and n_jobs == -1
    return -1 if is_all else whole("number of jobs (n_jobs)", n_jobs, 1)


def _numbered(function: Callable[[Any, Any], Any], common: Any, index: int, piece: Any) -> Any:
    return index, function(common, piece)


def _in_worker(
    function: Callable[[Any, Any], Any], common: Any, index: int, piece: Any, parent: int
) -> Any:
    """The same in a process that shall not outlive the one that asks, however that ends."""
    _end_with(parent)
    return _numbered(function, common, index, piece)


@cache
def _end_with(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            sleep(1.0)
        os._exit(1)

    if os.getppid() == parent and os.name != "nt":
        Thread(target=watch, daemon=True).start()


def _in_processes(
    function: Callable[[Any, Any], Any], common: Any, pieces: Sequence[Any], n_jobs: int
) -> Iterator[tuple[int, Any]]:
    try:
        import joblib
        from joblib.externals.loky.process_executor import TerminatedWorkerError
    except ImportError:
        raise missing("work in several processes (n_jobs)", "joblib") from None
    waiting, tries = dict(enumerate(pieces)), 0
    while waiting:
        parallel = joblib.Parallel(
            n_jobs=n_jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs"
        )
        call, parent = joblib.delayed(_in_worker), os.getpid()
        calls = [call(function, common, *item, parent) for item in waiting.items()]
        before = len(waiting)
        try:
            for index, result in parallel(calls):
                del waiting[index]
                yield index, result
        except TerminatedWorkerError:
            tries = 0 if len(waiting) < before else tries + 1
            if tries >= TRIES:
                raise LernpyError(
                    f"the processes were killed {tries} times with nothing done; is there enough memory?"
                ) from None


def _itself(common: Any) -> Any:
    return common


def _on_cluster(
    function: Callable[[Any, Any], Any], common: Any, pieces: Sequence[Any], address: str
) -> Iterator[tuple[int, Any]]:
    try:
        import distributed
    except ImportError:
        raise missing("a cluster", "dask", "'dask[distributed]'") from None
    dask: Any = distributed
    try:
        client = dask.Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise LernpyError(
            f"no scheduler answers at {address} ({type(error).__name__}); start one, dask scheduler, and "
            f"some workers, dask worker {address} --nthreads 1"
        ) from None
    with client:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # it may be large
            # what is scattered is lost with the worker that has it; what a task made is made again
            shared = client.submit(partial(_itself, common), pure=False)
        futures = [
            client.submit(_numbered, function, shared, *item, pure=False)
            for item in enumerate(pieces)
        ]
        for _, (index, result) in dask.as_completed(futures, with_results=True):
            yield index, result
