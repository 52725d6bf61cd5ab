"""A small file costs little, whatever it unpacks to: measured in a child with little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import lernpy

READ = """
import resource, sys
from lernpy import Trace, data, errors, files
def peak():  # kB, of this process alone
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
before = peak()
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
read = {"trace": Trace.load, "net": files.load}.get(sys.argv[1].split(".")[0], data.load)
try:
    read(sys.argv[1])
except errors.LernpyError as error:
    print(error)
print((peak() - before) // 1024)
"""
MOST = 150  # MB; the smallest of these files would unpack to 300


def archive(member: str, pieces: int) -> bytes:
    """A zip with a member of so many times 16 MB of zeros, after what is a head of NumPy's."""
    buffer, head = io.BytesIO(), io.BytesIO()
    shape = {"descr": "|u1", "fortran_order": False, "shape": (pieces, 1 << 24)}
    np.lib.format.write_array_header_1_0(head, shape)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(member, "w") as file:
            file.write(head.getvalue() if member.endswith("npy") else b"a,b\n")
            for _ in range(pieces):
                file.write(bytes(1 << 24))
        if member.endswith("npy"):
            np.save(labels := io.BytesIO(), np.zeros(pieces))
            packed.writestr("Y.npy", labels.getvalue())
    return buffer.getvalue()


def wide(inputs: int, targets: int) -> bytes:
    """Two samples of so many bytes, and of so many numbers to be learned."""
    buffer = io.BytesIO()
    sizes = {"X": (2, inputs), "Y": (2, targets)}
    np.savez_compressed(buffer, **{name: np.zeros(size, np.uint8) for name, size in sizes.items()})
    return buffer.getvalue()


def repeated(pack: Callable[[bytes], bytes], head: bytes, piece: bytes, end: bytes = b"") -> bytes:
    """Head, 300 MB of pieces, and an end, each packed by itself: all these formats may be chained."""
    block = piece * (3_000_000 // len(piece))
    return pack(head) + pack(block) * 100 + pack(end)


TRACE = lernpy.Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1])).to_json()
BOMBS: dict[str, Callable[[], bytes]] = {
    "trace.json.gz": lambda: repeated(
        gzip.compress, json.dumps(TRACE).encode()[:-1] + b',"more":[', b"0,", b"0]}"
    ),
    "net.json.gz": lambda: repeated(gzip.compress, b'{"nodes":[', b"[],", b"0]}"),
    "lines.csv.gz": lambda: repeated(gzip.compress, b"a,b,y\n", b"1,2,3\n"),
    "lines.csv.bz2": lambda: repeated(bz2.compress, b"a,b,y\n", b"1,2,3\n"),
    "lines.csv.xz": lambda: repeated(lzma.compress, b"a,b,y\n", b"1,2,3\n"),
    "columns.csv.gz": lambda: repeated(gzip.compress, b"y,", b"a,", b"z\n"),
    "quoted.csv.gz": lambda: repeated(gzip.compress, b'a,b\n"', b"x\n"),
    "wide.csv.gz": lambda: gzip.compress(b"1," * 3_000_000 + b"1\n"),
    "wide.arff.gz": lambda: gzip.compress(
        b"@relation r\n" + b"@attribute a numeric\n" * 400_000 + b"@data\n1\n"
    ),
    "wide.npz": lambda: wide(1 << 22, 1),
    "targets.npz": lambda: wide(1, 1 << 22),
    "arrays.npz": lambda: archive("X.npy", 20),
    "lines.csv.zip": lambda: archive("lines.csv", 20),
    "book.xlsx": lambda: archive("xl/workbook.xml", 20),
}


WIDE = ("wide.csv.gz", "wide.arff.gz", "wide.npz", "targets.npz")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux says what memory it took")
@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_costs_little(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BOMBS[name]())
    assert (tmp_path / name).stat().st_size < 2_000_000

    done = subprocess.run(
        [sys.executable, "-c", READ, name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )

    told = "are read. Leave some out" if name in WIDE else "that is no file of"
    assert told in done.stdout, done.stdout + done.stderr
    assert int(done.stdout.split()[-1]) < MOST, done.stdout


def test_images_of_millions_of_pixels_are_refused(tmp_path: Path) -> None:
    sizes = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in (2, 1, 1 << 21))
    (tmp_path / "images.idx.gz").write_bytes(gzip.compress(sizes + bytes(1 << 22)))
    (tmp_path / "labels.idx").write_bytes(b"\0\0\x08\x01\0\0\0\x02\0\1")

    with pytest.raises(lernpy.LernpyError, match="2,097,152 columns; at most 1,048,576 are read"):
        lernpy.data.load(tmp_path / "images.idx.gz")
