/*
 * The maths: this file only tells the shapes. When a page is written, Python prints the tables of
 * activations, losses and optimisers here, from the same entries that its own engines run; and for the lab
 * what its own sentences say of a network that is none.
 */

/** @type {Record<string, Activation>} */
export const ACTIVATIONS = {};

/** @type {Record<string, Loss>} */
export const LOSSES = {};

/** @type {Record<string, Optimizer>} */
export const OPTIMIZERS = {};

/** @type {Softmax} */
export const SOFTMAX = /** @type {any} */ ({});

/** @type {{loop: string, unseen: string, steering: string}} the last is the pattern of what no name may have */
export const REFUSALS = /** @type {any} */ ({});
