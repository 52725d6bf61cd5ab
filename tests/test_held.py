"""What is set by hand in a network: it does what it says, or one line says what to write."""

from __future__ import annotations

import copy
import importlib.util
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import lernpy
from lernpy import activations
from lernpy.errors import LernpyError
from lernpy.weight import Weight

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def net(**settings: Any) -> lernpy.Network:
    return lernpy.layered([2, 3, 1], "tanh", seed=0, **settings)


def values(network: lernpy.Network) -> list[Any]:
    return [weight.value for weight in network.weights]


# ---- refused at once ----------------------------------------------------------------------------

AT_ONCE: dict[str, tuple[Callable[[lernpy.Network], Any], str]] = {
    "weights[0] =": (lambda n: n.weights.__setitem__(0, 0.3), "network.weights[0].value = 0.3"),
    "links[...] =": (
        lambda n: n.links.__setitem__(("x1", "h1"), 0.5),
        "network.links[('x1', 'h1')].weight.value = 0.5",
    ),
    "del links[...]": (
        lambda n: n.links.__delitem__(("x1", "h1")),
        "network.prune(('x1', 'h1'))",
    ),
    "generations[0].append": (
        lambda n: n.generations[0].append(1),
        "the generations of a network are not replaced",
    ),
    "card = {}": (
        lambda n: setattr(n, "card", {}),
        "the card of a network is a lernpy.Card or None",
    ),
    **{
        f"seed = {seed!r}": (lambda n, seed=seed: setattr(n, "seed", seed), f"the seed is {seed!r}")
        for seed in ("foo", -1, True)
    },
    "l2 = -1": (lambda n: setattr(n, "l2", -1), "the l2 is -1; it must be 0 or more"),
    "l1 = 'a'": (lambda n: setattr(n, "l1", "a"), "the l1 is 'a'; it must be a number"),
    **{
        f"{what} =": (lambda n, what=what: setattr(n, what, []), f"the {what} of a network are")
        for what in (
            *("inputs", "outputs", "neurons", "links", "weights", "biases", "groups", "order"),
            *("graph", "generations"),
        )
    },
    **{
        f"{what}.{change}": (
            lambda n, what=what, change=change, given=given: getattr(getattr(n, what), change)(
                *given
            ),
            f"the {what} of a network are not replaced",
        )
        for what in (
            *("inputs", "outputs", "weights", "order"),
            *("biases", "groups", "products", "generations"),
        )
        for change, given in {
            "append": [1],
            "extend": [[1]],
            "insert": [0, 1],
            "remove": [1],
            "pop": [],
            "clear": [],
            "sort": [],
            "reverse": [],
            "__delitem__": [0],
            "__iadd__": [[1]],
            "__imul__": [2],
        }.items()
    },
}


@pytest.mark.parametrize("edit", AT_ONCE)
def test_an_edit_is_refused_where_it_is_made_and_changes_nothing(edit: str):
    network, untouched = net(), net()
    do, sentence = AT_ONCE[edit]

    with pytest.raises(LernpyError) as error:
        do(network)

    assert sentence in str(error.value) and "\n" not in str(error.value)
    assert network.learn([0, 1], [1]) == untouched.learn([0, 1], [1])
    assert values(network) == values(untouched)


@pytest.mark.parametrize("name", ["learnin_rate", "activation", "weigths"])
def test_a_misspelt_attribute_is_no_new_one(name: str):
    with pytest.raises(AttributeError, match=name):
        setattr(net(), name, 0.5)


@pytest.mark.parametrize(
    ("name", "form"),
    [("optimiser", 'network.optimizer = "adam"'), ("lr", "network.learning_rate = 0.1")],
)
def test_a_name_from_elsewhere_is_answered_by_ours(name: str, form: str):
    with pytest.raises(AttributeError, match=form):
        setattr(net(), name, 0.5)
    with pytest.raises(AttributeError, match=form):
        getattr(net(), name)


@pytest.mark.parametrize("part", ["neuron", "link", "weight"])
def test_nor_is_one_of_a_part(part: str):
    network = net()
    link = network.links["x1", "h1"]
    thing = {"neuron": network.neurons["h1"], "link": link, "weight": link.weight}[part]
    with pytest.raises(AttributeError, match="valeu"):
        thing.valeu = 0.5


# ---- refused at the next use --------------------------------------------------------------------

