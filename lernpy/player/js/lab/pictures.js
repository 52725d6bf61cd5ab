/*
 * What the net says: over the plane of two inputs, as a curve over one, else which classes it takes
 * for which, or outputs against targets. `sampleAt` is the sample that stands at a point of the picture.
 */

import { range, sum, zeros } from "../lists.js";
import { brief, shortened } from "../text.js";
import { shade } from "./colours.js";
import { fitting } from "./curves.js";
import { forward } from "./engine.js";
import { answerAll, gridOf } from "./maps.js";
import { planeOf } from "./data.js";

const PLANE_SIDE = 80; // points along a side of the plane
const NEAR_POINT = 14; // pixels: so near a point is clicked
const HUES = [
  [255, 180, 105],
  [0, 88, 150],
  [90, 160, 90],
  [150, 90, 150],
]; // of classes
const NAME_SHARE = 0.45; // of the width, for the names of classes
const CURVE_POINTS = 200; // points of a curve

/** @typedef {{pen: CanvasRenderingContext2D, width: number, height: number, font: number}} Paper */
/** @typedef {ReturnType<typeof pictureOf>} Picture */

/** A canvas in the size of its element. @param {HTMLCanvasElement} canvas @param {number} font
 * @returns {Paper} */
export function paperOf(canvas, font) {
  const scale = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [wide, high] = [width, height].map((size) => Math.round(size * scale));
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `${font}px system-ui, sans-serif`;
  return { pen, width, height, font };
}

/** Which picture suits. @param {Network} net @param {string} task */
export function pictureOf(net, task) {
  if (net.inputs.length === 2) return planePicture();
  if (net.inputs.length === 1) return curvePicture();
  return task === "regression" ? scatterPicture() : confusionPicture();
}

/** The number of the class of a sample. @param {Samples} samples @param {number} index
 * @param {number} wide outputs */
export function labelOf({ targets }, index, wide) {
  const row = targets.subarray(index * wide, (index + 1) * wide);
  return wide > 1 ? row.indexOf(Math.max(...row)) : Number(row[0] >= 0.5);
}

/** A point of a class: round and light, square and dark, ... @param {CanvasRenderingContext2D} pen
 * @param {number} x @param {number} y @param {number} r @param {number} kind @param {string} rim */
function point(pen, x, y, r, kind, rim) {
  pen.beginPath();
  if (kind === 1) pen.rect(x - r, y - r, 2 * r, 2 * r);
  else if (kind === 0) pen.arc(x, y, r, 0, 2 * Math.PI);
  else range(kind + 1).forEach((corner) => {
    const angle = (2 * Math.PI * corner) / (kind + 1) - Math.PI / 2;
    pen.lineTo(x + 1.3 * r * Math.cos(angle), y + 1.3 * r * Math.sin(angle));
  });
  pen.closePath();
  pen.fillStyle = kind === 0 ? "#ffb469" : kind === 1 ? "#003e70" : `hsl(${kind * 67},60%,45%)`;
  pen.strokeStyle = rim;
  pen.lineWidth = 1;
  pen.fill();
  pen.stroke();
}

function planePicture() {
  const tile = new OffscreenCanvas(PLANE_SIDE, PLANE_SIDE);
  const ink = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
  let pixels = ink.createImageData(PLANE_SIDE, PLANE_SIDE);
  let words = new Uint32Array(pixels.data.buffer);
  /** @type {{plane: Plane, samples: Samples, size: number, top: number, left: number} | undefined} */
  let drawn;
  /** @type {[number, number]} */
  let ends = [0, 0];
  /** @type {Numbers[]} */
  let outputs = [];
  /** @type {Numbers[]} */
  let grid = [];
  return {
    kind: "plane",
    /** @param {Paper} paper @param {Engine} engine @param {Samples} samples @param {PictureFacts} facts */
    paint({ pen, width, height }, engine, samples, facts) {
      const { looks, limits, test, marked, maps, plane = planeOf(samples) } = facts;
      const size = Math.min(width, height);
      const [left, top] = [(width - size) / 2, (height - size) / 2];
      drawn = { plane, samples, size, left, top };
      if (outputs.length !== engine.net.count) {
        outputs = engine.net.neurons.map(() => zeros(PLANE_SIDE * PLANE_SIDE));
      }
      if (ends[0] !== plane.left || ends[1] !== plane.top) {
        grid = gridOf(PLANE_SIDE, plane);
        ends = [plane.left, plane.top];
      }
      if (!maps) answerAll(engine, grid, outputs);
      const wide = engine.net.outputs.length;
      const answers = engine.net.outputs.map((v) => (maps ?? outputs)[v]);
      const side = Math.sqrt(answers[0].length);
      if (tile.width !== side) {
        tile.width = tile.height = side;
        pixels = ink.createImageData(side, side);
        words = new Uint32Array(pixels.data.buffer);
      }
      const colour = shade(answers[0], limits, looks.ramp);
      if (wide === 1) answers[0].forEach((value, at) => (words[at] = colour(value)));
      else largest(answers, words);
      ink.putImageData(pixels, 0, 0);
      pen.imageSmoothingEnabled = true;
      pen.drawImage(tile, left, top, size, size);
      const r = Math.max(3, size / 75);
      const isTest = new Set(test);
      for (const index of range(samples.count)) {
        const [x, y] = spotOf(drawn, index);
        const rim = isTest.has(index) ? looks.background : looks.text;
        point(pen, x, y, isTest.has(index) ? 0.7 * r : r, labelOf(samples, index, wide), rim);
      }
      if (marked !== undefined && marked < samples.count) {
        const [x, y] = spotOf(drawn, marked);
        pen.strokeStyle = looks.accent;
        pen.lineWidth = 4;
        pen.beginPath();
        pen.arc(x, y, 2.4 * r, 0, 2 * Math.PI);
        pen.stroke();
      }
    },
    /** @param {number} px @param {number} py */
    sampleAt(px, py) {
      if (!drawn) return undefined;
      const { samples } = drawn;
      const spots = range(samples.count).map((i) => spotOf(/** @type {any} */ (drawn), i));
      return nearest(spots, px, py);
    },
    /** The numbers of the plane at a point of the picture. @param {number} px @param {number} py
     * @returns {[number, number] | undefined} */
    valuesAt(px, py) {
      if (!drawn) return undefined;
      const { plane, size, left, top } = drawn;
      const [u, v] = [(px - left) / size, (py - top) / size];
      if (Math.min(u, v) < 0 || Math.max(u, v) > 1) return undefined;
      return [
        plane.left + u * (plane.right - plane.left),
        plane.top - v * (plane.top - plane.bottom),
      ];
    },
  };
}

