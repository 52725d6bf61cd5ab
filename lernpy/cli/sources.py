"""The network and the data that an argument means, and the options that say how to read a file."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lernpy.cli import parsing
from lernpy.cli.output import say
from lernpy.errors import LernpyError
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.text import listed

if TYPE_CHECKING:
    from lernpy.data import Dataset
    from lernpy.network import Network

NOT_LOCAL = ("//", "\\\\")  # how the path of another computer begins
READING: dict[str, dict[str, Any]] = {  # options of a reader, under its own names
    "target": {
        "metavar": "COLUMN",
        "help": "what is to be learned: a name or position (default: the last column)",
    },
    "sequence": {
        "metavar": "COLUMN",
        "help": "its rows are steps in time, and this column names the sequence that each belongs to",
    },
    "read": {
        "choices": ["last", "every"],
        "help": "which target of a sequence is learned: that of its last step (default), or of every one",
    },
    "task": {
        "choices": ["classification", "regression", "percentages"],
        "help": "by the data: words and few whole numbers with several rows of each are classes",
    },
    "ignore": {
        "metavar": "A,B",
        "help": "columns to leave out (default: what only counts the rows)",
    },
    "categorical": {
        "metavar": "A,B",
        "help": "columns whose numbers are mere names (postcodes, ...)",
    },
    "missing": {
        "choices": ["drop", "mean", "most-frequent"],
        "help": "empty cells, ?, NA, NaN, null, -: leave their rows out, or fill them in as in the "
        "training part (default: refuse them)",
    },
    "dates": {
        "action": "store_true",
        "default": None,
        "help": "dates become year, month, day and weekday (default: refuse them)",
    },
    "delimiter": {
        "metavar": "SIGN",
        "help": "between cells: comma, semicolon, tab, space, ... (by the data)",
    },
    "decimal": {
        "choices": ["point", "comma", ".", ","],
        "metavar": "SIGN",
        "help": "point or comma (by the data)",
    },
    "thousands": {
        "metavar": "SIGN",
        "help": "between thousands: comma, point, space (by the data)",
    },
    "header": {"choices": ["yes", "no"], "help": "whether the first row holds names (by the data)"},
    "encoding": {"metavar": "NAME", "help": "utf-8, utf-16, windows-1252, ... (by the data)"},
    "comment": {
        "metavar": "SIGN",
        "help": "skip lines that begin so (# above the table is skipped)",
    },
    "sheet": {"metavar": "NAME", "help": "of a spreadsheet (default: the first)"},
    "transpose": {
        "action": "store_true",
        "default": None,
        "help": "images with rows and columns swapped, as EMNIST has them",
    },
}


def add_options(
    parser: argparse.ArgumentParser, folder: bool = True, flags: Mapping[str, str] | None = None
) -> None:
    """How a file of data is to be read; with `folder` also where MNIST lies.

    flags : options that go by another name here
    """
    group = parser.add_argument_group("reading the data (a network remembers what it was told)")
    for name, settings in READING.items():
        group.add_argument(f"--{(flags or {}).get(name, name)}", dest=name, **settings)
    if folder:
        group.add_argument(
            "--data", metavar="DIR", dest="folder", help="the folder of MNIST's files"
        )


def add_fresh_net(parser: argparse.ArgumentParser, seed: str, optimizer: str) -> None:
    """How a net is made of data; `seed` and `optimizer` say what is so without these options."""
    parser.add_argument("--seed", type=parsing.seed, metavar="N", help=seed)
    parser.add_argument(
        "--layers", type=parsing.layers, metavar="N,N", help="hidden layers of a fresh net"
    )
    parser.add_argument(
        "--activation",
        type=parsing.name_in(ACTIVATIONS),
        help="of the hidden layers of a fresh net",
    )
    parser.add_argument(
        "--optimizer", type=parsing.name_in(OPTIMIZERS), help=f"of a fresh net ({optimizer})"
    )
    parser.add_argument("--learning-rate", type=parsing.amount, metavar="RATE")


def load_data(text: str, options: argparse.Namespace, like: Any = None) -> Dataset:
    """The data set that the command line names, with the columns and classes of `like`."""
    from lernpy import data

    return data.load(text, like=like, **reading(text, options))


def with_steps(text: str, steps: int | None) -> str:
    """The data set of that name with sequences of so many steps."""
    from lernpy import data

    name, _, options = text.partition(":")
    if steps is None:
        return text
    if name not in data.names() or "steps" not in data.options(name):
        known = [known for known in data.names() if "steps" in data.options(known)]
        raise LernpyError(
            f"--steps is for {listed(known, last='and')}; the sequences of {name} are as long as they are"
        )
    return f"{name}:{','.join(filter(None, (options, f'steps={steps}')))}"


def reading(text: str, options: argparse.Namespace) -> dict[str, Any]:
    """The options for reading; one that the data has no need of is an error."""
    from lernpy import data

    chosen = {name: getattr(options, name, None) for name in (*READING, "folder")}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    built_in = text.partition(":")[0].strip().lower()
    for name in chosen if built_in in data.names() else ():
        if not (built_in == "mnist" and name == "folder"):
            flag = "data" if name == "folder" else name
            wanted = "mnist" if name == "folder" else "files of your own"
            raise LernpyError(f"--{flag} is for {wanted}; {built_in} is built in and needs none")
    return chosen


def is_network(text: str) -> bool:
    """Whether an argument that may be a network or data is the file of a network."""
    return text.removesuffix(".gz").endswith(".json")


def load_network(path: str) -> Network:
    from lernpy import files

    if not is_network(path) and not _looks_like_json(path):
        raise LernpyError(
            f"{path} is no file of a network (NAME.json); train one: lernpy train {path} --save net.json"
        )
    return files.load(path)


def _looks_like_json(path: str) -> bool:
    """Whether a file of another name may be a network all the same."""
    from lernpy import storage

    return Path(path).is_file() and storage.read_bytes(path)[:100].lstrip().startswith(b"{")


def network_or_data(
    text: str, named: str | None, options: argparse.Namespace
) -> tuple[Network | None, Dataset]:
    """A network, and the data `named` or else those it learned from; or an argument that is data itself."""
    if is_network(text):
        return network_and_data(text, named, options)
    if named is not None:
        raise LernpyError(f"{text} is data already, so --data would change nothing; leave it out")
    return None, load_data(text, options)


def network_and_data(
    path: str, text: str | None, options: argparse.Namespace
) -> tuple[Network, Dataset]:
    """A network from its file, with the data named or else the data it learned from."""
    network = load_network(path)
    return network, data_of(network, path, text, options)


def data_of(network: Network, path: str, text: str | None, options: argparse.Namespace) -> Dataset:
    """The data named on the command line, or else the data the network learned from.

    A network's file may come from a stranger: what it names is read only if it is built in or lies
    under the folder of that file.
    """
    from lernpy import data

    if text is not None:
        return load_data(text, options, network.card)
    if network.card is None or not network.card.data:
        raise LernpyError(f"{path} does not say what data it learned from; name the data")
    source = dict(network.card.data)
    if isinstance(source.get("file"), str):
        source["file"] = _beside(path, source["file"])
        if not getattr(options, "json", False):
            say(f"reading {source['file']}, from which {path} learned")
    return data.reload(source, like=network.card)


def _beside(network: str, file: str) -> str:
    """The file a network learned from, if it is under the network's own folder."""
    folder = Path(network).resolve().parent
    if not file.startswith(NOT_LOCAL) and "\0" not in file:
        for candidate in (Path(file), folder / file, folder / Path(file).name):
            if candidate.exists() and candidate.resolve().is_relative_to(folder):
                return str(candidate)
    raise LernpyError(
        f"{network} learned from {file}, which is not in its folder; name the data after it"
    )
