/* What a page shows, measured: every line of text where it is drawn. Any page will do; what canvases
   show is known where canvas.js kept it. */
() => {
  const view = [0, 0, innerWidth, innerHeight];
  const cut = (a, b) => [
    Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3]),
  ];
  const size = (r) => Math.max(0, r[2] - r[0]) * Math.max(0, r[3] - r[1]);
  const boxOf = (r) => [r.left, r.top, r.right, r.bottom];
  const visible = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  /** Put aside for screen readers only. */
  const aside = (e) => {
    for (let p = e; p && p !== document.body; p = p.parentElement) {
      const style = getComputedStyle(p);
      if (style.position === "absolute" && p.clientWidth <= 1 && style.overflow === "hidden") return true;
    }
    return e.closest("noscript, script, style, datalist, template") !== null;
  };
  /** What clips an element: all that scroll or hide. */
  const clipOf = (e) => {
    let clip = view;
    for (let p = e.parentElement; p; p = p.parentElement) {
      const style = getComputedStyle(p);
      if (p.namespaceURI.endsWith("svg") && p.tagName !== "svg") continue;
      const scrolls = /hidden|auto|scroll|clip/.test(style.overflowX + style.overflowY);
      if (scrolls && p !== document.body && p !== document.documentElement) {
        clip = cut(clip, boxOf(p.getBoundingClientRect()));
      }
    }
    return clip;
  };
  const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) =>
    [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const groundOf = (e) => {
    for (let p = e; p; p = p.parentElement) {
      const colour = rgb(getComputedStyle(p).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.5) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (e, isSvg) => {
    const style = getComputedStyle(e);
    const [a, b] = [light(rgb(isSvg ? style.fill : style.color)), light(groundOf(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };

  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const e = node.parentElement;
    if (!text || !visible(e) || aside(e) || e.closest("option")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const clip = clipOf(e);
    const isSvg = e.namespaceURI.endsWith("svg");
    const matrix = isSvg && e.getScreenCTM ? e.getScreenCTM() : null;
    const font = parseFloat(getComputedStyle(e).fontSize) * (matrix ? Math.hypot(matrix.a, matrix.b) : 1);
    for (const rect of range.getClientRects()) {
      if (rect.width < 0.5) continue;
      // a line of text: its letters, without the room above and below them
      const middle = (rect.top + rect.bottom) / 2;
      const box = [rect.left, middle - 0.36 * font, rect.right, middle + 0.36 * font];
      lines.push({ text, e, box, clip, font, isSvg });
    }
  }
  for (const canvas of document.querySelectorAll("canvas")) {
    if (!visible(canvas) || !canvas.width) continue;
    const own = boxOf(canvas.getBoundingClientRect());
    const scale = (own[2] - own[0]) / canvas.width;
    for (const { text, box, font } of canvas.written ?? []) {
      if (!text.trim()) continue;
      const moved = box.map((value, side) => own[side % 2] + scale * value);
      const clip = cut(clipOf(canvas), own);
      lines.push({ text, e: canvas, box: moved, clip, font: scale * font, isSvg: false, isDrawn: true });
    }
  }
  const short = (text) => (text.length > 30 ? `${text.slice(0, 29)}…` : text);
  /** Below the foot of a box that says that it goes on; a question is scrolled on a phone alone. */
  const mayScroll = (e) => e.closest(".lp-onward") && (innerWidth < 1000 || !e.closest(".lp-ask, .lp-be"));
  const isBelow = ({ e, box, clip }) =>
    mayScroll(e) && box[0] >= clip[0] - 1 && box[2] <= clip[2] + 1 && box[3] > clip[3];
  const cutOff = lines.filter(({ box, clip }) => size(cut(box, clip)) < 0.9 * size(box));
  const hidden = cutOff.filter((line) => !isBelow(line)).map(({ text }) => short(text));
  const below = cutOff.filter(isBelow).map(({ text }) => short(text));
  for (const control of document.querySelectorAll("button, input, select")) {
    if (!visible(control) || aside(control)) continue;
    const box = boxOf(control.getBoundingClientRect());
    const clip = clipOf(control);
    if (size(cut(box, clip)) >= 0.9 * size(box)) continue;
    (isBelow({ e: control, box, clip }) ? below : hidden).push(short(control.title || control.className));
  }
  const holds = (a, b) => !a.isDrawn && a.e.contains(b.e);
  const overlapping = [];
  lines.forEach((a, i) => {
    for (const b of lines.slice(0, i)) {
      if (holds(a, b) || holds(b, a)) continue;
      const both = cut(cut(a.box, a.clip), cut(b.box, b.clip));
      if (size(both) > 0.06 * Math.min(size(a.box), size(b.box))) {
        overlapping.push(`${short(a.text)} | ${short(b.text)}`);
      }
    }
  });
  // What lies over a text: another panel, a control.
  for (const { text, e, box, clip } of lines) {
    const seen = cut(box, clip);
    if (!size(seen)) continue;
    const top = document.elementFromPoint((seen[0] + seen[2]) / 2, (seen[1] + seen[3]) / 2);
    if (top && getComputedStyle(top).opacity === "0") continue; // a slider to be felt, not seen
    const inert = getComputedStyle(e).pointerEvents === "none";
    const isOwn = inert && top?.closest("svg") === e.closest("svg");
    let covers = false;
    for (let p = top; p && !p.contains(e) && !e.contains(p); p = p.parentElement) {
      const ground = rgb(getComputedStyle(p).backgroundColor);
      covers ||= ground.length === 3 || ground[3] > 0.5 || p.matches("button, input, select");
    }
    if (covers && !isOwn) {
      hidden.push(`${short(text)} under ${short(top.getAttribute("class") || top.tagName)}`);
    }
  }
  const left = [...document.querySelectorAll("[data-left]")]
    .filter(visible)
    .reduce((sum, e) => sum + Number(e.dataset.left), 0);
  const told = [...document.querySelectorAll(".lp-few")].some((e) => e.textContent && visible(e));
  return {
    hidden: [...new Set(hidden)],
    below: [...new Set(below)],
    overlapping: [...new Set(overlapping)],
    dropped: told ? 0 : left,
    smallest: Math.min(...lines.map(({ font }) => font)),
    pale: [...new Set(lines.filter(({ e, isSvg, isDrawn }) => !isDrawn && contrast(e, isSvg) < 4.5).map(({ text }) => short(text)))],
  };
}
