"""What a network holds, and what somebody may have set in it by hand: refused by name, before it breaks.

Weights, neurons and links are plain objects, so that they can be read in a minute; they take any value.
Whoever is about to use a network asks `check`, which names what cannot be used and says what to write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

from lernpy.checks import is_number, whole
from lernpy.errors import LernpyError, WiringError
from lernpy.functions import portable
from lernpy.functions.activations import Activation
from lernpy.group import Group
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.registry import exactly
from lernpy.text import listed, shown
from lernpy.weight import Rule, Weight
from lernpy.wiring import NO_ACTIVATION, Unit, members, unit_for

if TYPE_CHECKING:
    from lernpy.data import Card
    from lernpy.network import Network
    from lernpy.wired import Wired

P = ParamSpec("P")
R = TypeVar("R")
ANEW = " by its activation, and the wiring does not know; build a network in which it is so"
Item = TypeVar("Item")

FUNCTIONS = {  # what other libraries have as a method
    "fit": "lernpy.train(network, data)",
    "train": "lernpy.train(network, data)",
    "epochs": "lernpy.epochs(network, data)",
    "evaluate": "lernpy.evaluate(network, data)",
    "score": "lernpy.evaluate(network, data).accuracy",
    "save": 'lernpy.save(network, "net.json")',
    "load": 'lernpy.load("net.json")',
    "summary": "lernpy.explain(network)",
    "explain": "lernpy.explain(network)",
    "plot": "lernpy.plot.network(network)",
    "optimiser": 'network.optimizer = "adam"',
    "lr": "network.learning_rate = 0.1",
    "rate": "network.learning_rate = 0.1",
    "activation": 'network.neurons["h1"].activation = lernpy.activations.get("relu")',
    "forward": "network.predict([[...]])",
    "backward": "lernpy.slow_motion(network, inputs, targets)",
    "step": "lernpy.slow_motion(network, inputs, targets)",
    "compile": 'network.loss = "..." and network.optimizer = "..."',
    "parameters": "network.weights",
    "layers": "network.generations",
}


class Elsewhere:
    """Says where that is which other libraries have as a method.

    >>> import lernpy
    >>> lernpy.layered([2, 3, 1]).fit
    Traceback (most recent call last):
    AttributeError: a network has no 'fit'; write lernpy.train(network, data)
    """

    __slots__ = ()

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in FUNCTIONS]


def _elsewhere(name: str, form: str) -> property:
    def refuse(thing: object, value: object = None) -> NoReturn:
        raise AttributeError(f"a network has no {name!r}; write {form}")

    return property(refuse, refuse)


for _name, _form in FUNCTIONS.items():
    setattr(Elsewhere, _name, _elsewhere(_name, _form))


class Parts(list[Item]):
    """A list of a network's parts: to be read; only the network itself changes what is in it.

    >>> import lernpy
    >>> lernpy.layered([2, 1], seed=0).weights[0] = 0.3
    Traceback (most recent call last):
    lernpy.errors.WiringError: the weights of a network are not replaced; \