/** @param {{plane: Plane, samples: Samples, size: number, top: number, left: number}} drawn
 * @param {number} index @returns {[number, number]} */
function spotOf({ plane, samples, size, left, top }, index) {
  const [x, y] = [samples.inputs[2 * index], samples.inputs[2 * index + 1]];
  return [
    left + (size * (x - plane.left)) / (plane.right - plane.left),
    top + (size * (plane.top - y)) / (plane.top - plane.bottom),
  ];
}

/** The colour of the output that is largest, paler the less it is ahead.
 * @param {Numbers[]} outputs @param {Uint32Array} words */
function largest(outputs, words) {
  words.forEach((_, at) => {
    const answers = outputs.map((values) => values[at]);
    const most = Math.max(...answers);
    const [r, g, b] = HUES[answers.indexOf(most) % HUES.length];
    const strong = Math.min(1, Math.max(0.25, most));
    const mixed = [r, g, b].map((part) => Math.round(255 - strong * (255 - part)));
    words[at] = ((255 << 24) | (mixed[2] << 16) | (mixed[1] << 8) | mixed[0]) >>> 0;
  });
}

/** @param {[number, number][]} spots @param {number} px @param {number} py */
function nearest(spots, px, py) {
  const away = spots.map(([x, y]) => Math.hypot(x - px, y - py));
  const least = Math.min(...away);
  return least <= NEAR_POINT ? away.indexOf(least) : undefined;
}

function curvePicture() {
  /** @type {[number, number][]} */
  let spots = [];
  return {
    kind: "curve",
    /** @param {Paper} paper @param {Engine} engine @param {Samples} samples @param {PictureFacts} facts */
    paint({ pen, width, height }, engine, samples, { looks, test, marked }) {
      const { inputs, targets, count } = samples;
      const low = Math.min(...inputs);
      const high = Math.max(...inputs);
      const x = Float64Array.from(range(CURVE_POINTS), (i) => low + ((high - low) * i) / (CURVE_POINTS - 1));
      const outputs = engine.net.neurons.map(() => zeros(CURVE_POINTS));
      answerAll(engine, [x], outputs);
      const answers = outputs[engine.net.outputs[0]];
      const wide = engine.net.outputs.length;
      const bottom = Math.min(...targets);
      const top = Math.max(...targets);
      const rise = top - bottom || 1;
      /** @param {number} value */
      const across = (value) => 8 + ((width - 16) * (value - low)) / (high - low || 1);
      /** @param {number} value */
      const up = (value) => 8 + (height - 16) * (1 - (value - bottom + 0.1 * rise) / (1.2 * rise));
      const isTest = new Set(test);
      spots = range(count).map((i) => [across(inputs[i]), up(targets[i * wide])]);
      spots.forEach(([px, py], i) => {
        const tests = isTest.has(i);
        point(pen, px, py, tests ? 2.5 : 4, Number(tests), looks.muted);
      });
      pen.strokeStyle = looks.text;
      pen.lineWidth = 3;
      pen.beginPath();
      answers.forEach((value, i) => pen.lineTo(across(x[i]), up(value)));
      pen.stroke();
      if (marked === undefined || marked >= count) return;
      pen.strokeStyle = looks.accent;
      pen.lineWidth = 4;
      pen.beginPath();
      pen.arc(spots[marked][0], spots[marked][1], 9, 0, 2 * Math.PI);
      pen.stroke();
    },
    /** @param {number} px @param {number} py */
    sampleAt: (px, py) => nearest(spots, px, py),
    valuesAt: () => undefined,
  };
}

