"""The house: who imports whom, what a name means, and what is told in one place only."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import lernpy

ROOT = Path(lernpy.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
ROOMS = sorted(path.parent for path in ROOT.rglob("__init__.py") if path.parent != ROOT)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules of ours that are imported when the code runs: at the top or late, not for types."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        yield from imports(node)


def test_no_file_imports_itself_by_a_detour() -> None:
    """Import circles at run time: none. (A room's face, its __init__, imports its files and is no part.)"""
    graph = nx.DiGraph()
    for name, path in MODULES.items():
        for other in imports(ast.parse(path.read_text(encoding="utf-8"))):
            inner = MODULES.get(other)
            if inner is not None and inner.name != "__init__.py" and path.name != "__init__.py":
                graph.add_edge(name, other)
    circles = [sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1]
    assert circles == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_every_room_says_what_it_is_for(room: Path) -> None:
    """What it is for, what it may know, and which file to read first; and all of that is so."""
    text = said_by(room)
    listed = re.search(r"^May know: ([\w/,\s]+)\.", text, re.MULTILINE)
    assert listed, "says not what it may know"
    assert re.split(r",\s+", listed[1]) == sorted(known_to(room))
    assert re.search(r"\bread\b[^`]*`", text, re.IGNORECASE), "says no file to read first"
    names = re.findall(r"(?<!`)`([\w./]+)`(?!`)", text)
    assert [name for name in names if not is_there(name, room)] == []


EVERYBODY = {"_version", "checks", "errors", "registry", "storage", "text", "theme"}  # knows these
OBJECTS = {path.stem for path in ROOT.glob("*.py")} - EVERYBODY - {"__init__", "frame", "folding"}


def said_by(room: Path) -> str:
    return ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""


def known_to(room: Path) -> set[str]:
    """The other rooms that the files of this room import; the files of the objects are "network"."""
    known = set()
    for path in room.glob("*.py"):
        for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
            if module.startswith("lernpy."):
                home = MODULES.get(module, ROOT / "x")
                known.add(str((home.parent if home.parent != ROOT else home).relative_to(ROOT)))
    names = {name.removesuffix(".py") for name in known} - EVERYBODY - {"x", "__init__"}
    others = names - {str(room.relative_to(ROOT))}
    return {"network" if name in OBJECTS else name for name in others}


def is_there(name: str, room: Path) -> bool:
    """Whether it is a file of the room, of the page or of lernpy, or a name that the room's files have."""
    path = name if name.endswith((".py", ".js", ".md")) else name.replace(".", "/")
    if any((room / end).exists() for end in (path, f"{path}.py", f"../{path}")):
        return True
    if any((ROOT / end).exists() for end in (f"player/js/{path}", f"{path}.py")):
        return True
    if name.startswith("lernpy."):
        return eval(name, {"lernpy": lernpy}) is not None
    defined = (
        rf"^(?:def |class |){re.escape(name)}\b(?:\(| =|:)|^from .* import .*\b{re.escape(name)}\b"
    )
    sources = [path.read_text(encoding="utf-8") for path in room.glob("*.py")]
    return any(re.search(defined, source, re.MULTILINE) for source in sources)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_opens_by_saying_what_it_does(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree)


def homes(kind: type[ast.ClassDef] | type[ast.FunctionDef]) -> dict[str, set[str]]:
    """Public names of that kind that several modules define, with these modules."""
    defined = defaultdict(set)
    for name, path in MODULES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, kind) and not node.name.startswith("_"):
                defined[node.name].add(name.removeprefix("lernpy."))
    return {name: where for name, where in defined.items() if len(where) > 1}


def test_a_class_name_means_one_thing() -> None:
    """Classes that people meet, by name: each is defined once."""
    assert homes(ast.ClassDef) == {}