LATER: dict[str, tuple[Callable[[lernpy.Network], Any], str]] = {
    "link.weight = 0.5": (
        lambda n: setattr(n.links["x1", "h1"], "weight", 0.5),
        ".weight.value = 0.5",
    ),
    "link.weight = None": (lambda n: setattr(n.links["x1", "h1"], "weight", None), "x1 -> h1 has"),
    "weight.value = text": (
        lambda n: setattr(n.links["x1", "h1"].weight, "value", "0.5"),
        "the weight of x1 -> h1 has the value '0.5', which is no number",
    ),
    "weight.value = None": (
        lambda n: setattr(n.links["h1", "y1"].weight, "value", None),
        "the weight of h1 -> y1 has the value None",
    ),
    "weight.value = huge": (
        lambda n: setattr(n.links["x1", "h1"].weight, "value", 10**400),
        "the weight of x1 -> h1 has the value 1000",
    ),
    "link.output_neuron = None": (
        lambda n: setattr(n.links["x1", "h1"], "output_neuron", None),
        "the link x1 -> h1 was given another neuron",
    ),
    "weight.rule = text": (
        lambda n: setattr(n.weights[0], "rule", "frozen"),
        "has the rule 'frozen'; write .weight.frozen = True",
    ),
    "activation = text": (
        lambda n: setattr(n.neurons["h1"], "activation", "relu"),
        'write network.neurons["h1"].activation = lernpy.activations.get("relu")',
    ),
    "activation = None": (lambda n: setattr(n.neurons["y1"], "activation", None), "of y1 is None"),
}
SILENT: dict[str, tuple[Callable[[lernpy.Network], Any], str]] = {  # an answer goes on with it
    "link.weight = Weight": (
        lambda n: setattr(n.links["x1", "h1"], "weight", Weight(0.5)),
        'network.tie(("x1", "h1"))',
    ),
    "link.input_neuron =": (
        lambda n: setattr(n.links["x1", "h1"], "input_neuron", n.neurons["x2"]),
        'write network.prune(("x1", "h1"))',
    ),
    "name =": (lambda n: setattr(n.neurons["h1"], "name", "z"), "'h1' was renamed 'z'"),
    "made a bias": (
        lambda n: setattr(n.neurons["h1"], "activation", activations.get("one")),
        "h1 was made a bias",
    ),
    "bias no more": (
        lambda n: setattr(n.neurons["bias"], "activation", activations.get("tanh")),
        "bias is a bias no more",
    ),
}
GATED: dict[
    str, tuple[Callable[[lernpy.Network], Any], str]
] = {  # of a net with softmax and product
    "members =": (
        lambda n: setattr(n.groups[0], "members", n.groups[0].members[:1]),
        "the members of a softmax (y1, y2) were changed",
    ),
    "factors =": (
        lambda n: setattr(n.products[0], "factors", n.products[0].factors[:1]),
        "the factors of a product (h1, h2) were changed",
    ),
    "neuron =": (
        lambda n: setattr(n.products[0], "neuron", n.neurons["h1"]),
        "the neuron of a product (both) was changed",
    ),
}
USES: dict[str, Callable[[lernpy.Network], Any]] = {
    "learn": lambda n: n.learn([0.5, 1], [1]),
    "collect": lambda n: n.collect([0.5, 1], [1]),
    "learn_batch": lambda n: n.learn_batch(*XOR),
    "answer": lambda n: n.answer([0.5, 1]),
    "predict": lambda n: n.predict([[0.5, 1]]),
    "lernpy.predict": lambda n: lernpy.predict(n, [[0.5, 1]]),
    "train": lambda n: lernpy.train(n, XOR, 1, learning_rate=0.7),
    "evaluate": lambda n: lernpy.evaluate(n, XOR),
    "copy": lambda n: n.copy(),
    "deepcopy": copy.deepcopy,
    "save": lambda n: lernpy.save(n, "net.json"),
    "slow_motion": lambda n: list(lernpy.slow_motion(n, [0, 1], [1])),
    "Mirror": lernpy.Mirror,
    "check_gradients": lambda n: lernpy.check_gradients(n, *XOR),
    "explain": lernpy.explain,
    "matrices": lambda n: n.matrices(),
}


def is_told(edit: str, use: str) -> bool:
    """Everybody is; but the objects answer as they now are, and who only collects needs no rule."""
    if use == "answer":
        return edit not in SILENT and "rule" not in edit
    return use != "collect" or "rule" not in edit


