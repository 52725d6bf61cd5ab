"""An animation as one HTML page that makes no request: the frames, four buttons and a slider."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Iterable
from typing import Any

from matplotlib.colors import to_hex

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>%(title)s</title><style>
body{margin:0;background:%(ground)s;color:%(text)s;font:16px/1.4 system-ui,sans-serif}
main{max-width:%(width)dpx;margin:0 auto;padding:8px}
img{width:100%%;height:auto;display:block}
nav{display:flex;gap:8px;align-items:center;padding:8px 0;flex-wrap:wrap}
button{font:inherit;min-width:44px;min-height:36px;border:1px solid currentColor;border-radius:6px;
background:none;color:inherit;cursor:pointer}
button:focus-visible,input:focus-visible{outline:3px solid #0072b2}
input[type=range]{flex:1;min-width:120px}
</style></head><body><main>
<img id="picture" alt="%(title)s">
<nav aria-label="playing">
<button id="first" aria-label="first frame">|&lt;</button>
<button id="back" aria-label="one frame back">&lt;</button>
<button id="play" aria-label="play or pause">play</button>
<button id="on" aria-label="one frame on">&gt;</button>
<button id="last" aria-label="last frame">&gt;|</button>
<input id="place" type="range" min="0" value="0" aria-label="frame">
<output id="count" aria-live="polite"></output>
</nav>
<p><small>Keys: left and right step, space plays, Home and End jump.</small></p>
</main><script>
"use strict";
(function () {
  var frames = %(frames)s, pause = %(pause)d, at = 0, timer = null;
  var get = function (id) { return document.getElementById(id); };
  var place = get("place"); place.max = frames.length - 1;
  function show(i) {
    at = Math.max(0, Math.min(frames.length - 1, i));
    get("picture").src = "data:image/png;base64," + frames[at];
    place.value = at;
    get("count").textContent = (at + 1) + " of " + frames.length;
  }
  function stop() { clearInterval(timer); timer = null; get("play").textContent = "play"; }
  function play() {
    if (timer) { stop(); return; }
    if (at === frames.length - 1) { show(0); }
    get("play").textContent = "pause";
    timer = setInterval(function () {
      if (at === frames.length - 1) { stop(); } else { show(at + 1); }
    }, pause);
  }
  function go(i) { stop(); show(i); }
  get("first").onclick = function () { go(0); };
  get("back").onclick = function () { go(at - 1); };
  get("on").onclick = function () { go(at + 1); };
  get("last").onclick = function () { go(frames.length - 1); };
  get("play").onclick = play;
  place.oninput = function () { go(Number(place.value)); };
  document.addEventListener("keydown", function (event) {
    var keys = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: frames.length - 1 };
    if (event.key in keys) { go(keys[event.key]); event.preventDefault(); }
    if (event.key === " " && event.target.tagName !== "BUTTON") { play(); event.preventDefault(); }
  });
  show(0);
})();
</script></body></html>
"""


def page(figure: Any, frames: Iterable[Any], pause: float) -> str:
    """A page of these pictures. Nothing in it comes from elsewhere, so it plays with the net off."""
    ground = to_hex(figure.get_facecolor())
    values = {
        "title": html.escape(_title(figure)),
        "ground": ground,
        "text": "#000000" if _bright(ground) else "#ffffff",
        "width": int(figure.get_figwidth() * 100),
        "frames": json.dumps([base64.b64encode(png(frame)).decode("ascii") for frame in frames]),
        "pause": max(int(pause), 20),
    }
    return PAGE % values


def in_a_frame(text: str, figure: Any) -> str:
    """The page inside a notebook's output: it runs, but cannot reach the notebook."""
    wide, high = figure.get_size_inches()
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(text)}" '
        f'style="width:100%;max-width:{int(wide * 100) + 20}px;'
        f'height:{int(high * 100) + 130}px;border:0"></iframe>'
    )


def png(image: Any) -> bytes:
    """A PNG of at most 128 colours: a quarter of the size, and a drawing loses nothing by it."""
    small = io.BytesIO()
    image.quantize(128, method=2, dither=0).save(small, format="PNG")  # 2: octree, which is quick
    return small.getvalue()


def _title(figure: Any) -> str:
    for ax in figure.axes:
        for text in [ax.get_title(loc="left"), *(t.get_text() for t in ax.texts)]:
            if text:
                return str(text).split("\n")[0]
    return "lernpy"


def _bright(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue > 128
