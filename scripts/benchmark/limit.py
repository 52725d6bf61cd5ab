"""The limit: the same learning in C, with the sizes, the batch and the rate fixed when it is compiled.

Batches: neurons side by side in vectors, and the three products of a layer in tiles that stay in
registers. One sample at a time: a row of weights for each neuron. Any other wiring: link by link,
the samples of a batch side by side. Whatever fills up a vector is a neuron that stays shut.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmark.runners import Absent, Runner

FLAGS = ("-O3", "-march=native", "-ffast-math", "-fPIC")
KERNELS = Path(__file__).with_name("limit.c").read_text()
SHUT = -1e4  # the bias of a neuron that is not there


class C(Runner):
    """C, compiled for this workload and nothing else: whole epochs in one call."""

    name = "c"
    skips = False  # inputs that are 0

    def prepare(self) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise Absent("no C compiler (cc) here")
        self.kind = "WIRES" if not self.plan.layers else "ROWS" if self.batch == 1 else "TILES"
        self.lanes, self.tall = registers(compiler)
        if self.plan.layers and max(self.workload.sizes) <= 4:
            self.lanes = min(self.lanes, 4)
        self.refuse()
        x, t = (self.filled(table) if self.plan.layers else table for table in (self.x, self.t))
        self.wide_x, self.wide_t = aligned(x), aligned(t)
        self.order = np.arange(len(x), dtype=np.intc)
        start = self.start()
        self.native = compiled(compiler, self.before(start) + KERNELS + self.after(start))
        self.tables = shared(self.native, start)

    @property
    def batch(self) -> int:
        return self.workload.batch

    def refuse(self) -> None:
        if len(self.x) % self.batch:
            raise Absent("the samples do not fill whole batches")
        if self.kind == "WIRES" and (self.plan.shared or self.batch % self.lanes):
            raise Absent(
                f"wants a weight for each link, and {self.lanes}, {2 * self.lanes} ... samples"
            )

    def in_rows(self, layer: int) -> bool:
        return self.kind == "ROWS" and not (self.skips and layer == 0)

    # ---- arrays -----------------------------------------------------------------------------------

    def filled(self, table: np.ndarray, value: float = 0.0) -> np.ndarray:
        """With columns up to a whole number of vectors."""
        missing = -table.shape[1] % self.lanes
        return np.pad(table, ((0, 0), (0, missing)), constant_values=value)

    def start(self) -> list[np.ndarray]:
        """For each layer its weights, (n_out, n_in) or turned (n_in, n_out), and its biases."""
        if self.kind == "WIRES":
            return [np.array([weight.value for weight in self.network.weights])[self.plan.weight]]
        found = []
        for at, (matrix, bias) in enumerate(self.matrices()):
            rows = matrix.T if self.in_rows(at) else matrix
            found += [self.filled(rows), self.filled(bias[None], SHUT)]
        return found

    def weights(self) -> np.ndarray:
        if self.kind == "WIRES":
            values = np.empty(self.plan.n_weights)
            values[self.plan.weight] = self.tables[0]
            return values
        found, pairs = [], zip(self.tables[::2], self.tables[1::2], strict=True)
        for at, (rows, bias) in enumerate(pairs):
            n_in, n_out = self.workload.sizes[at : at + 2]
            matrix = rows.T if self.in_rows(at) else rows
            found.append((matrix[:n_in, :n_out], bias[0, :n_out]))
        return self.flat(found)

    # ---- text -------------------------------------------------------------------------------------

    def before(self, start: list[np.ndarray]) -> str:
        """All numbers that the kernels want to know."""
        plan, lines = self.plan, [f"#define {self.kind}"]
        numbers = {"LANES": self.lanes, "BATCH": self.batch, "RATE": self.workload.rate}
        numbers |= {"X_WIDTH": self.wide_x.shape[1], "T_WIDTH": self.wide_t.shape[1]}
        numbers |= {"TALL": self.tall, "LARGEST": max(table.size for table in start)}
        if self.skips:
            numbers["FIRST"] = self.workload.sizes[1]
        if self.kind == "WIRES":
            numbers |= {"SLOTS": plan.n_neurons, "LINKS": plan.n_links, "FIXED": plan.n_fixed}
            lists = {"start": plan.start, "source": plan.source, "output": plan.outputs}
            for name, values in lists.items():
                lines.append(f"static const int {name}[] = {{{', '.join(map(str, values))}}};")
        return "\n".join([*(f"#define {name} {n}" for name, n in numbers.items()), *lines, ""])

    def after(self, start: list[np.ndarray]) -> str:
        """The arrays of all layers, and a step that calls for one layer after the other."""
        if self.kind == "WIRES":
            return "V *tables[] = {weight};\n"
        lines = []
        for at, (rows, bias) in enumerate(zip(start[::2], start[1::2], strict=True)):
            of_batch = self.batch * bias.size // self.lanes  # vectors
            lines.append(
                f"static V w{at}[{rows.size // self.lanes}], b{at}[{bias.size // self.lanes}];"
            )
            lines.append(f"static V y{at + 1}[{of_batch}], d{at + 1}[{of_batch}];")
        listed = ", ".join(f"w{at}, b{at}" for at in range(len(start) // 2))
        lines += [
            f"V *tables[] = {{{listed}}};",
            "static void step(const double *x, const double *t) {",
        ]
        return "\n    ".join([*lines, "const V *y0 = (const V *)x;", *self.calls()]) + "\n}\n"

    def calls(self) -> list[str]:
        sides = [f"{n_in}, {n_out}" for n_in, n_out in itertools.pairwise(self.workload.sizes)]
        last = len(sides)
        calls = [
            f"forward({side}, y{at}, w{at}, b{at}, y{at + 1});" for at, side in enumerate(sides)
        ]
        calls.append(f"missed({self.workload.sizes[-1]}, y{last}, t, d{last});")
        for at in reversed(range(last)):
            if at:
                calls.append(f"back({sides[at]}, w{at}, d{at + 1}, y{at}, d{at});")
            calls.append(f"update({sides[at]}, y{at}, d{at + 1}, w{at}, b{at});")
        return calls if not self.skips else [self.lit(call) for call in calls]

    def lit(self, call: str) -> str:
        """The first layer's calls, without the inputs that are 0."""
        return call.replace("(", "_lit(", 1) if " y0," in call else call

    # ---- learning ---------------------------------------------------------------------------------

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        order = self.order if shuffle else np.arange(len(self.x), dtype=np.intc)
        numbers = [ctypes.c_long(number) for number in (epochs, shuffle, len(self.x))]
        arrays = (self.wide_x, self.wide_t, order)
        self.native.learn(*numbers, *(ctypes.c_void_p(array.ctypes.data) for array in arrays))


