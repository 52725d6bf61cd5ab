"""Languages of exported programs: how each writes tables, printed formulas and the functions of `looped`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar

from lernpy.functions import portable
from lernpy.functions.printing.c import C
from lernpy.functions.printing.infix import Infix
from lernpy.functions.printing.javascript import JavaScript
from lernpy.functions.printing.python import Python

Choice = tuple[list[str], str]
"""Lines, and what is then returned ("" for nothing)."""
WHOLE = re.compile(r"(?<![\w.])\d+\.\d*(?:e[-+]?\d+)?(?![\w.])")


class Decided(ast.NodeTransformer):
    """The tree with every ``if FLAG:`` and ``if FLAG and ...:`` decided."""

    def __init__(self, flags: Mapping[str, bool]) -> None:
        self.flags = flags

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        first, *rest = node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]
        if not isinstance(first, ast.Name) or first.id not in self.flags:
            return node
        if not self.flags[first.id]:
            return node.orelse
        if not rest:
            return node.body
        node.test = rest[0]
        return node


class Renamed(ast.NodeTransformer):
    """Global names as the language has them; numbers as it writes them."""

    def __init__(self, language: Language, local: set[str]) -> None:
        self.language, self.local = language, local

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return node if node.id in self.local else ast.Name(self.language.known(node.id))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        assert node.value is not None
        node.value = self.visit(node.value)
        return node

    def visit_Constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, float):
            return ast.Name(self.language.printer.number(node.value))
        return node


class Language:
    """What programs need beside formulas; `printer` writes those."""

    end = ";"
    comment = "//"
    names: ClassVar[Mapping[str, str]] = {}
    printer: Infix

    def known(self, name: str) -> str:
        """What a name of `looped` is called here."""
        return self.names.get(name, name)

    def helpers(self) -> list[str]:
        """Functions that printed formulas call."""
        return portable.definitions(self.printer) if self.printer.portable else []

    def set(self, target: str, value: str) -> str:
        return f"{target} = {value}{self.end}"

    def table(self, name: str, values: Any) -> str:
        """A constant: a number, a list of numbers or a list of lists."""
        raise NotImplementedError

    def state(self, name: str, size: int) -> str:
        """Numbers that change."""
        raise NotImplementedError

    def head(self, name: str, parameters: Mapping[str, str], result: str) -> str:
        """The first line of a function; parameters and result by their kinds, as `looped` names them."""
        raise NotImplementedError

    def chosen(
        self, name: str, parameters: Mapping[str, str], result: str, choices: Mapping[int, Choice]
    ) -> list[str]:
        """A function that does one of several things, as its first parameter says."""
        first = next(iter(parameters))
        body: list[str] = []
        for number, (lines, value) in choices.items():
            block = [*lines, *([f"return {value}{self.end}"] if value else [])]
            if number == list(choices)[-1]:
                body += block
            else:
                body += self.guarded(f"{first} == {number}", block, bool(value))
        return self.block(
            self.head(name, parameters, result), [*self.unused(parameters, body), *body]
        )

    def unused(self, parameters: Mapping[str, str], body: Sequence[str]) -> list[str]:
        return []

    def guarded(self, condition: str, lines: Sequence[str], returns: bool) -> list[str]:
        last = [] if returns else [f"return{self.end}"]
        return self.block(f"if ({condition})", [*lines, *last])

    def block(self, head: str, lines: Sequence[str]) -> list[str]:
        return [f"{head} {{", *(f"  {line}" for line in lines), "}"]

    def function(self, node: ast.FunctionDef) -> list[str]:
        """A function of `looped` in this language."""
        parameters = {a.arg: ast.unparse(a.annotation) for a in node.args.args if a.annotation}
        local = {*parameters, *_assigned(node)}
        docstring = ast.get_docstring(node)
        body = node.body[1:] if docstring else node.body
        tree = [Renamed(self, local).visit(deepcopy(statement)) for statement in body]
        result = ast.unparse(node.returns) if node.returns else "None"
        head = self.head(node.name, parameters, result)
        comment = [f"{self.comment} {' '.join(docstring.split())}"] if docstring else []
        lines = self._inner(tree)
        return [*comment, *self.block(head, [*self.unused(parameters, lines), *lines])]

    def statement(self, node: ast.stmt) -> list[str]:
        match node:
            case ast.AnnAssign():
                assert node.value is not None
                kind = ast.unparse(node.annotation)
                return [self.declared(kind, ast.unparse(node.target), ast.unparse(node.value))]
            case ast.For():
                return self.block(self.loop(node), self._inner(node.body))
            case ast.While():
                return self.block(f"while ({ast.unparse(node.test)})", self._inner(node.body))
            case ast.If():
                lines = self.block(f"if ({ast.unparse(node.test)})", self._inner(node.body))
                other = self.block("else", self._inner(node.orelse)) if node.orelse else []
                return [
                    *lines[: -1 if other else None],
                    *([f"}} {other[0]}"] if other else []),
                    *other[1:],
                ]
        return [f"{ast.unparse(node)}{self.end}"]

    def _inner(self, nodes: Sequence[ast.stmt]) -> list[str]:
        return [line for node in nodes for line in self.statement(node)]

    def loop(self, node: ast.For) -> str:
        name, bounds = ast.unparse(node.target), [ast.unparse(a) for a in node.iter.args]  # type: ignore[attr-defined]
        if len(bounds) == 3:
            return f"for ({self.declared('int', name, bounds[0])} {name} > {bounds[1]}; {name}--)"
        low, high = ["0", *bounds][-2:]
        return f"for ({self.declared('int', name, low)} {name} < {high}; {name}++)"

    def declared(self, kind: str, name: str, value: str) -> str:
        """A new name."""
        raise NotImplementedError


def _assigned(node: ast.FunctionDef) -> Iterator[str]:
    """Names that are made in a function."""
    for part in ast.walk(node):
        if isinstance(part, (ast.AnnAssign, ast.For)) and isinstance(part.target, ast.Name):
            yield part.target.id


class PythonText(Language):
    """Python, with `math` alone."""

    end, comment = "", "#"

    def __init__(self, is_portable: bool) -> None:
        self.printer = Python(portable=is_portable)

    def table(self, name: str, values: Any) -> str:
        return f"{name} = {values!r}"

    def state(self, name: str, size: int) -> str:
        return f"{name} = [{0 if name == 'ready' else 0.0}] * {size}"

    def head(self, name: str, parameters: Mapping[str, str], result: str) -> str:
        return f"def {name}({', '.join(parameters)})"

    def guarded(self, condition: str, lines: Sequence[str], returns: bool) -> list[str]:
        return self.block(f"if {condition}", [*lines, *([] if returns else ["return"])])

    def block(self, head: str, lines: Sequence[str]) -> list[str]:
        return [f"{head}:", *(f"    {line}" for line in lines or ["pass"])]

    def function(self, node: ast.FunctionDef) -> list[str]:
        node = Bare().visit(deepcopy(node))
        return ["", "", *ast.unparse(ast.fix_missing_locations(node)).splitlines()]

    def chosen(self, *how: Any) -> list[str]:
        return ["", "", *super().chosen(*how)]


class Bare(ast.NodeTransformer):
    """Without annotations."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.generic_visit(node)
        node.returns = None
        if node.name == "learn":
            node.args.defaults = [ast.Name("RATE")]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.Assign:
        assert node.value is not None
        return ast.Assign([node.target], node.value)


