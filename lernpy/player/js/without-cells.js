/* In place of `cells.js` where a network has no steps. */

import { range } from "./lists.js";

export const foldOf = () => undefined;
/** @template Stage @param {Stage} stage */
export const foldedStage = (stage) => stage;
/** @param {Network} net */
export const visibleLinks = (net) => range(net.links.length);
/** @type {() => Record<number, {half: number, tall: number, ports: Record<string, number>}>} */
export const boxesOf = () => ({});
/** @param {{x: number[], y: number[]}} geometry @param {number} v */
export const portOf = ({ x, y }, v) => [x[v], y[v]];
export const kindOf = () => "";
export const boxGroup = () => "";
export const boxPainter = () => ({ paint: () => "", numbers: () => "" });
