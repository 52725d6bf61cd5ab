/* What fits: how large letters are, and which panels of the side fold to their headings. */

const SHARE = 36; // the smallest letters are this part of the screen's smaller side
const LEAST = 14; // pixels, on a phone and in a notebook
const FOLDS = ["all", "losses", "strip", "card", "notes"]; // the first fold first

/** Pixels of a letter at scale 1: what the last row of a class can read.
 * @param {boolean} isWhole whether the page has the screen for itself */
export const letterOf = (isWhole) =>
  isWhole ? Math.max(LEAST, Math.min(innerWidth, innerHeight) / SHARE) : LEAST;

/**
 * Fold panels until the others are in sight; the one that was opened last folds last.
 * @param {{get(name: string): HTMLElement}} page @param {string} opened
 * @returns how many are folded, and whether all the rest is in sight
 */
export function fold(page, opened) {
  const side = page.get("side");
  const panels = FOLDS.toSorted((a, b) => Number(a === opened) - Number(b === opened)).map(page.get);
  const isInSight = () => side.scrollHeight <= side.clientHeight + 1;
  for (const panel of panels) panel.classList.remove("lp-folded");
  let folded = 0;
  for (const panel of panels) {
    const isTable = panel === page.get("all") && opened !== "all"; // too wide: it opens over the stage
    if (isInSight() && !isTable) continue;
    if (panel.hidden) continue;
    panel.classList.add("lp-folded");
    folded += Number(!isTable);
  }
  return { folded, fits: isInSight() };
}