class ScriptText(Language):
    """JavaScript, an ES module."""

    names: ClassVar[Mapping[str, str]] = {"abs": "Math.abs"}

    def __init__(self, is_portable: bool) -> None:
        self.printer = JavaScript(portable=is_portable)

    def table(self, name: str, values: Any) -> str:
        return f"const {name} = {self._written(values)};"

    def _written(self, values: Any) -> str:
        if isinstance(values, list):
            return f"[{', '.join(map(self._written, values))}]"
        return self.printer.number(values) if isinstance(values, float) else str(values)

    def state(self, name: str, size: int) -> str:
        export = "export " if name in ("w", "m") else ""
        return f"{export}const {name} = new Float64Array({size});"

    def head(self, name: str, parameters: Mapping[str, str], result: str) -> str:
        export = "export " if name in ("reset", "test", "learn") else ""
        rate = ["rate = RATE" if p == "rate" and export else p for p in parameters]
        return f"{export}function {name}({', '.join(rate)})"

    def declared(self, kind: str, name: str, value: str) -> str:
        return f"let {name} = {value};"


class HeaderText(Language):
    """C99 in a header, without malloc; with `single` in float."""

    names: ClassVar[Mapping[str, str]] = {"abs": "fabs", "answer": "net_predict"}

    def __init__(self, is_portable: bool, single: bool = False) -> None:
        self.single = single
        self.printer = Single() if single else C(portable=is_portable)
        self.kinds = {"float": "net_real", "int": "int", "None": "void"}
        self.kinds |= {"Table": "const net_real *", "Out": "net_real *"}

    def known(self, name: str) -> str:
        return self.names.get(name, f"net_{name}") + ("f" if name == "abs" and self.single else "")

    def helpers(self) -> list[str]:
        texts = [LOG1P] if self.single else super().helpers()
        return [f"static inline {text}" for text in texts]

    def table(self, name: str, values: Any) -> str:
        if not isinstance(values, list):
            real = isinstance(values, float)
            return f"#define net_{name} {self.printer.number(values) if real else values}"
        nested = bool(values) and isinstance(values[0], list)
        flat = [x for row in values for x in row] if nested else values
        size = f"[{len(values)}]" + (f"[{len(values[0])}]" if nested else "")
        return f"static const {self._kind(flat)} net_{name}{size} = {self._written(values)};"

    def _kind(self, values: Sequence[Any]) -> str:
        if any(isinstance(value, float) for value in values):
            return "net_real"
        most = max(values, default=0)
        return "uint8_t" if most < 256 else "uint16_t" if most < 65536 else "uint32_t"

    def _written(self, values: Any) -> str:
        if isinstance(values, list):
            return f"{{{', '.join(map(self._written, values))}}}"
        return self.printer.number(values) if isinstance(values, float) else str(values)

    def state(self, name: str, size: int) -> str:
        return f"static {'int' if name == 'ready' else 'net_real'} net_{name}[{size}];"

    def head(self, name: str, parameters: Mapping[str, str], result: str) -> str:
        pairs = [f"{self.kinds[kind]} {p}".replace("* ", "*") for p, kind in parameters.items()]
        return (
            f"static inline {self.kinds[result]} {self.known(name)}({', '.join(pairs) or 'void'})"
        )

    def unused(self, parameters: Mapping[str, str], body: Sequence[str]) -> list[str]:
        words = set(re.findall(r"\w+", " ".join(body)))
        return [f"(void){name};" for name in parameters if name not in words]

    def declared(self, kind: str, name: str, value: str) -> str:
        return f"{self.kinds[kind]} {name} = {value};"


LOG1P = """net_real net_log1p(net_real x) {
  const net_real u = 1.0f + x;
  return u == 1.0f ? x : logf(u) * (x / (u - 1.0f));
}"""
"""ln(1 + x), with what the sum has lost put back."""


class Single(C):
    """C in float: every constant and function is that of float."""

    functions: ClassVar[Mapping[str, str]] = {
        **{name: f"{f}f" for name, f in C.functions.items()},
        "log1p": "net_log1p",  # the C library of AVR has none
    }

    def number(self, value: float) -> str:
        text = super().number(value)
        return text if text.lstrip("-").isalpha() else f"{text}f"

    def assign(self, name: str, expression: str, is_truth: bool) -> str:
        expression = WHOLE.sub(r"\g<0>f", expression)
        return super().assign(name, expression, is_truth).replace("double", "float")
