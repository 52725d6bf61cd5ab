"""A step: one part's verb, done; with the numbers before and after, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from lernpy.text import visible
from lernpy.watch.narration.terms import Piece

if TYPE_CHECKING:
    from lernpy.group import Group
    from lernpy.link import Link
    from lernpy.network import Network
    from lernpy.neuron import Neuron
    from lernpy.product import Product

Numbers = Mapping[str, float | None]


@dataclass(frozen=True)
class View:
    """One thing to see in a step: a name, a formula in symbols and with numbers, a sentence."""

    name: str  # "sums", "activates", "hands back", ...
    symbols: Piece
    numbers: Piece
    sentence: str
    quiet: bool = False  # true, but nobody needs it (blame for an input)

    @property
    def formulas(self) -> list[Piece]:
        """In symbols and with numbers, as far as it has them."""
        return [piece for piece in (self.symbols, self.numbers) if piece.text]

    @property
    def text(self) -> str:
        lines = [*(piece.text for piece in self.formulas), self.sentence]
        return "\n    ".join([f"{self.name}:", *lines])

    @property
    def html(self) -> str:
        lines = "".join(f'<div class="lernpy-formula">{p.html}</div>' for p in self.formulas)
        kind = "lernpy-view lernpy-quiet" if self.quiet else "lernpy-view"
        sentence = escape(self.sentence)
        return f'<div class="{kind}"><b>{escape(self.name)}</b>{lines}<p>{sentence}</p></div>'

    @property
    def latex(self) -> str:
        return " \\\\\n".join(piece.latex for piece in self.formulas)


@dataclass(frozen=True, eq=False)
class Step:
    """What has just happened. `before` and `after` hold the quantities that moved, by name;
    one that was not computed yet is None, never 0.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> steps = list(lernpy.slow_motion(network, [1], [1]))
    >>> print(steps[6])
    7/18 forward · h: z(h) = 0.5 + 0.25 = 0.75; y(h) = sigmoid(0.75) = 0.6792
    >>> steps[6].after
    {'h.output': 0.679178699175393}
    >>> [view.name for view in steps[11].views]
    ['hands back', 'keeps']
    """

    index: int  # its number, from 1 on; the position in the trace once it is done
    total: int  # how many steps the trace has
    sample: int
    samples: int
    phase: str  # reset, feed, forward, cost, backward, update
    part: Neuron | Group | Product | Link | Network
    name: str  # of the part: "h1", "x1 -> h1", "softmax(y1, y2)", "network"
    before: Numbers
    after: Numbers
    facts: Mapping[str, Any] = field(repr=False)  # numbers around it, for the formulas
    tell: Callable[[Step], tuple[View, ...]] = field(repr=False)
    source: Any = field(default=None, repr=False)  # the SlowMotion that it came from
    remark: str = ""  # about what came between the step before and this one

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The events of this step, in the order in which they are told."""
        remark = (View("meanwhile", Piece(""), Piece(""), self.remark),) if self.remark else ()
        return (*self.tell(self), *remark)

    @property
    def main_views(self) -> tuple[View, ...]:
        """The views; of an update not those of the single weights."""
        single = len(self.views) - bool(self.remark) if self.phase == "update" else 1
        return self.views[:1] + self.views[single:]

    def view(self, name: str) -> View:
        """The view of that name."""
        from lernpy.registry import Named

        return Named("view of this step", {view.name: view for view in self.views})[name]

    @property
    def where(self) -> str:
        """Which sample, phase and part."""
        sample = f"sample {self.sample + 1} of {self.samples} · " if self.samples > 1 else ""
        part = "" if self.name == "network" else f" · {self.name}"
        return f"{sample}{self.phase}{part}"

    @property
    def line(self) -> str:
        """The step in one line: where, and the formulas with their numbers."""
        views = [view for view in self.main_views if view.name != "meanwhile"]
        words = "; ".join(view.numbers.text or view.sentence for view in views if not view.quiet)
        called = any(output["called"] for output in self.facts.get("expected", ()))  # by the data
        if self.phase == "update" or called or self.facts.get("raw"):
            words = f"{views[0].numbers.text}. {views[0].sentence}"
        words = words or views[0].sentence
        if self.remark:
            words = f"{words.removesuffix('.')}. {self.remark}"
        return visible(f"{self.index}/{self.total} {self.where}: {words}")

    @property
    def sentence(self) -> str:
        """What happened, in plain words."""
        return " ".join(view.sentence for view in self.views)

    @property
    def text(self) -> str:
        """Formula in symbols, formula with numbers and one plain sentence, for each view."""
        return "\n".join(
            [f"step {self.index} of {self.total} · {self.where}"]
            + [f"  {line}" for view in self.views for line in view.text.splitlines()]
        )

    @property
    def html(self) -> str:
        """The same as HTML; classes begin with lernpy-, styles are left to the page."""
        head = escape(f"step {self.index} of {self.total} · {self.where}")
        body = "".join(view.html for view in self.views)
        return f'<div class="lernpy-step"><div class="lernpy-where">{head}</div>{body}</div>'

    @property
    def latex(self) -> str:
        """The formulas as LaTeX, to be put between ``\\[`` and ``\\]``."""
        lines = " \\\\\n".join(view.latex for view in self.views if view.symbols.text)
        return f"\\begin{{gathered}}\n{lines}\n\\end{{gathered}}" if lines else ""

    def __str__(self) -> str:
        return self.line

    def __repr__(self) -> str:
        return f"<step {self.index} of {self.total}: {self.where}>"
