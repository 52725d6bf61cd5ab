"""The offline gate of a browser context: stops and notes what wants out, and notes every error."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

WITHIN = {"file", "data", "blob", "about"}  # schemes that ask no server
HERE = {"127.0.0.1", "localhost"}


def stays(url: str) -> bool:
    """Whether a request stays on this machine.

    >>> stays("file:///tmp/lesson.html"), stays("ws://127.0.0.1:8888/api")
    (True, True)
    >>> stays("https://example.org/font.woff"), stays("http://127.0.0.1.example.org/")
    (False, False)
    """
    parts = urlsplit(url)
    return parts.scheme in WITHIN or parts.hostname in HERE


class Gate:
    """Stands before a browser context.

    `outside` lists the requests that wanted out (they got nothing), `problems` the uncaught
    exceptions and console errors of its pages.
    """

    def __init__(self, context: Any) -> None:
        self.outside: list[str] = []
        self.problems: list[str] = []
        context.route("**/*", self._decide)
        context.on("page", self._watch)

    def _decide(self, route: Any) -> None:
        if stays(route.request.url):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _watch(self, page: Any) -> None:
        page.on("websocket", self._note_socket)  # a route does not see them
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("console", self._note_message)

    def _note_socket(self, socket: Any) -> None:
        if not stays(socket.url):
            self.outside.append(socket.url)

    def _note_message(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def check(self) -> None:
        """Fail with a list of all that went wrong."""
        found = [f"wanted out: {url}" for url in self.outside] + self.problems
        assert not found, "the page is not offline and quiet:\n  " + "\n  ".join(found)

    def forget(self) -> None:
        self.outside.clear()
        self.problems.clear()
