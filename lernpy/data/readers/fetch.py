"""Fetching MNIST: four files from public mirrors, checked, resumable, never half-written."""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lernpy.checks import is_list
from lernpy.errors import LernpyError
from lernpy.storage import path_of
from lernpy.text import shown

if TYPE_CHECKING:
    from urllib.request import Request

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
LARGEST = 64 << 20  # bytes: no file of MNIST has more
TRIES = 3  # at one mirror, without a single byte gained between them
PAUSE = 0.5  # seconds between two tries
SLOWEST = 256  # bytes a second; below that a mirror counts as stuck
CHUNK = 1 << 16
MOST_CONTINUES = 8  # of "100 Continue" before an answer

Progress = Callable[[str, int, int | None], object]  # file, bytes so far, bytes in all if known


class _NotAsked(OSError):
    """A mirror answered, but not with what was asked for; asking again is no use."""


def fetch_mnist(
    folder: str | os.PathLike[str],
    mirrors: Sequence[str] = MIRRORS,
    progress: Progress | None = None,
    checksums: Mapping[str, str] = SHA256,
    timeout: float = 30.0,
) -> list[Path]:
    """MNIST's four files in a folder (made if it is not there), each with the right SHA-256.

    A file that is there and right is left alone. What was broken off goes on where it stopped (it
    waits as ``NAME.part``). A file takes its name only when it is whole and checked. A mirror that
    fails gives way to the next one. A file of that name with other content is kept as ``NAME.other``.

    Parameters
    ----------
    mirrors : addresses of folders, tried in order
    progress : called as ``progress(file_name, bytes_so_far, bytes_in_all_or_None)``
    checksums : file names with their SHA-256
    timeout : seconds without a byte, after which a mirror counts as stuck

    Raises
    ------
    LernpyError
        If the folder cannot be written, or no mirror gives a file; says what each one did.
    """
    folder = path_of(folder)
    if not is_list(mirrors) or not all(isinstance(mirror, str) for mirror in mirrors):
        raise LernpyError(f"the mirrors are a list of addresses, not {shown(mirrors)}")
    if not isinstance(checksums, Mapping):
        raise LernpyError(f"the checksums are a mapping by file name, not {shown(checksums)}")
    if progress is not None and not callable(progress):
        raise LernpyError(f"progress is a function of file, bytes, bytes, not {shown(progress)}")
    tell = progress or (lambda name, done, total: None)
    for mirror in mirrors:
        if not re.match(r"https?://", mirror):
            raise LernpyError(f"{mirror} is no mirror: an address begins with https:// or http://")
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        files = checksums.items()
        return [_fetch(folder / name, digest, mirrors, tell, timeout) for name, digest in files]


def _fetch(path: Path, digest: str, mirrors: Sequence[str], tell: Progress, timeout: float) -> Path:
    """One file, from the first mirror that gives it whole."""
    part = path.with_name(f"{path.name}.part")
    for file in (path, part):
        if os.path.lexists(file) and not (file.is_file() and not part.is_symlink()):
            raise LernpyError(f"{file} is no plain file; remove it, or name another folder")
    if _digest(path) == digest:
        tell(path.name, _size(path), _size(path))
        return path
    failures = []
    for mirror in mirrors:
        if _digest(part) == digest:
            break
        address = f"{mirror.rstrip('/')}/{path.name}"
        try:
            _from_mirror(address, part, digest, tell, timeout)
            break
        except OSError as error:
            failures.append(f"{address.split('/')[2]}: {_reason(error)}")
    else:
        raise LernpyError(
            f"{path.name} could not be fetched ({'; '.join(failures) or 'no mirror was named'}). "
            "Run it again to go on where it stopped"
        )
    _take_name(part, path)
    return path


def _from_mirror(address: str, part: Path, digest: str, tell: Progress, timeout: float) -> None:
    """Download, going on where it broke off, until the part has the right digest."""
    tries = TRIES
    while True:
        before = _size(part)
        try:
            total = _download(address, part, tell, timeout)
            if _digest(part) == digest:
                return
            _drop(part)
            if total is None:  # it may have broken off, or not
                raise OSError("it sent something else than MNIST's file (SHA-256)")
            if before == 0:
                raise _NotAsked("the file has other content than MNIST's (SHA-256)")
        except _NotAsked:
            raise
        except OSError:
            gained = _size(part) - before
            tries = TRIES if gained >= CHUNK else tries - 1
            if tries == 0:
                raise
            time.sleep(PAUSE)