write network.weights[0].value = 0.3
    """

    __slots__ = ()
    what = "parts"

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        form = f"network.weights[{index!r}].value = {shown(value)}"
        raise fixed(self.what, form if self.what == "weights" else None)

    def __reduce__(self) -> Any:
        return parts_again, (self.what, list(self))

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise fixed(self.what)

    append = extend = insert = remove = pop = clear = sort = reverse = _refuse
    __delitem__ = __iadd__ = __imul__ = _refuse


def parts_again(what: str, items: list[Item]) -> Parts[Item]:
    """The parts that were pickled."""
    return PARTS[what](items)


PARTS: dict[str, type[Parts[Any]]] = {  # a class for each, so that a network is made of lists alone
    what: type("Parts", (Parts,), {"__slots__": (), "what": what})
    for what in (
        "inputs",
        "outputs",
        "weights",
        "biases",
        "groups",
        "products",
        "generations",
        "order",
    )
}


def fixed(what: str, instead: str | None = None) -> WiringError:
    """The error for setting what is made by the wiring."""
    usual = "prune, connect and tie change the wiring, the builders make another network"
    return WiringError(
        f"the {what} of a network are not replaced; {f'write {instead}' if instead else usual}"
    )


def wired(what: str, instead: str | None = None) -> Any:
    """An attribute that the wiring sets, under its name with a dash before it, and nobody else."""

    def refuse(network: Network, value: object) -> NoReturn:
        raise fixed(what, instead)

    return property(attrgetter(f"_{what}"), refuse)


def holding(what: str, check: Callable[[Any], object]) -> Any:
    """An attribute that takes what `check` returns, kept under its name with a dash before it."""
    return property(
        attrgetter(f"_{what}"), lambda network, value: setattr(network, f"_{what}", check(value))
    )


def seed_or_none(seed: Any) -> int | None:
    """The seed of a network, or an error that says what it must be."""
    return None if seed is None else whole("seed", seed)


def card_or_none(card: Any) -> Card | None:
    """The card of a network, or an error where it is none."""
    if card is None:
        return None
    from lernpy.data import Card

    if isinstance(card, Card):
        return card
    raise LernpyError(
        f"the card of a network is a lernpy.Card or None, not {shown(card)}; lernpy.train makes one"
    )


FAILURES = (AttributeError, TypeError, OverflowError)  # of a method that meets what was set by hand


def naming(method: Callable[P, R]) -> Callable[P, R]:
    """The same method; if it fails over something that was set by hand, the error names that."""

    @wraps(method)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except FAILURES:
            check(args[0])  # type: ignore[arg-type]
            raise

    return run


def check(network: Network) -> None:
    """Refuse what was set by hand and cannot be used, by name; cheap where all is well.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> network.neurons["h1"].activation = "relu"
    >>> network.predict([[0, 1]])
    Traceback (most recent call last):
    lernpy.errors.WiringError: the activation of h1 is 'relu', which is no activation; \
