"""A lesson that is stepped through from code, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lernpy.checks import Bound
from lernpy.samples import check_network
from lernpy.watch import Step, Trace, slow_motion

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.frame import Frame
    from lernpy.network import Network


class Stepper(Bound):
    """Goes through the lessons of a network, forward and back; the network is always where it is.

    A weight that is changed between two steps, or frozen, stays so for the rest of the lesson. Asking
    the network (`predict`) disturbs nothing; if it is taught something else meanwhile, the next step
    says so, and this lesson goes on with its own numbers.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> stepper = Stepper(network, [1], [1])
    >>> print(stepper.run_to("h"))
    7/18 forward · h: z(h) = 0.5 + 0.25 = 0.75; y(h) = sigmoid(0.75) = 0.6792
    >>> print(stepper.next())
    8/18 forward · h -> y: signal = -1 × 0.6792 = -0.6792
    >>> stepper.back().name, stepper.back("phase").phase
    ('h', 'feed')
    >>> stepper.run_to("phase=cost").name, round(stepper.loss, 4)
    ('network', 0.2202)
    """

    instead = "keep its lesson with stepper.trace.save(path)"

    def __init__(self, network: Network, inputs: ArrayLike, targets: ArrayLike) -> None:
        check_network(network)
        self.network = network
        self.trace = Trace(network)
        self.trace.begin(slow_motion(network, inputs, targets))

    def next(self, level: str = "link") -> Step | None:
        """Do one step, or go to the end of the present neuron, generation, phase, sample or epoch.

        Returns the step that was done last, or several told together; None at the end of the lesson.
        """
        return self.trace.forward(level) and self.trace.move(level)

    def back(self, level: str = "link") -> Step | None:
        """Undo one step, or go back to where `next` of that level would have stopped before.

        Returns what led to the moment that is now, as one move of that level, or None at the start.
        """
        return self.trace.back(level) and self.trace.move(level)

    def run_to(self, condition: str, back: bool = False) -> Step | None:
        """Go on until something happens: "h1", "x1->h1", "phase=backward", "sign-flip", "slope<0.01".

        Returns the step at which it did, or None if it does not happen before the end.
        """
        return self.trace.until(condition, back)

    @property
    def step(self) -> Step | None:
        """The step that led to the present moment."""
        return self.trace.step

    @property
    def frame(self) -> Frame:
        """All numbers of the present moment, and which of them are not computed yet."""
        return self.trace.frame

    @property
    def loss(self) -> float | None:
        """The loss of the present sample, None before the cost is computed."""
        return self.trace.frame.loss

    def __repr__(self) -> str:
        step = self.step
        return f"<stepper at {self.trace.cursor}: {step if step else 'before the first step'}>"
