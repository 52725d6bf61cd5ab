/* The losses of training and test over the epochs; the blame of each generation. */

import { brief } from "../text.js";

/** @typedef {import("./pictures.js").Paper} Paper */

/** The first of some texts that has room. @param {CanvasRenderingContext2D} pen
 * @param {string[]} texts the longest first @param {number} width */
export const fitting = (pen, texts, width) =>
  texts.find((text) => pen.measureText(text).width <= width) ?? texts[texts.length - 1];

/** @param {Paper} paper @param {CurvePoint[]} curve @param {Looks} looks */
export function paintLosses({ pen, width, height, font }, curve, looks) {
  const last = curve[curve.length - 1];
  const hasTest = last && !isNaN(last.test);
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillStyle = looks.text;
  const train = last ? brief(last.train, 2) : "";
  const tested = hasTest ? `test ${brief(last.test, 2)} - -` : "";
  const forms = hasTest ? [`loss: train ${train}, ${tested}`, `loss ${train}, ${tested}`, tested] : [`loss ${train}`];
  pen.fillText(fitting(pen, forms, width), 0, 0.65 * font);
  const top = 1.5 * font;
  pen.strokeStyle = looks.faint;
  pen.lineWidth = 1;
  pen.strokeRect(0.5, top, width - 1, height - top - 1);
  if (curve.length < 2) return;
  const values = curve.flatMap(({ train, test }) => [train, test]).filter(isFinite).sort((a, b) => a - b);
  const most = values[Math.floor(0.98 * (values.length - 1))] || 1;
  const step = Math.max(1, Math.floor(curve.length / (2 * width)));
  const span = last.epoch - curve[0].epoch || 1;
  /** @param {"train" | "test"} which */
  const line = (which) => {
    pen.beginPath();
    curve.forEach((point, index) => {
      if (index % step && index < curve.length - 1) return;
      const x = (width * (point.epoch - curve[0].epoch)) / span;
      pen.lineTo(x, height - 2 - (height - top - 6) * Math.min(1, point[which] / most));
    });
    pen.stroke();
  };
  pen.lineWidth = 2.5;
  pen.strokeStyle = looks.positive;
  line("train");
  if (!hasTest) return;
  pen.strokeStyle = looks.negative;
  pen.setLineDash([7, 4]);
  line("test");
  pen.setLineDash([]);
}

const DECADES = 6; // of the scale of blame

/**
 * Blame by generation, the outputs first, on a scale by powers of ten below the largest.
 * @param {Paper} paper @param {(number | undefined)[]} blame @param {Looks} looks
 */
export function paintBlame({ pen, width, height, font }, blame, looks) {
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillStyle = looks.text;
  pen.fillText(fitting(pen, ["blame by generation (log)", "blame (log)"], width), 0, 0.65 * font);
  const known = blame
    .map((value, generation) => ({ value, generation }))
    .filter((one) => one.value !== undefined)
    .reverse();
  const most = Math.max(...known.map(({ value }) => value ?? 0), 1e-300);
  const row = Math.min((height - 1.4 * font) / Math.max(1, known.length), 1.5 * font);
  const left = 3.1 * font;
  known.forEach(({ value = 0, generation }, index) => {
    const y = 1.4 * font + (index + 0.5) * row;
    const share = value ? Math.max(0.01, 1 + Math.log10(value / most) / DECADES) : 0;
    pen.fillStyle = looks.accent;
    pen.fillRect(left, y - 0.32 * row, (width - left - 4.2 * font) * share, 0.64 * row);
    if (row < 0.95 * font && index % 2) return;
    pen.fillStyle = looks.text;
    pen.textAlign = "left";
    pen.fillText(index ? `gen ${generation}` : "out", 0, y);
    pen.textAlign = "right";
    pen.fillText(brief(value, 2), width, y);
  });
}