write network.neurons["h1"].activation = lernpy.activations.get("relu")
    """
    if _sure.get() is network:
        return
    for link, weight, start, end in network._held:
        if (
            link.weight is not weight
            or link.input_neuron is not start
            or link.output_neuron is not end
            or type(weight.value) is not float
            or type(weight.rule) is not Rule
        ):
            _refuse(_moved(network), _wrong_links(network), _wrong_weights(network))
            break
    if is_made_anew(network):
        _refuse(_wrong_units(network), _wrong_neurons(network))
        fit_maths(network)
        network._named = who_is_what(network)


def is_made_anew(network: Network) -> bool:
    """Whether some neuron, group or product has something else than when it was last looked at."""
    for _, neuron, name, activation in network._named:
        if neuron.name is not name or neuron.activation is not activation:
            return True
    return any(getattr(unit, field) is not parts for unit, field, parts in network._made_of)


def fit_maths(network: Network) -> None:
    """Give each activation the form that it has in the maths of the network: one may be set by hand.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], maths="portable", seed=0)
    >>> network.neurons["h1"].activation = lernpy.activations.get("tanh")
    >>> before = network.predict([[0, 1]])
    >>> network.neurons["h1"].activation.maths
    'portable'
    """
    for neuron in network._neurons.values():
        kind = neuron.activation
        if isinstance(kind, Activation) and kind.maths != network._maths:
            neuron.activation = portable.of(kind, network._maths)


def who_is_what(network: Network) -> list[tuple[Unit | None, Neuron, str, Activation | Group]]:
    """Every neuron with the name and the activation that it has now; with the first of a unit, that."""
    named: list[tuple[Unit | None, Neuron, str, Activation | Group]] = []
    for neuron in network.neurons.values():
        unit: Unit | None = neuron
        if type(neuron.activation) is not Activation:
            unit = unit_for(neuron)
            unit = unit if members(unit)[0] is neuron else None
        named.append((unit, neuron, neuron.name, neuron.activation))
    return named


def what_is_made_of(network: Wired) -> list[tuple[Group | Product, str, object]]:
    """Of each group its members, of each product its neuron and its factors."""
    made: list[tuple[Group | Product, str, object]] = []
    for group in network._groups:
        made.append((group, "members", group.members))
    for product in network._products:
        made += [(product, "neuron", product.neuron), (product, "factors", product.factors)]
    return made


_sure: ContextVar[Network | None] = ContextVar("_sure", default=None)


@contextmanager
def sure_of(network: Network) -> Iterator[None]:
    """Within, this network is not checked again: whoever asks has done so a moment ago."""
    token = _sure.set(network)
    try:
        yield
    finally:
        _sure.reset(token)


def _refuse(*wrong: Iterator[str]) -> None:
    for words in chain(*wrong):
        raise WiringError(words)


def _moved(network: Network) -> Iterator[str]:
    """Links that join other neurons than the wiring knows."""
    neurons = network.neurons
    for start, ends in network.graph._succ.items():
        source = neurons.get(start, None)  # none where a neuron has another name now
        for end, edge in ends.items() if source else ():
            link = edge.get("link")  # from a factor to its product there is none
            if link and not (
                link.input_neuron is source and link.output_neuron is neurons.get(end)
            ):
                yield (
                    f"the link {start} -> {end} was given another neuron; a link does not move, write "
                    f'network.prune(("{start}", "{end}")) and network.connect(...)'
                )


def _wrong_links(network: Network) -> Iterator[str]:
    weights = set(network.weights)
    for (start, end), link in zip(network.links, network.links.values(), strict=True):
        ends, weight = f'"{start}", "{end}"', link.weight
        if not isinstance(weight, Weight):
            yield (
                f"{link.name} has {shown(weight)} in place "
                f"of its weight; a value is set by .weight.value = {shown(weight)}. To mend it, write "
                f"network.links[{ends}].weight = lernpy.Weight({shown(weight)}); network.tie(({ends}))"
            )
        elif weight not in weights:
            yield (
                f"{link.name} has a weight that is not the network's; a value is set by .weight.value "
                f"= {weight.value:g}. To take this weight over, write network.tie(({ends}))"
            )


def _wrong_weights(network: Network) -> Iterator[str]:
    for link in network.links.values():
        value, rule, where = link.weight.value, link.weight.rule, f"the weight of {link.name}"
        if not is_number(value):
            yield f"{where} has the value {shown(value)}, which is no number; write .weight.value = 0.5"
        if not isinstance(rule, Rule):
            yield (
                f"{where} has the rule {shown(rule)}; write .weight.frozen = True, "
                "or .weight.rule = Rule(...), which is in lernpy.weight"
            )


def _wrong_units(network: Network) -> Iterator[str]:
    for unit, field, parts in network._made_of:
        if getattr(unit, field) != parts:
            name = parts.name if isinstance(parts, Neuron) else listed(p.name for p in parts)  # type: ignore[attr-defined]
            yield (
                f"the {field} of a {unit.name} ({name}) {'was' if field == 'neuron' else 'were'} changed, "
                "and the wiring does not know; build a network in which it is so"
            )


def _wrong_neurons(network: Network) -> Iterator[str]:
    biases, groups, products = (
        set(parts) for parts in (network.biases, network.groups, network.products)
    )
    for name, neuron in network.neurons.items():
        kind = neuron.activation
        if neuron.name != name:
            yield (
                f"the neuron {name!r} was renamed {shown(neuron.name)}; its links know it as {name!r}. "
                "Names are given when a network is built"
            )
        if not isinstance(kind, (Activation, Group, Product)):
            form = f'network.neurons["{name}"].activation = lernpy.activations.get("relu")'
            yield NO_ACTIVATION.format(name=name, kind=shown(kind), form=form)
        exactly(Activation, kind)
        if (kind.name == "one") != (neuron in biases):
            yield f"{name} {'is a bias no more' if neuron in biases else 'was made a bias'}{ANEW}"
        elif isinstance(kind, Group) and (kind not in groups or neuron not in kind.members):
            yield f"{name} was put into a softmax group{ANEW}"
        elif isinstance(kind, Product) and (kind not in products or kind.neuron is not neuron):
            yield f"{name} was made a product{ANEW}"
    for group in network.groups:
        for member in group.members:
            if member.activation is not group:
                yield f"{member.name} was taken out of its softmax group{ANEW}"
    for product in network.products:
        if product.neuron.activation is not product:
            yield f"{product.neuron.name} is a product no more{ANEW}"
