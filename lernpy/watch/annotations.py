"""What a teacher prepares beside the numbers of a trace: notes, questions, places to stop."""

from __future__ import annotations

from typing import Any

from lernpy.checks import text as text_of
from lernpy.checks import whole
from lernpy.watch import questions
from lernpy.watch.recording import Recording


class Annotated:
    """A recording with what was prepared for it; that may change at any time, and is saved."""

    _recording: Recording

    def _prepare(self, title: str) -> None:
        card = self._recording.network.card  # of the data: it may know of an image, and of classes
        self.title = title
        self.script: list[dict[str, Any]] = []  # speaker notes: {"at": position, "say": text}
        self.gates: list[dict[str, Any]] = []  # predict-first questions, see FORMAT.md
        self.breakpoints: list[str] = []  # conditions as text
        self.image: tuple[int, int] | None = card.image if card else None
        self.classes: tuple[str, ...] = card.classes if card else ()
        self.positions: list[tuple[float, float]] | None = None  # of the neurons, see FORMAT.md

    def say(self, text: str, at: int | None = None) -> None:
        """A speaker note, shown from the present position (or from `at`) on until the next one.

        >>> import lernpy
        >>> trace = lernpy.Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
        >>> trace.say("Which way will the weight go?", at=17)
        >>> trace.script
        [{'at': 17, 'say': 'Which way will the weight go?'}]
        """
        here, end = self._recording.at, self._recording.end
        at = here if at is None else whole("position", at, 0, end)
        self.script.append({"at": at, "say": text_of("note", text)})
        self.script.sort(key=lambda note: int(note["at"]))

    def ask(self, name: str, quantity: str, kind: str = "sign", **how: Any) -> None:
        """A question that the page puts before it shows the answer.

        Parameters
        ----------
        name : a neuron ("h1") or a link ("h1 -> y1"); "" for the loss
        quantity : total_input, output, sensitivity, delta; of a link signal, blame, gradient,
            value (of the weight), step; loss
        kind : "sign", "number", or "compare" (with ``than="h2"``)
        how : question (a text of your own), sample (which one), tolerance (of a number, 0.05)

        >>> import lernpy
        >>> network = lernpy.build.two_two_two()
        >>> trace = lernpy.Trace.record(lernpy.slow_motion(network, [0.05, 0.1], [0.01, 0.99]))
        >>> trace.ask("h1", "delta", "compare", than="h2")
        >>> trace.gates[0]["question"], trace.gates[0]["at"]
        ('Compare in size the delta of h1 with the delta of h2. The first is …', 26)
        """
        for what, value in (("name", name), ("quantity", quantity), ("kind of question", kind)):
            text_of(what, value)
        self.gates.append(questions.question(self._recording.replay, name, quantity, kind, **how))
        self.gates.sort(key=lambda gate: int(gate["at"]))