class CSkipping(C):
    """One sample at a time, without the inputs that are 0."""

    name, skips = "c.skip", True

    def refuse(self) -> None:
        super().refuse()
        if self.kind != "ROWS":
            raise Absent("zeros are left out of single samples only")


def shared(library: Any, start: list[np.ndarray]) -> list[np.ndarray]:
    """The library's own tables as arrays, with the weights to start from."""
    places = (ctypes.c_void_p * len(start)).in_dll(library, "tables")
    found = []
    for table, place in zip(start, places, strict=True):
        numbers = (ctypes.c_double * table.size).from_address(place or 0)
        found.append(np.ctypeslib.as_array(numbers).reshape(table.shape))
        found[-1][...] = table
    return found


@cache
def registers(compiler: str) -> tuple[int, int]:
    """How many numbers a vector of this machine holds, and how tall a tile its registers can keep."""
    asked = [compiler, *FLAGS, "-dM", "-E", "-x", "c", os.devnull]
    macros = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    if "__AVX512F__" in macros:
        return 8, 8
    return (4, 4) if "__AVX__" in macros else (2, 4)


def compiled(compiler: str, text: str) -> Any:
    """A library. Linked in a step of its own: -ffast-math there would change the maths of all others."""
    wide = ["-mprefer-vector-width=512"] if platform.machine() in ("x86_64", "AMD64") else []
    with TemporaryDirectory() as folder:
        source, made, library = (Path(folder, f"limit.{end}") for end in ("c", "o", "so"))
        source.write_text(text)
        for command in (
            [compiler, *FLAGS, *wide, "-c", source, "-o", made],
            [compiler, "-shared", made, "-o", library, "-lm"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Absent(f"cc does not compile it: {done.stderr.strip()[-200:]}")
        return ctypes.CDLL(str(library))


def aligned(table: np.ndarray) -> np.ndarray:
    """A copy that begins at a whole number of vectors."""
    room = np.empty(table.size + 8)
    first = -room.ctypes.data % 64 // 8
    copy = room[first : first + table.size].reshape(table.shape)
    copy[...] = table
    return copy
