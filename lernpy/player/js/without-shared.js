/* In place of `shared.js` where each weight is on one link. */

import { linkName } from "./network.js";

/** @param {Network} net @param {number} w @param {string} arrow */
export const sharedName = (net, w, arrow) => linkName(net, net.holders[w][0], arrow);
export const whenOf = () => "";
export const lettersOf = () => () => "";
export const tieOf = () => "";
export const putLetters = () => "";