@pytest.mark.parametrize(
    ("edit", "use"), [(e, u) for e in LATER | SILENT for u in USES if is_told(e, u)]
)
def test_what_cannot_be_used_is_named_before_anything_moves(
    edit: str, use: str, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    network = net()
    do, sentence = (LATER | SILENT)[edit]
    do(network)
    before = values(network)

    with pytest.raises(LernpyError) as error:
        USES[use](network)

    assert sentence in str(error.value) and "\n" not in str(error.value)
    assert values(network) == before and network.learning_rate == 0.1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("edit", GATED)
@pytest.mark.parametrize("use", [use for use in USES if use != "answer"])
def test_so_is_what_groups_and_products_are_made_of(edit: str, use: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    edges = [("x1", "h1"), ("x2", "h2"), ("both", "y1"), ("both", "y2")]
    network = lernpy.from_edges(
        edges,
        ["x1", "x2"],
        ["y1", "y2"],
        softmax=[["y1", "y2"]],
        products={"both": ["h1", "h2"]},
        seed=0,
    )
    do, sentence = GATED[edit]
    do(network)
    before = values(network)

    with pytest.raises(LernpyError) as error:
        USES[use](network)

    assert sentence in str(error.value) and values(network) == before


def test_a_part_in_place_of_its_name_is_answered_with_its_name():
    network = net()
    x1, h1 = network.neurons["x1"], network.neurons["h1"]
    for ask in (
        lambda: network.incoming(h1),
        lambda: network.outgoing(h1),
        lambda: network.neurons[h1],
        lambda: network.links[x1, h1],
        lambda: network.prune((x1, h1)),
    ):
        with pytest.raises(
            LernpyError, match=r"known by its name in quotes: write '(x|h)1', not <neu"
        ):
            ask()


@pytest.mark.parametrize("use", ["learn", "collect", "learn_batch"])
def test_another_activation_is_learned_with_from_then_on(use: str):
    network, twin = net(), lernpy.layered([2, 3, 1], "sigmoid", output_activation="tanh", seed=0)
    for weight, other in zip(twin.weights, network.weights, strict=True):
        weight.value = other.value
    for name in ("h1", "h2", "h3"):
        network.neurons[name].activation = activations.get("sigmoid")
    network.neurons["y1"].activation = activations.get("tanh")
    assert USES[use](network) == USES[use](twin)
    network.neurons["h1"].name, network.samples = "z", 0  # a batch begins
    with pytest.raises(LernpyError, match="'h1' was renamed 'z'"):
        USES[use](network)


def test_in_a_softmax_group_too():
    network = lernpy.layered([2, 3], output_activation="softmax", seed=0)
    network.neurons["y1"].activation = activations.get("relu")
    with pytest.raises(LernpyError, match="y1 was taken out of its softmax group"):
        network.predict([[0, 1]])


def test_the_forms_that_the_refusals_name_work():
    network = net()
    network.links["x1", "h1"].weight = 0.5
    network.links["x1", "h1"].weight = Weight(0.5)
    network.tie(("x1", "h1"))
    network.neurons["h1"].activation = activations.get("relu")
    network.weights[0].value = 0.3
    network.links["x2", "h1"].weight.frozen = True
    network.learn([0.5, 1], [1])
    lernpy.train(network, XOR, 2)
    assert network.weights[0] is network.links["x1", "h1"].weight or network.weights[0].value != 0.3
    assert network.copy().predict(XOR[0]).tolist() == network.predict(XOR[0]).tolist()


def test_frozen_does_what_it_says():
    network = net()
    weight = network.links["x1", "h1"].weight
    weight.frozen = True
    before = weight.value
    lernpy.train(network, XOR, 3)
    assert weight.value == before
    weight.frozen = False
    lernpy.train(network, XOR, 3)
    assert weight.value != before


def test_a_value_of_any_kind_of_number_is_one():
    import numpy as np

    for value in (1, np.float32(0.5), np.int64(2), 0.25):
        network = net()
        network.weights[0].value = value
        network.predict([[0, 1]])
        network.copy()


# ---- what is elsewhere --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fit", "train", "evaluate", "score", "save", "summary"])
def test_what_other_libraries_have_as_methods_says_where_it_is(name: str):
    network = net()
    with pytest.raises(AttributeError, match=rf"no '{name}'; write lernpy\.\w+\(network"):
        getattr(network, name)
    assert not hasattr(network, name)
    assert name not in dir(network)


def test_what_is_named_there_is_there():
    """Every function of lernpy that is named exists."""
    from lernpy.held import FUNCTIONS

    for form in FUNCTIONS.values():
        if form.startswith("lernpy."):
            path = form.split("(")[0].split(".")[1:]
            thing: Any = lernpy
            for name in path:
                thing = getattr(thing, name)


def test_a_network_pickles_with_its_lists():
    network = net()
    twin = pickle.loads(pickle.dumps(network))
    assert values(twin) == values(network)
    with pytest.raises(LernpyError):
        twin.weights[0] = 0.3
    assert [1, *network.weights][1] is network.weights[0]
    assert network.weights[:2] == list(network.weights)[:2]


# ---- completion ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(lernpy._MODULES))
def test_completion_shows_public_names_alone(name: str):
    """What a module offers, and nothing that it only imports."""
    module = getattr(lernpy, name)
    shown = dir(module)
    assert shown and not [each for each in shown if each.startswith("_")]
    assert {"np", "Any", "annotations", "Callable", "math", "cache"}.isdisjoint(shown)
    assert all(hasattr(module, each) for each in shown)


def test_completion_is_the_same_however_a_module_was_imported():
    """`from lernpy.lessons import mistakes` makes `lernpy.lessons` known before anybody asks lernpy for it."""
    names = [name for name in lernpy._MODULES if importlib.util.find_spec(f"lernpy.{name}")]
    code = (
        "import importlib, lernpy\n"
        f"for name in {names}:\n"
        "    module = importlib.import_module(f'lernpy.{name}')\n"
        "    assert sorted(module.__all__) == dir(getattr(lernpy, name)), name\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_completion_of_objects_has_no_inner_names_but_dashed_ones():
    assert {"learn", "predict", "matrices", "incoming"} <= set(dir(net()))
    assert "adam" in dir(lernpy.optimizers) and "OPTIMIZERS" in dir(lernpy.optimizers)
