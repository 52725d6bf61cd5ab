"""Formulas as calls of NumPy's functions that write in place, one for each operation.

Each result has its array; what is calculated on the way goes there as long as it is free, else to scratch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from lernpy.functions.formula import COMPARISONS, TOGETHER, TRUTHS, Formula, Operand, Operation
from lernpy.functions.printing.infix import CannotPrint

FULL, TRUTH, COUNT, FINE, ROW = "full", "truth", "count", "fine", "row"
"""Kinds of arrays: as large as the samples or weights; of truths; as large as what only counts steps,
rounded as the full ones; the same in float64, since 1 - 0.999... cancels; of what is one number for all
members of a group."""
KEYWORD = ("maximum", "minimum")  # NumPy wants to hear ``out=`` here


class Workspace(Protocol):
    """What the code around provides: names of arrays."""

    def number(self, value: float, kind: str) -> str:
        """Of an array without dimensions that holds this number; NumPy takes it faster than a float."""

    def together(self, name: str, array: str, out: str) -> str:
        """The call that writes the "largest" or the "whole" of an array's rows."""

    def scratch(self, kind: str, index: int) -> str:
        """Of the array of this kind and index, the same each time."""


class Span(NamedTuple):
    """From which operation to which other a value has to be kept."""

    first: int
    last: int

    def meets(self, other: Span, in_place: bool) -> bool:
        """Whether both need an array of their own; in place, one may begin where the other ends."""
        if in_place:
            return self.first < other.last and other.first < self.last
        return self.first <= other.last and other.first <= self.last


def write(
    formula: Formula,
    names: Mapping[str, str],
    into: Sequence[str],
    room: Workspace,
    *,
    spare: Collection[str] = (),
    counts: Collection[str] = (),
    in_place: bool = True,
) -> list[str]:
    """The lines that fill the arrays `into`, one for each result.

    names : the arrays of the parameters
    into : may be arrays of parameters (a memory is overwritten by what it becomes)
    spare : parameters whose arrays may be used up
    counts : parameters that are small arrays, whatever the size of the others
    in_place : whether a call may write where it reads

    Raises
    ------
    CannotPrint
        If results are to change places.
    """
    return _Calls(formula, names, into, room, spare, counts, in_place).lines()


NEVER = Span(0, 0)


