"""README, *Inside*: its rooms and homes are those that are there, and its lines do what they say."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from readme import section

import lernpy
from lernpy import engine
from lernpy.cli import main
from lernpy.data.readers.loading import READERS
from lernpy.engine import Engine
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.lessons import LESSONS, check, mistakes
from lernpy.plot.kinds import KINDS

ROOT = Path(lernpy.__file__).parent
INSIDE = section("Inside")
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
ENGINES = ["graph", "python", "numpy", "jit"]


def lines_after(words: str) -> str:
    return INSIDE.split(f"**{words}**")[1].split("```python\n")[1].split("```")[0]


@pytest.fixture
def tried() -> Iterator[ModuleType]:
    """An empty module, in which lines are run; what they enter into tables goes again."""
    module = ModuleType("lines_of_the_readme")
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]
    for table, name in (
        (ACTIVATIONS, "softsign"),
        (OPTIMIZERS, "heavy"),
        (KINDS, "by_size"),
        (mistakes.MISTAKES, "deaf"),
        (LESSONS, "10"),
    ):
        if name in table:
            table.remove(name)
    engine.ENGINES.pop("plain", None)
    READERS.pop(".pairs", None)


def run(words: str, module: ModuleType) -> None:
    exec(lines_after(words), module.__dict__)


def first_sentence(room: str) -> str:
    text = (ROOT / room / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].replace("\n", " ")


def test_the_rooms_are_all_and_say_what_their_docstrings_say() -> None:
    listed = dict(re.findall(r"^\| \[([\w/]+)\]\(lernpy/\1\) \| (.*) \|$", INSIDE, re.MULTILINE))
    rooms = {str(path.parent.relative_to(ROOT)) for path in ROOT.rglob("__init__.py")} - {"."}
    assert set(listed) == rooms
    assert listed == {room: first_sentence(room) for room in listed}


def test_every_home_is_there() -> None:
    homes = re.findall(r"`((?:\w+/)*\w+\.py|(?:\w+/)+)`", INSIDE)
    assert len(homes) > 30
    for home in homes:
        assert (ROOT / home).exists() or (ROOT.parent / home).exists(), home


@pytest.mark.parametrize("file", sorted(path.name for path in ROOT.glob("[!_]*.py")))
def test_every_file_that_stands_alone_is_told(file: str) -> None:
    assert f"`{file}`" in INSIDE


@pytest.mark.parametrize("name", ENGINES)
def test_an_activation_trains_in_every_engine(tried: ModuleType, name: str) -> None:
    if name == "jit":
        pytest.importorskip("numba")
    run("An activation", tried)
    assert lernpy.activations.check("softsign").ok
    network = lernpy.layered([2, 3, 1], "softsign", seed=0)
    twin = network.copy()

    lernpy.train(network, XOR, 5, engine=name, batch_size=1, seed=0)
    lernpy.train(twin, XOR, 5, engine="graph", batch_size=1, seed=0)

    values, expected = ([w.value for w in net.weights] for net in (network, twin))
    assert values == pytest.approx(expected, rel=1e-12)


def test_an_activation_plays_in_the_page(tried: ModuleType) -> None:
    run("An activation", tried)
    network = lernpy.layered([2, 3, 1], "softsign", seed=0)
    page = lernpy.player.page(lernpy.Trace.record(lernpy.slow_motion(network, [0, 1], [1])))
    assert re.search(r"softsign:\{.{,20}value:function", page)


def test_an_optimiser_learns(tried: ModuleType) -> None:
    run("An optimiser", tried)
    nets = [lernpy.layered([2, 3, 1], seed=0) for _ in ENGINES[:3]]
    for network, name in zip(nets, ENGINES, strict=False):
        lernpy.train(network, XOR, 5, engine=name, optimizer=("heavy", {"friction": 0.9}), seed=0)
    first, *others = ([w.value for w in net.weights] for net in nets)
    for values in others:
        assert values == pytest.approx(first, rel=1e-9)
    assert all(weight.memory for weight in nets[0].weights)


def test_an_engine_runs_by_its_name(tried: ModuleType) -> None:
    run("An engine", tried)
    network = lernpy.layered([2, 3, 1], seed=0)
    assert lernpy.train(network, XOR, 2, engine="plain").engine == "plain"
    assert lernpy.check_parity(network, *XOR, engine="plain").ok


def test_an_engine_needs_no_more_than_its_interface_asks_for() -> None:
    """The abstract members filled in by an engine that has them: no `__init__`, nothing beside."""
    network = lernpy.layered([2, 3, 1], seed=0)
    graph = engine.make(network, "graph")
    members = {name: _handed_on(name, graph) for name in Engine.__abstractmethods__}
    least = type("Least", (Engine,), {"name": "least", **members})(network)

    assert least.learn_batch(*XOR) == network.copy().learn_batch(*XOR)

    least.store()
    assert [w.value for w in network.weights] == least.values.tolist() == graph.values.tolist()
    assert np.array_equal(least.predict(XOR[0]), network.predict(XOR[0]))
    assert least.explanation in repr(least)
    assert least.loss_of(*XOR) == pytest.approx(network.copy().learn_batch(*XOR), rel=1e-12)
    assert least.gradients.shape == (13,)


def _handed_on(name: str, other: Engine) -> Any:
    """What another engine has under that name, as a member of a class."""
    if isinstance(getattr(Engine, name), property):
        return property(lambda _: getattr(other, name))
    return lambda _, *arguments: getattr(other, name)(*arguments)


def test_a_kind_of_picture_is_a_choice_of_the_command(
    tried: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("A kind of picture", tried)
    with pytest.raises(SystemExit):
        main(["plot", "--help"])
    assert "by_size      the weights by size" in capsys.readouterr().out
    lernpy.save(lernpy.layered([2, 3, 1], seed=0), tmp_path / "net.json")

    main(["plot", "by_size", str(tmp_path / "net.json"), "-o", str(tmp_path / "net.png")])

    assert (tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")


def test_a_reader_reads(tried: ModuleType, tmp_path: Path) -> None:
    run("A reader", tried)
    path = tmp_path / "and.pairs"
    path.write_text("0;1;0\n1;1;1\n", encoding="utf-8")
    read = lernpy.data.load(path, comma=";")
    assert np.array_equal(read.inputs, [[0, 1], [1, 1]])
    assert np.array_equal(read.targets, [[0], [1]])


def test_a_mistake_is_one_that_can_be_tried(tried: ModuleType) -> None:
    run("A mistake", tried)
    right = lernpy.layered([2, 3, 1], seed=0)
    wrong = mistakes.apply(right, "deaf")
    start = [weight.value for weight in wrong.weights]

    wrong.learn([1, 1], [0])

    moved = {
        link.name
        for link, value in zip(wrong.links.values(), start, strict=True)
        if link.weight.value != value
    }
    assert moved == {link.name for link in right.links.values() if link.output_neuron.name == "y1"}


def test_a_lesson_has_a_page_and_judges(
    tried: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("A lesson", tried)
    page = tmp_path / "two-paths.html"

    assert main(["lesson", "10", "-o", str(page)]) == 0

    assert "<title>10. Two paths</title>" in page.read_text(encoding="utf-8")
    main(["lesson", "list"])
    assert "10  Two paths: Add up the blame of two paths." in capsys.readouterr().out
    assert check("10a", -0.16)
    assert check("10a", 0.5).belief == lernpy.lessons.BELIEFS["M1"]


def test_all_that_can_be_added_is_told() -> None:
    """Each block of lines has a test above, by the words before it."""
    told = re.findall(r"^\*\*(.*?)\*\*.*\n(?:.+\n)*\n```python", INSIDE, re.MULTILINE)
    tests = Path(__file__).read_text(encoding="utf-8")
    assert told == [
        *("An activation", "An optimiser", "An engine", "A kind of picture", "A reader"),
        *("A lesson", "A mistake"),
    ]
    assert all(f'run("{words}", tried)' in tests for words in told)
