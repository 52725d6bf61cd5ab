"""Firefox, headless, by its own remote protocol (Marionette: JSON over a socket), without any package."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 120  # seconds until it is there; a loaded machine is slow
SETTINGS = {
    "marionette.port": 0,  # any that is free
    "network.proxy.type": 1,  # all requests go to a proxy that is not there
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}
KEYS = {
    "ArrowRight": "\ue014",
    "ArrowLeft": "\ue012",
    "Space": " ",
    "Enter": "\ue007",
    "End": "\ue010",
}


def path() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """A window of 1280 x 720."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._rest = b""
        self._count = 0
        self._receive()  # how it greets
        capabilities = {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}}
        self.version = self.do("NewSession", **capabilities)["capabilities"]["browserVersion"]
        self.do("SetWindowRect", width=1280, height=720)

    def do(self, command: str, **given: Any) -> Any:
        """What a command of WebDriver answers."""
        self._count += 1
        text = json.dumps([0, self._count, f"WebDriver:{command}", given]).encode()
        self._socket.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, answer = self._receive()
        if error:
            raise AssertionError(f"{command}: {error['error']}: {error['message']}")
        return answer

    def _receive(self) -> Any:
        while b":" not in self._rest:
            self._rest += self._socket.recv(1 << 16)
        length, _, self._rest = self._rest.partition(b":")
        while len(self._rest) < int(length):
            self._rest += self._socket.recv(1 << 16)
        text, self._rest = self._rest[: int(length)], self._rest[int(length) :]
        return json.loads(text)

    def goto(self, url: str) -> None:
        self.do("Navigate", url=url)

    def ask(self, expression: str) -> Any:
        """The value of an expression in which `lab` is the page's state."""
        body = f"const {{ lab }} = document.querySelector('.lp-root') ?? {{}}; return {expression};"
        return self.do("ExecuteScript", script=body, args=[], sandbox=None)["value"]

    def wait(self, condition: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.ask(condition):
            assert time.monotonic() < end, f"never: {condition}"
            time.sleep(0.05)

    def press(self, *keys: str) -> None:
        for key in keys:
            value = KEYS.get(key, key)
            moves = [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]
            self.do("PerformActions", actions=[{"type": "key", "id": "keys", "actions": moves}])

    def close(self) -> None:
        self._socket.close()

    def picture(self) -> bytes:
        return base64.b64decode(self.do("TakeScreenshot", full=False)["value"])


@contextmanager
def firefox(program: str, folder: Path) -> Iterator[Firefox]:
    """One with a profile of its own, ended with the block."""
    profile = folder / "profile"
    profile.mkdir()
    lines = [
        f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in SETTINGS.items()
    ]
    (profile / "user.js").write_text("\n".join(lines))
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    process = subprocess.Popen(
        [*command, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with closing(Firefox(_port(profile / "MarionetteActivePort", process))) as started:
            yield started
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        if file.exists() and file.read_text():
            return int(file.read_text())
        time.sleep(0.05)
    raise AssertionError("Firefox does not start")