class _Calls:
    """One formula on its way to calls."""

    def __init__(
        self,
        formula: Formula,
        names: Mapping[str, str],
        into: Sequence[str],
        room: Workspace,
        spare: Collection[str],
        counts: Collection[str],
        in_place: bool,
    ) -> None:
        self.operations, self.as_numbers = _merged(formula)
        self.results, self.into, self.room, self.in_place = formula.results, into, room, in_place
        self.end = len(self.operations) + 1
        self.spans = self._spans()
        self.kinds = self._kinds(formula.parameters, counts)
        self.array = {name: names.get(name, name) for name in formula.parameters}
        self.held: dict[str, list[Span]] = {}  # by array
        self.kind_of: dict[str, str] = {}
        self.scratches: Counter[str] = Counter()
        for name, array in self.array.items():
            used_up = (name in spare or array in into) and name not in self.results
            last = self.spans.get(name, NEVER).last if used_up else self.end
            self._hold(array, self.kinds[name], Span(0, last))

    def _spans(self) -> dict[str, Span]:
        spans: dict[str, Span] = {}
        for at, operation in enumerate(self.operations, 1):
            spans[operation.result] = Span(at, at)
            for name in _names(operation.arguments):
                spans[name] = Span(spans[name].first if name in spans else 0, at)
        return spans

    def _kinds(self, parameters: Sequence[str], counts: Collection[str]) -> dict[str, str]:
        """A count stays fine until it meets an array of the full kind."""
        kinds = {name: FINE if name in counts else FULL for name in parameters}
        for operation in self.operations:
            taken = {kinds[name] for name in _names(operation.arguments)}
            is_truth = operation.name in TRUTHS and operation.result not in self.as_numbers
            kind = FINE if taken <= {FINE} else TRUTH if is_truth else FULL
            is_row = operation.name in TOGETHER or taken == {ROW}
            kinds[operation.result] = ROW if is_row else kind
        full = {o.result for o in self.operations if kinds[o.result] != FINE}
        for operation in self.operations:
            for name in _names(operation.arguments):
                own = name not in parameters and name not in self.results
                if operation.result in full and kinds[name] == FINE and own:
                    kinds[name] = COUNT
        return kinds

    # ---- which array holds what -----------------------------------------------------------------

    def _hold(self, array: str, kind: str, span: Span) -> None:
        self.held.setdefault(array, []).append(span)
        self.kind_of[array] = kind

    def _is_free(self, array: str, span: Span) -> bool:
        return not any(span.meets(other, self.in_place) for other in self.held.get(array, ()))

    def _into_results(self) -> list[tuple[str, Operand]]:
        """Each result in its array from the start, or copied at the end; returns the copies."""
        copies = []
        for result, array in zip(self.results, self.into, strict=True):
            if isinstance(result, str) and result not in self.array:
                span = Span(self.spans[result].first, self.end)
                if self._is_free(array, span):
                    self.array[result] = array
                    self._hold(array, self.kinds[result], span)
            if self.array.get(str(result)) != array:
                copies.append((array, result))
        sources = {self.array.get(str(result)) for _, result in copies}
        if sources & {array for array, _ in copies}:
            raise CannotPrint("results change places")
        for _, result in copies:
            if isinstance(result, str):
                self.spans[result] = Span(self.spans.get(result, NEVER).first, self.end)
        return copies

    def _into_scratch(self) -> None:
        """From the last operation to the first: where its user writes, else wherever there is room."""
        last = {n: o.result for o in self.operations for n in _names(o.arguments)}
        for operation in reversed(self.operations):
            name = operation.result
            if name not in self.array:
                wanted = self.array.get(last.get(name, ""), "")
                self.array[name] = self._room_for(name, wanted)
                self._hold(self.array[name], self.kinds[name], self.spans[name])

    def _room_for(self, name: str, wanted: str) -> str:
        kind, span = self.kinds[name], self.spans[name]
        taken = self.into if span.last == self.end else ()  # copied from when all is done
        for array in (wanted, *self.held):
            fits = self.kind_of.get(array) == kind and array not in taken
            if fits and self._is_free(array, span):
                return array
        self.scratches[kind] += 1
        return self.room.scratch(kind, self.scratches[kind] - 1)

    # ---- the text -------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        copies = self._into_results()
        self._into_scratch()
        calls = [self._call(operation) for operation in self.operations]
        return calls + [f"copyto({array}, {self._text(result)})" for array, result in copies]

    def _call(self, operation: Operation) -> str:
        kind = self.kinds[operation.result]
        operands = [self._text(operand, kind) for operand in operation.arguments]
        out = self.array[operation.result]
        if operation.name in TOGETHER:
            return self.room.together(operation.name, operands[0], out)
        if operation.name == "where":
            return f"copyto({out}, where({', '.join(operands)}))"
        if operation.name == "power" and operation.arguments[1] == 2.0:
            return f"square({operands[0]}, {out})"
        last = f"out={out}" if operation.name in KEYWORD else out
        return f"{operation.name}({', '.join(operands)}, {last})"

    def _text(self, operand: Operand, kind: str = FULL) -> str:
        if isinstance(operand, str):
            return self.array[operand]
        return self.room.number(float(operand), FINE if kind in (FINE, COUNT) else FULL)


def _names(operands: Sequence[Operand]) -> list[str]:
    return [operand for operand in operands if isinstance(operand, str)]


def _merged(formula: Formula) -> tuple[list[Operation], set[str]]:
    """A choice between 1 and 0 is the comparison itself, written as numbers; also which these are."""
    made = {operation.result: operation for operation in formula.operations}
    as_numbers: dict[str, Operation] = {}
    gone = set()
    for operation in formula.operations:
        condition = made.get(str(operation.arguments[0]))
        is_gate = operation.name == "where" and operation.arguments[1:] == (1.0, 0.0)
        if is_gate and condition and _once(condition, formula):
            gone.add(condition.result)
            as_numbers[operation.result] = condition._replace(result=operation.result)
    kept = [as_numbers.get(o.result, o) for o in formula.operations if o.result not in gone]
    return kept, set(as_numbers)


def _once(condition: Operation, formula: Formula) -> bool:
    return condition.name in COMPARISONS and formula.uses[condition.result] == 1
