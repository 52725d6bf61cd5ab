"""Errors: each names the thing, what it has, what it got, and the next move."""

from __future__ import annotations

from lernpy.text import visible


class LernpyError(Exception):
    r"""Whatever lernpy has to say about a wrong input; one sentence, fit to be shown to a user.

    >>> print(LernpyError("no neuron is called 'h\x1b[31m1'"))
    no neuron is called 'h\x1b[31m1'
    """

    def __str__(self) -> str:
        return visible(Exception.__str__(self))  # a KeyError would put the sentence into quotes


def missing(what: str, package: str, install: str = "") -> LernpyError:
    """The error where a package is not installed that only `what` needs.

    >>> str(missing("the engine jit", "numba"))
    'the engine jit needs numba: pip install numba'
    """
    return LernpyError(f"{what} needs {package}: pip install {install or package}")


class ShapeError(LernpyError, ValueError):
    """A sample, a target or a table has the wrong number of values."""


class UnknownNameError(LernpyError, KeyError):
    """A name that is in no table; the message suggests the nearest known one."""


class WiringError(LernpyError, ValueError):
    """The links do not make a network: a loop, an unreachable neuron, two neurons of one name."""


class DataError(LernpyError, ValueError):
    """A data set that cannot be read or learned from; names the file, line and column."""


class FileFormatError(LernpyError, ValueError):
    """A file that is cut off, of an unknown version or not what it says; names the place."""


class TrainingError(LernpyError, RuntimeError):
    """Training that cannot start or go on; names the first bad link and sample where there is one."""