def _download(address: str, part: Path, tell: Progress, timeout: float) -> int | None:
    """One request; the part grows by what comes. An end before the end is an OSError.

    What comes back is the number of bytes that the file has, where the mirror says it.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError

    start = _size(part)
    try:
        with _open(_request(address, start), timeout) as response:
            if response.status != 206 or not _continues(response, start):
                start = 0
            length = response.headers.get("Content-Length", "")
            total = start + int(length) if length.isdecimal() else None
            done = _copy(response, part, start, total, tell, timeout)
    except HTTPError as error:
        error.close()
        if error.code != 416:  # 416: the part is as long as the file, or longer, and not right
            raise _NotAsked(f"{error.code} {error.reason}") from None
        _drop(part)
        raise OSError("what was there did not fit") from None
    except HTTPException as error:
        raise OSError(str(error) or type(error).__name__) from error
    if total is not None and done < total:
        raise OSError(f"broke off after {done:,} of {total:,} bytes")
    return total


def _open(request: Request, timeout: float) -> Any:
    """The answer to a request; a mirror that says "100 Continue" again and again has none."""
    from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
    from urllib.request import HTTPHandler, HTTPSHandler, build_opener

    class Answer(HTTPResponse):
        turns = 0

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.line = _Line(self.fp.detach(), timeout)
            self.fp: Any = io.BufferedReader(self.line)

        def begin(self) -> None:
            super().begin()
            self.line.until = math.inf  # what follows is measured as it is copied

        def _read_status(self) -> Any:
            self.turns += 1
            if self.turns > MOST_CONTINUES:
                raise HTTPException("it went on saying 100 Continue")
            return super()._read_status()  # type: ignore[misc]

    class Plain(HTTPConnection):
        response_class = Answer

    class Secure(HTTPSConnection):
        response_class = Answer

    class Open(HTTPHandler):
        def http_open(self, req: Request) -> Any:
            return self.do_open(Plain, req)

    class OpenSecure(HTTPSHandler):
        def https_open(self, req: Request) -> Any:
            return self.do_open(Secure, req)

    return build_opener(Open, OpenSecure).open(request, timeout=timeout)


class _Line(io.RawIOBase):
    """What comes from a mirror, up to a moment: each byte of a head may be in time, and its end never."""

    def __init__(self, raw: io.RawIOBase, seconds: float) -> None:
        self.raw, self.until = raw, time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int | None:
        if time.monotonic() > self.until:
            raise TimeoutError
        return self.raw.readinto(room)

    def close(self) -> None:
        self.raw.close()
        super().close()


def _request(address: str, start: int) -> Request:
    from urllib.request import Request

    headers = {"User-Agent": "lernpy", **({"Range": f"bytes={start}-"} if start else {})}
    return Request(address, headers=headers)


def _continues(response: Any, start: int) -> bool:
    """Whether a partial answer begins where we stopped; anything else is an answer to another question."""
    if re.match(rf"bytes {start}-", response.headers.get("Content-Range", "")):
        return True
    raise _NotAsked("it sent another range than asked for")


def _copy(
    response: Any, part: Path, start: int, total: int | None, tell: Progress, timeout: float
) -> int:
    """Write what comes behind the first `start` bytes; the number of bytes there are then."""
    done, since, gained = start, time.monotonic(), 0
    with _writing(part):
        file = open(part, "ab" if start else "wb")  # noqa: SIM115  (closed below, also by errors)
    with file:
        tell(part.stem, done, total)
        while chunk := response.read1(CHUNK):
            done, gained = done + len(chunk), gained + len(chunk)
            _append(file, chunk, done)
            tell(part.stem, done, total)
            if time.monotonic() - since > timeout:
                if gained < SLOWEST * timeout:
                    raise TimeoutError(f"slower than {SLOWEST} bytes a second")
                since, gained = time.monotonic(), 0
    return done


def _append(file: IO[bytes], chunk: bytes, done: int) -> None:
    if done > LARGEST:
        _drop(Path(file.name))
        raise _NotAsked(f"it sent more than {LARGEST:,} bytes")
    with _writing(Path(file.name)):
        file.write(chunk)
        file.flush()


def _take_name(part: Path, path: Path) -> None:
    """Give the checked part its name; what had the name before is kept aside."""
    with _writing(path):
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        if path.exists():
            os.replace(path, path.with_name(f"{path.name}.other"))
        os.replace(part, path)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LernpyError(f"{path} could not be written: {reason}") from error


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second fetch out of the folder (where the system can; elsewhere the digest decides)."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise LernpyError(f"another fetch is at work in {folder}; wait for it to end") from None
    except OSError:
        pass  # a file system without locks
    try:
        yield
    finally:
        os.close(handle)


def _digest(path: Path) -> str | None:
    """The SHA-256 of a file, None where there is none."""
    if not path.exists():
        return None
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LernpyError(f"{path} could not be read: {reason}") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _drop(part: Path) -> None:
    with _writing(part):
        part.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    """What went wrong, in a few words."""
    inner = getattr(error, "reason", error)
    if isinstance(inner, TimeoutError) and not str(inner).startswith("slower"):
        return "no answer in time"
    return str(getattr(inner, "strerror", None) or inner) or type(error).__name__
