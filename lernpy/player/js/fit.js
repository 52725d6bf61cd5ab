/* What fits: how large letters are, and which panels of the side fold to their headings. */

const SHARE = 36; // the smallest letters are this part of the screen's smaller side
const LEAST = 14; // pixels, on a phone and in a notebook
const FOLDS = ["all", "losses", "strip", "card", "notes"]; // the first fold first

/** Pixels of a letter at scale 1: what the last row of a class can read.
 * @param {boolean} isWhole whether the page has the screen for itself */
export const letterOf = (isWhole) =>
  isWhole ? Math.max(LEAST, Math.min(innerWidth, innerHeight) / SHARE) : LEAST;

/**
 * Fold panels until the others are in sight, but not the one that was opened last; if that is not enough,
 * one button stands for all headings, then for the formula, too; of the step only its title is left beside
 * what was opened or asked. What still has no room is scrolled, and the page says so.
 * @param {{get(name: string): HTMLElement, isShown(name: string): boolean}} page @param {string} opened
 * @returns how many are folded, and whether all the rest is in sight
 */
export function fold(page, opened) {
  const side = page.get("side");
  const isInSight = () => side.scrollHeight <= side.clientHeight + 1;
  for (const name of FOLDS) page.get(name).classList.remove("lp-folded");
  side.classList.remove("lp-tight", "lp-brief", "lp-alone", "lp-onward");
  let folded = 0;
  for (const name of FOLDS.filter((one) => one !== opened)) {
    const panel = page.get(name);
    const isTable = name === "all"; // too wide: it opens over the stage
    if (panel.hidden || (isInSight() && !isTable)) continue;
    panel.classList.add("lp-folded");
    folded += Number(!isTable);
  }
  const fits = isInSight();
  side.classList.toggle("lp-tight", !fits);
  side.classList.toggle("lp-brief", !isInSight());
  const isWanted = opened !== "" || page.isShown("ask") || page.isShown("be");
  side.classList.toggle("lp-alone", isWanted && !isInSight());
  markRest(side);
  return { folded, fits };
}

/** Whether a box goes on below: then it says so, and the arrows scroll it once it has the focus.
 * @param {HTMLElement} box */
export function markRest(box) {
  const { scrollHeight, scrollTop, clientHeight } = box;
  box.classList.toggle("lp-onward", scrollHeight > scrollTop + clientHeight + 1);
  box.tabIndex = scrollHeight > clientHeight + 1 ? 0 : -1;
}