SHARED_FUNCTIONS = {  # one idea under one name in several modules, and why
    "arguments": "one for each command: the options that it adds",
    "run": "one for each command; the keyboard's loop is that of the command `step`",
    "get": "one for each table: the entry of a name",
    "check": "one for each table: its slopes against nudges; of a lesson: an answer",
    "read": "one for each kind of thing that is read",
    "load": "lernpy.load for networks, data.load for data",
    "save": "lernpy.save for networks, plot.save for pictures",
    "make": "one for each table of things that are made by name: engines, data sets",
    "suits": "one for each kind of compiled program: whether it is for such a net",
    "learn": "one for each kind of compiled program",
    "answer": "one for each kind of compiled program",
    "up": "one for each kind of compiled program",
    "down": "one for each kind of compiled program",
    "judge": "one for each kind of compiled program: the loss and its blame",
    "dot": "the function, and the instructions that it is made of",
    "pick": "the function, and the instructions that it is made of",
    "gather": "the function, and the instructions that it is made of",
    "outer": "the function, and the instructions that it is made of",
    "write": "a page, and the calls of a formula",
    "page": "a lesson and an animation, each as the text of a page",
    "multiply": "products: told, calculated, and a kernel of the compiled engine",
    "missed": "found by `training`, drawn by `plot`",
    "paths": "found by `watch`, drawn by `plot`",
    "confusion": "printed by the command, drawn by `plot`",
    "history": "drawn by `plot`, and shown in a notebook",
    "network": "drawn by `plot`, and shown in a notebook",
    "flow": "said in words, and shown as a film",
    "plane": "a data set and a picture, both by the names of their tables",
    "step": "an activation and a schedule, both by the names of their tables",
    "activate": "what a neuron does: told, and calculated",
    "feed": "what happens to the inputs: told, and calculated",
    "sums": "the total inputs: told, and calculated",
    "link": "what a link carries: told, and drawn",
    "update": "what an update moves: told, and drawn",
    "unroll": "a cell, repeated in time, and a trace, all its moments in a row",
    "tanh": "the table's, and what is portable of it",
    "sheet": "one lesson on paper: of a trace, and of the ten",
    "bank": "one for each format of a quiz: all questions as text",
    "net": "one for each lesson: the net that it trains",
    "example": "one for each lesson: a net with its sample",
    "loss": "the table's entry maker, and what an exported program calculates",
    "mix": "what a group does with blame: told, and calculated by an exported program",
    "reset": "what is forgotten: told, and done by an exported program",
    "penalty": "of all weights, by compiled code and by an exported program",
    "scaled": "inputs: drawn, and calculated by an exported program",
}


def test_a_function_name_means_one_thing() -> None:
    """Public functions of several modules under one name tell one idea; the list says which."""
    assert set(homes(ast.FunctionDef)) == set(SHARED_FUNCTIONS)


SHARED_FILES = {  # files of one name, and the one idea that they share
    "doctor": "the doctor, and the command that asks it",
    "engine": "an engine",
    "entries": "what an engine makes of table entries",
    "layers": "a layered net: built, and learned by an engine",
    "wires": "links, learned one by one",
    "weights": "values and memories of all weights: moved, and drawn",
    "lesson": "one lesson, as straight lines; and the command for the ten",
    "many": "many nets at once",
    "paths": "the paths of blame: found, and drawn",
    "python": "Python as the language that is written",
    "reading": "how a file becomes what was written",
    "writing": "how it is written",
    "network": "a network, and what a trace keeps of it",
    "report": "what was done, in words",
    "sizes": "success by the size of a net: counted, and drawn",
    "step": "one step of a lesson: what it says, and the command that goes by it",
}


def test_a_file_name_means_one_thing() -> None:
    stems = defaultdict(list)
    for path in FILES:
        stems[path.stem].append(path)
    shared = {stem for stem, paths in stems.items() if len(paths) > 1} - {"__init__"}
    assert shared == set(SHARED_FILES)


def files_with(*words: str) -> list[str]:
    """Source files whose code (not their docstrings) holds all of these words."""
    found = []
    for path in [*FILES, *sorted(ROOT.rglob("*.js"))]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            text = ast.unparse(_bare(ast.parse(text)))
        if all(word in text.replace(" ", "") for word in words):
            found.append(str(path.relative_to(ROOT)))
    return found


