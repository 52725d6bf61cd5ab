/*
 * The net while it trains, on a canvas over the stage and at the same places: links by weight, every
 * neuron a map of what it says over the plane (or, where the inputs are not two, a bar of its output).
 */

import { geometryOf, lineOf } from "../geometry.js";
import { range } from "../lists.js";
import { brief } from "../text.js";
import { shade } from "./colours.js";
import { fitting } from "./curves.js";

const MAP_SIDE = 40; // points along the side of a map
const NEAR_LINK = 9; // pixels: so near a link is pointed at
const MOST_ALL = 120; // beyond, the largest are drawn, and the others as one grey
const SHOWN_LINKS = 80;
const FEW = 12; // neurons that all have their names
const HEADED = 7.5; // letters from column to column: from there on they have headings

/** @typedef {ReturnType<typeof boardOf>} Board */

/**
 * @param {HTMLCanvasElement} canvas @param {Network} net
 * @param {{labels: string[], image: [number, number] | null, spots: Positions}} about
 * @param {Space} space @param {number} lane the widest link
 */
export function boardOf(canvas, net, { labels, image, spots }, space, lane) {
  const geometry = geometryOf(/** @type {any} */ ({ net, trace: { labels, image } }), spots, space);
  const { x, y, radius, names, font, isImage, members, cell, columns, left, side } = geometry;
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(space.width * scale);
  canvas.height = Math.round(space.height * scale);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(scale, scale);
  const lines = range(net.links.length).map((link) => lineOf(geometry, link));
  const paths = lines.map((line) => new Path2D(line.path(0)));
  const drawn = net.neurons.filter((v) => radius[v]);
  const atlas = new OffscreenCanvas(MAP_SIDE * net.count, MAP_SIDE);
  const ink = /** @type {OffscreenCanvasRenderingContext2D} */ (atlas.getContext("2d"));
  const pixels = ink.createImageData(MAP_SIDE * net.count, MAP_SIDE);
  const words = new Uint32Array(pixels.data.buffer);

  /** @param {Numbers[]} outputs @param {(v: number) => [number, number] | null} rangeOf
   * @param {Looks} looks */
  const paintMaps = (outputs, rangeOf, { ramp }) => {
    for (const v of drawn) {
      const values = outputs[v];
      const colour = shade(values, rangeOf(v), ramp);
      for (let row = 0; row < MAP_SIDE; row++) {
        const start = row * MAP_SIDE * net.count + v * MAP_SIDE;
        for (let column = 0; column < MAP_SIDE; column++) {
          words[start + column] = colour(values[row * MAP_SIDE + column]);
        }
      }
    }
    ink.putImageData(pixels, 0, 0);
    for (const v of drawn) {
      const r = radius[v];
      pen.drawImage(atlas, v * MAP_SIDE, 0, MAP_SIDE, MAP_SIDE, x[v] - r, y[v] - r, 2 * r, 2 * r);
    }
  };

  /** Bars of the outputs to one sample. @param {Numbers} output @param {Looks} looks */
  const paintBars = (output, looks) => {
    const most = Math.max(1e-9, ...drawn.filter((v) => !net.isBias[v]).map((v) => Math.abs(output[v])));
    for (const v of drawn) {
      const r = radius[v];
      pen.fillStyle = looks.background;
      pen.fillRect(x[v] - r, y[v] - r, 2 * r, 2 * r);
      const tall = 2 * r * Math.min(1, Math.abs(output[v]) / most);
      pen.fillStyle = output[v] < 0 ? looks.negative : looks.positive;
      if (output[v] < 0) pen.fillRect(x[v] - r, y[v] - r, 2 * r, tall);
      else pen.fillRect(x[v] - r, y[v] + r - tall, 2 * r, tall);
    }
  };

  /** Many neurons as one image. @param {number} g @param {Numbers} output @param {Looks} looks */
  const paintImage = (g, output, looks) => {
    const list = members[g];
    const most = Math.max(1e-9, ...list.map((v) => Math.abs(output[v])));
    pen.strokeStyle = looks.muted;
    const first = y[list[0]] - cell[g] / 2;
    list.forEach((v, index) => {
      pen.globalAlpha = Math.min(1, Math.abs(output[v]) / most);
      pen.fillStyle = looks.text;
      const column = left[g] + (index % columns[g]) * cell[g];
      pen.fillRect(column, y[v] - cell[g] / 2, cell[g] + 0.5, cell[g] + 0.5);
    });
    pen.globalAlpha = 1;
    pen.strokeRect(left[g], first, side, cell[g] * Math.ceil(list.length / columns[g]));
  };

  /** From each factor to its product: there is no weight on it. @param {Looks} looks */
  const paintFactors = ({ muted }) => {
    pen.strokeStyle = muted;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const v of drawn) {
      for (const u of net.factors[v]) {
        pen.moveTo(x[u], y[u]);
        pen.lineTo(x[v], y[v]);
      }
    }
    pen.stroke();
  };

  /** @param {Numbers} values of the weights @param {Looks} looks @param {number} focus a link */
  const paintLinks = (values, looks, focus) => {
    const weights = net.links.map(({ weight }) => values[weight]);
    const order = range(weights.length).sort((a, b) => Math.abs(weights[a]) - Math.abs(weights[b]));
    const most = Math.abs(weights[order[order.length - 1]]) || 1;
    const few = weights.length > MOST_ALL ? order.length - SHOWN_LINKS : 0;
    order.forEach((link, rank) => {
      const value = weights[link];
      const isMinor = rank < few && link !== focus;
      pen.lineWidth = isMinor ? 0.5 : 0.7 + lane * Math.sqrt(Math.abs(value) / most);
      pen.strokeStyle = isMinor ? looks.faint : value < 0 ? looks.negative : looks.positive;
      pen.globalAlpha = isMinor || link === focus ? 1 : 0.75;
      pen.setLineDash(value < 0 && !isMinor ? [7, 4] : []);
      pen.stroke(paths[link]);
    });
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  };

  /** Names, rims, headings, the sample's inputs and its targets.
   * @param {Looks} looks @param {Shown} shown */
  const paintWords = (looks, { output, inputs, targets, focus }) => {
    pen.font = `${font}px system-ui, sans-serif`;
    pen.fillStyle = looks.text;
    pen.textBaseline = "middle";
    pen.textAlign = "center";
    const last = net.generation[net.outputs[0]];
    if (last && geometry.gap > HEADED * font) {
      pen.fillText("inputs", geometry.middle[0], 0.75 * font);
      pen.fillText("outputs ▸ target", geometry.middle[last], 0.75 * font);
    }
    for (const v of drawn) {
      const r = radius[v];
      const isFocus = focus === `v${v}`;
      pen.lineWidth = isFocus ? 3 : 1.2;
      pen.strokeStyle = isFocus ? looks.accent : looks.muted;
      pen.strokeRect(x[v] - r, y[v] - r, 2 * r, 2 * r);
      const input = net.inputs.indexOf(v);
      const target = net.outputs.indexOf(v);
      /** @param {string} text @param {number} at @param {number} high @param {CanvasTextAlign} side */
      const write = (text, at, high, side) => {
        pen.textAlign = side;
        pen.fillText(text, at, high);
      };
      if (input >= 0) {
        const high = geometry.isTall(v) ? 0.62 * font : 0;
        const value = inputs ? brief(inputs[input], 2) : "";
        if (high) {
          write(names[v], x[v] - r - 5, y[v] - high, "right");
          write(value, x[v] - r - 5, y[v] + high, "right");
        } else {
          const forms = [`${names[v]} ${value}`, names[v], value];
          write(fitting(pen, forms, x[v] - r - 5), x[v] - r - 5, y[v], "right");
        }
      } else if (target >= 0) {
        const wanted = targets ? `▸ ${brief(targets[target], 2)}` : "";
        const from = x[v] + r + 5;
        if (geometry.isTall(v)) {
          const forms = [2, 1].map((digits) => `${brief(output[v], digits)} ${wanted}`);
          write(names[v], from, y[v] - 0.62 * font, "left");
          write(fitting(pen, [...forms, wanted], space.width - from), from, y[v] + 0.62 * font, "left");
        } else write(`${names[v]} ${wanted}`, from, y[v], "left");
      } else if (net.isBias[v]) write(names[v], x[v] - r - 5, y[v], "right");
      else if (geometry.isNamed(v)) write(names[v], x[v], y[v] - r - 0.65 * font, "center");
      else if (isFocus || drawn.length <= FEW) {
        pen.lineWidth = 5;
        pen.strokeStyle = looks.background;
        pen.textAlign = "right";
        pen.strokeText(names[v], x[v] - r - 5, y[v]);
        write(names[v], x[v] - r - 5, y[v], "right");
      }
    }
  };

  return {
    geometry,
    /** @param {Shown} shown @param {Looks} looks */
    paint(shown, looks) {
      const { values, output, maps, rangeOf, focus } = shown;
      pen.clearRect(0, 0, space.width, space.height);
      paintFactors(looks);
      paintLinks(values, looks, focus[0] === "l" ? Number(focus.slice(1)) : -1);
      if (maps) paintMaps(maps, rangeOf, looks);
      else paintBars(output, looks);
      geometry.generations.filter((g) => isImage[g]).forEach((g) => paintImage(g, output, looks));
      paintWords(looks, shown);
    },
    /** What stands there: "v2", "l3" or "". @param {number} px @param {number} py */
    partAt(px, py) {
      const near = drawn.find(
        (v) => Math.max(Math.abs(x[v] - px), Math.abs(y[v] - py)) <= Math.max(radius[v], NEAR_LINK),
      );
      if (near !== undefined) return `v${near}`;
      const away = lines.map((line) =>
        Math.min(
          ...range(33).map((step) => {
            const [lx, ly] = line.spot(step / 32, 0);
            return Math.hypot(lx - px, ly - py);
          }),
        ),
      );
      const least = Math.min(...away);
      return least <= NEAR_LINK ? `l${away.indexOf(least)}` : "";
    },
    side: MAP_SIDE,
  };
}