function scatterPicture() {
  /** @type {[number, number][]} */
  let spots = [];
  return {
    kind: "scatter",
    /** @param {Paper} paper @param {Engine} engine @param {Samples} samples @param {PictureFacts} facts */
    paint({ pen, width, height, font }, engine, samples, { looks, marked }) {
      const wide = engine.net.outputs.length;
      const pairs = range(samples.count).map((index) => {
        forward(engine, samples.inputs, index * engine.net.inputs.length);
        return [samples.targets[index * wide], engine.output[engine.net.outputs[0]]];
      });
      const all = pairs.map(([target]) => target);
      const low = Math.min(...all);
      const rise = Math.max(...all) - low || 1;
      const room = 1.3 * font;
      /** @param {number} value */
      const across = (value) => room + ((width - room - 8) * (value - low)) / rise;
      /** @param {number} value */
      const up = (value) => 8 + (height - room - 8) * (1 - Math.max(-0.1, Math.min(1.1, (value - low) / rise)));
      spots = pairs.map(([target, answers]) => [across(target), up(answers)]);
      pen.strokeStyle = looks.muted;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(across(low), up(low));
      pen.lineTo(across(low + rise), up(low + rise));
      pen.stroke();
      spots.forEach(([px, py], i) => point(pen, px, py, i === marked ? 7 : 4, 0, looks.text));
      pen.fillStyle = looks.muted;
      pen.textAlign = "center";
      pen.fillText("target", width / 2, height - 0.3 * font);
      pen.save();
      pen.translate(0.9 * font, height / 2);
      pen.rotate(-Math.PI / 2);
      pen.fillText("the net says", 0, 0);
      pen.restore();
    },
    /** @param {number} px @param {number} py */
    sampleAt: (px, py) => nearest(spots, px, py),
    valuesAt: () => undefined,
  };
}

function confusionPicture() {
  /** @type {{first: Map<string, number>, cell: number, left: number, top: number} | undefined} */
  let drawn;
  return {
    kind: "confusion",
    /** @param {Paper} paper @param {Engine} engine @param {Samples} samples @param {PictureFacts} facts */
    paint({ pen, width, height, font }, engine, samples, { looks, classes }) {
      const wide = engine.net.outputs.length;
      const kinds = Math.max(2, wide);
      const counts = range(kinds).map(() => zeros(kinds));
      /** @type {Map<string, number>} */
      const first = new Map();
      for (const index of range(samples.count)) {
        forward(engine, samples.inputs, index * engine.net.inputs.length);
        const answers = engine.net.outputs.map((v) => engine.output[v]);
        const taken = wide > 1 ? answers.indexOf(Math.max(...answers)) : Number(answers[0] >= 0.5);
        const truth = labelOf(samples, index, wide);
        counts[truth][taken] += 1;
        if (!first.has(`${truth} ${taken}`)) first.set(`${truth} ${taken}`, index);
      }
      const most = NAME_SHARE * width - 8;
      const names = range(kinds).map((kind) => {
        const name = classes[kind] ?? String(kind);
        return fitting(pen, range(name.length).map((cut) => shortened(name, name.length - cut)), most);
      });
      pen.textBaseline = "middle";
      const left = Math.max(...names.map((name) => pen.measureText(name).width)) + 8;
      const cell = Math.max(1, Math.min(width - left, height - 2.6 * font) / kinds);
      const apart = Math.ceil((0.75 * font) / cell); // rows from one name to the next
      const top = 1.4 * font;
      drawn = { first, cell, left, top };
      pen.fillStyle = looks.muted;
      pen.textAlign = "left";
      pen.fillText(fitting(pen, ["true class by row: taken for", "row: true class"], width), 0, 0.7 * font);
      names.forEach((name, row) => {
        pen.fillStyle = looks.text;
        pen.textAlign = "right";
        if (row % apart === 0) pen.fillText(name, left - 5, top + (row + 0.5) * cell);
        const all = sum(counts[row], (count) => count) || 1;
        counts[row].forEach((count, column) => {
          pen.globalAlpha = 0.85 * (count / all);
          pen.fillStyle = row === column ? looks.positive : looks.negative;
          pen.fillRect(left + column * cell, top + row * cell, cell - 1, cell - 1);
          pen.globalAlpha = 1;
          pen.strokeStyle = looks.faint;
          pen.strokeRect(left + column * cell, top + row * cell, cell - 1, cell - 1);
          pen.textAlign = "center";
          pen.fillStyle = count / all > 0.6 ? "#fff" : looks.text;
          const text = brief(count, 3);
          if (count && apart === 1 && pen.measureText(text).width < cell - 2) {
            pen.fillText(text, left + (column + 0.5) * cell, top + (row + 0.5) * cell);
          }
        });
      });
    },
    /** @param {number} px @param {number} py */
    sampleAt(px, py) {
      if (!drawn) return undefined;
      const { first, cell, left, top } = drawn;
      return first.get(`${Math.floor((py - top) / cell)} ${Math.floor((px - left) / cell)}`);
    },
    valuesAt: () => undefined,
  };
}
