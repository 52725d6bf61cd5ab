"""Whether what was written says the same: each kind is run where its runtime is, against the test vector."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lernpy.errors import LernpyError, missing
from lernpy.interop.from_onnx import from_onnx
from lernpy.interop.graphs import from_graph, xml_graph
from lernpy.interop.safetensors import from_safetensors
from lernpy.interop.to_onnx import check_onnx
from lernpy.interop.vector import Vector, answers_of, furthest

LIMIT = 300  # seconds for a compiler, or a program
FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic", "-ffp-contract=off")
Check = Callable[[bytes, Vector], float]


def check_python(content: bytes, vector: Vector) -> float:
    """The largest difference of a program in Python."""
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(content, "exported", "exec"), space)
    return furthest(
        vector.outputs, np.array([space["predict"](row) for row in vector.inputs.tolist()])
    )


def check_torch(content: bytes, vector: Vector) -> float:
    """That of a module of torch."""
    try:
        import torch
    except ImportError:
        raise missing("the check of a module of torch", "torch") from None
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(content, "exported", "exec"), space)
    with torch.no_grad():
        outputs = space["Net"]()(torch.tensor(vector.inputs))
    return furthest(vector.outputs, outputs.numpy())


def check_module(content: bytes, vector: Vector) -> float:
    """That of an ES module, in node."""
    rows = json.dumps(vector.inputs.tolist())
    lines = f'import * as net from "./net.mjs";\nconsole.log(JSON.stringify({rows}.map(net.predict)));\n'
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "net.mjs").write_bytes(content)
        Path(folder, "check.mjs").write_text(lines, encoding="utf-8")
        printed = _run(_program("node", "a module of JavaScript"), str(Path(folder, "check.mjs")))
    return furthest(vector.outputs, np.array(json.loads(printed)))


def check_header(content: bytes, vector: Vector) -> float:
    """That of a program in C, compiled by gcc with all its warnings as errors."""
    rows = ", ".join("{" + ", ".join(map(float.hex, row)) + "}" for row in vector.inputs.tolist())
    n, (n_rows, n_inputs) = vector.outputs.shape[1], vector.inputs.shape
    lines = [
        *('#include "net.h"', "#include <stdio.h>", "int main(void) {"),
        f"static const net_real x[{n_rows}][{n_inputs}] = {{{rows}}};",
        f"net_real y[{n}];",
        f"for (int i = 0; i < {n_rows}; i++) {{ net_predict(x[i], y);",
        f'for (int j = 0; j < {n}; j++) printf("%a ", (double)y[j]); }}',
        "return net_test() > 99 ? 99 : net_test(); }",
    ]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "net.h").write_bytes(content)
        Path(folder, "check.c").write_text("\n".join(lines), encoding="utf-8")
        made = str(Path(folder, "check"))
        _run(
            _program("gcc", "a program in C"),
            *FLAGS,
            str(Path(folder, "check.c")),
            "-o",
            made,
            "-lm",
        )
        printed = _run(made)
    outputs = np.array([float.fromhex(word) for word in printed.split()])
    return furthest(vector.outputs, outputs.reshape(vector.outputs.shape))


def check_safetensors(content: bytes, vector: Vector) -> float:
    """That of the network that is read back."""
    return furthest(vector.outputs, answers_of(from_safetensors(content), vector.inputs))


def check_graphml(content: bytes, vector: Vector) -> float:
    """The same; a graph has no card, so that the vector must be of scaled numbers."""
    import networkx as nx

    return furthest(
        vector.outputs,
        from_graph(xml_graph(nx.read_graphml, content, "it"), "it").predict(vector.inputs),
    )


def check_model(content: bytes, vector: Vector) -> float:
    """That of onnxruntime, or of the network read back where that is further off."""
    return max(
        check_onnx(content, vector),
        furthest(vector.outputs, answers_of(from_onnx(content), vector.inputs)),
    )


def _program(name: str, what: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise LernpyError(f"the check of {what} needs {name}; install it, or leave --check out")
    return path


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    if done.returncode:
        words = " ".join((done.stderr or done.stdout).split())[-300:]
        raise LernpyError(f"{Path(command[0]).name} ends with {done.returncode}: {words}")
    return done.stdout
