"""What was done with the data and how the net learned from it, in words: for `train`, `data show`, `show`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lernpy.data import Card, Dataset
from lernpy.data.columns import Column, Note
from lernpy.network import Network
from lernpy.text import counted, listed, number, option
from lernpy.wiring import members

MOST = 8  # names in one line


def of_data(data: Dataset | Card) -> list[str]:
    """What each column was taken for, and why.

    >>> from lernpy.data import load
    >>> print(*of_data(load("fruit")), sep="\\n")
    learned: apple, banana, orange (classification)
    inputs: 1 number (weight); 3 categories (colour: 4 kinds, texture: 2, size: 3)
    """
    return [_learned(data), f"inputs: {_inputs(data)}", *_other_notes(data.notes)]


def _learned(data: Dataset | Card) -> str:
    for note in data.notes:
        if note.role == "target":
            say = ""
            if "whole numbers" in note.why:
                other = "regression" if "classification:" in note.why else "classification"
                say = f" ({option('task', other)} takes them otherwise)"
            column = "columns" if "several columns" in note.why else "column"
            return f"learned: {column} {note.column}, {note.why}{say}"
    return f"learned: {listed(data.classes or data.output_names, MOST)} ({data.task})"


def _inputs(data: Dataset | Card) -> str:
    if data.image is not None:
        return f"an image of {data.image[0]} x {data.image[1]} pixels"
    reasons = {note.column: note.why for note in data.notes}
    groups: dict[str, list[Column]] = {}
    for column in data.columns:
        role = "category" if column.kinds else "date" if column.date else "number"
        groups.setdefault(role, []).append(column)
    return "; ".join(
        f"{counted(len(columns), role)} ({_names(columns, reasons)})"
        for role, columns in groups.items()
    )


def _names(columns: Sequence[Column], reasons: dict[str, str]) -> str:
    words, first = [], True
    for column in columns:
        fact = reasons.get(column.name, "")
        if column.kinds:
            usual = not fact or fact.startswith("words,")
            kinds = f"{len(column.kinds)}{' kinds' if first else ''}"
            words.append(f"{column.name}: {kinds}{'' if usual else f' ({fact})'}")
        else:
            plain = not fact or fact.startswith("every cell")
            words.append(column.name if plain else f"{column.name} ({fact})")
        first = False
    return listed(words, MOST)


def _other_notes(notes: Iterable[Note]) -> list[str]:
    left = [f"{note.column} ({note.why})" for note in notes if note.role == "left out"]
    lines = [f"left out: {listed(left, MOST)}"] if left else []
    return lines + [note.why for note in notes if note.role in ("rows", "text")]


def of_training(network: Network, card: Card) -> list[str]:
    """Scaling, split, net and settings of a training, from what the network keeps."""
    settings = card.training
    scaled = [f"inputs {card.scaling.kind}"]
    if card.task == "regression":
        scaled.append(f"targets {card.target_scaling.kind}")
    lines = [f"scaling: {', '.join(scaled)}"]
    if settings:
        lines.append(f"split: {_split(settings)}")
    lines.append(f"net: {_net(network)}; loss {network.loss.name}")
    if settings:
        lines.append(f"training: {_settings(settings)}")
    return lines


def _split(settings: dict[str, Any]) -> str:
    parts = [f"{counted(settings['samples'], 'sample')} to learn from"]
    held = settings.get("held_out", {})
    for name, what in (("validation", "to validate"), ("test", "to test")):
        if held.get(name):
            parts.append(f"{len(held[name]):,} {what}")
    return ", ".join(parts)


def _net(network: Network) -> str:
    """Sizes and activations, generation by generation."""
    layers: list[str] = []
    for generation in network.generations:
        neurons = [
            neuron for unit in generation for neuron in members(unit) if neuron.name != "bias"
        ]
        if neurons:
            kinds = sorted({neuron.activation.name for neuron in neurons})
            layers.append(
                f"{len(neurons)} {'/'.join(kinds)}" if layers else counted(len(neurons), "input")
            )
    return f"{' - '.join(layers)}, {counted(len(network.weights), 'weight')}"


def _settings(settings: dict[str, Any]) -> str:
    batch = settings["batch_size"]
    facts = [
        f"{settings['optimizer']} with rate {number(settings['learning_rate'])}",
        f"batches of {batch}" if batch else "all samples in one batch",
        f"at most {counted(settings['epochs'], 'epoch')}" if settings["epochs"] else "",
        f"rate {settings['schedule']}" if settings["schedule"] != "constant" else "",
        f"L1 {number(settings['l1'])}" if settings["l1"] else "",
        f"L2 {number(settings['l2'])}" if settings["l2"] else "",
        f"early stopping after {counted(settings['early_stop'], 'epoch')} without a better "
        f"{'validation ' if settings['validation'] else ''}loss"
        if settings["early_stop"]
        else "no early stopping",
        f"seed {settings['seed']}",
    ]
    return ", ".join(fact for fact in facts if fact)