def _bare(tree: ast.AST) -> ast.AST:
    for node in ast.walk(tree):
        match getattr(node, "body", None):
            case [ast.Expr(value=ast.Constant(value=str()) as text), *_]:
                text.value = ""
    return tree


def test_the_sigmoid_is_told_once() -> None:
    assert files_with("tanh(0.5*") == ["functions/activations.py"]
    rest_of_a_share = ["functions/softmax.py"]
    assert files_with("1/(1+") == ["functions/activations.py"]  # in words
    assert files_with("1.0/(1.0+") == rest_of_a_share


def test_softmax_goes_forward_in_three_places() -> None:
    """The objects; lists, arrays, JavaScript and C, all from one telling; compiled code."""
    told = {*files_with("-largest)"), *files_with("Math.exp(", "for(")}
    assert told == {"group.py", "functions/softmax.py", "engine/jit/kernels.py"}


def test_json_is_checked_in_one_place() -> None:
    assert files_with("}belongshere") == ["checks.py"]


DIALECT = re.compile(r"(?:^|_)(?:found|given|places?|said|told|\w*manieth)(?:_|$)")
PUBLIC = {"labels.py: told", "functions/optimizers.py: told"}  # methods that people may call


def bound(tree: ast.AST) -> Iterator[str]:
    """The names that code gives to something: variables, parameters, functions, classes, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name


def test_things_are_named_by_the_nouns_of_the_field() -> None:
    """Not by what somebody did with them: no `found`, `given`, `said`, `told`, no `place` for an index."""
    names = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in FILES
        for name in (path.stem, *bound(ast.parse(path.read_text(encoding="utf-8"))))
        if DIALECT.search(name.replace("in_place", ""))
    }
    assert names == PUBLIC


SCRIPTS = sorted(ROOT.rglob("*.js"))
PROSE = re.compile(r"/\*.*?\*/|//[^\n]*|\"[^\"\n]*\"|[\w-]*-[\w-]*", re.DOTALL)  # and lp-said
SPOKEN = {"found", "given", "place", "places", "said", "told"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_things_in_scripts_are_named_by_the_nouns_of_the_field(path: Path) -> None:
    names = re.findall(r"\w+", PROSE.sub(" ", path.read_text(encoding="utf-8")))
    spoken = {
        name for name in names if SPOKEN & set(re.sub("[A-Z]", r" \g<0>", name).lower().split())
    }
    assert spoken - {"said"} == set()  # how many outputs are: a key of the narration


PRIVATE = re.compile(r"_(?!(?:asdict|fields|make|replace)$)[a-z]")  # those are named tuples'


def private(tree: ast.AST, context: type[ast.expr_context]) -> Iterator[ast.Attribute]:
    """`thing._name`, read or set."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, context):
            yield from [node] if PRIVATE.match(node.attr) else []


def test_no_room_takes_what_is_private_to_another() -> None:
    """`network._rate` is the network's own business; whoever needs it finds a public name for it."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
    kept_by = defaultdict(set)
    for path, tree in trees.items():
        for node in private(tree, ast.Store):
            kept_by[node.attr].add(path.parent)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                kept_by[node.name].add(path.parent)
    taken = {
        f"{path.relative_to(ROOT)}: {ast.unparse(node)}"
        for path, tree in trees.items()
        for node in private(tree, ast.Load)
        if ast.unparse(node.value) not in ("self", "cls")
        and kept_by[node.attr]
        and path.parent not in kept_by[node.attr]
    }
    assert taken == set()


def test_the_index_of_each_part_is_asked_of_the_structure() -> None:
    made = {
        f"{path.relative_to(ROOT)}: {ast.unparse(node)}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.DictComp)
        and re.search(
            r"in enumerate\(([\w.]*\.)?network\.(neurons|weights|links)\b", ast.unparse(node)
        )
    }
    assert made == set()


@pytest.mark.parametrize("path", sorted((ROOT / "plot").rglob("*.py")), ids=name_of)
def test_a_plotter_moves_no_weight(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    assert [
        ast.unparse(n) for n in stored if isinstance(n.ctx, ast.Store) and n.attr == "value"
    ] == []
