/* The parts of the page by their names in shell.html. */

/** @param {HTMLElement} root */
export function elementsOf(root) {
  /** @param {string} name */
  const get = (name) => /** @type {HTMLElement} */ (root.querySelector(`.lp-${name}`));
  return {
    get,
    /** @param {string} name */
    input: (name) => /** @type {HTMLInputElement} */ (root.querySelector(`.lp-${name}`)),
    /** @param {string} name */
    select: (name) => /** @type {HTMLSelectElement} */ (root.querySelector(`.lp-${name}`)),
    /** @param {string} name @param {string} words */
    text: (name, words) => {
      const element = get(name);
      if (element.textContent !== words) element.textContent = words;
    },
    /** @param {string} name @param {string} markup */
    html: (name, markup) => {
      get(name).innerHTML = markup;
    },
    /** @param {string} name @param {boolean} yes */
    show: (name, yes) => {
      get(name).hidden = !yes;
    },
    /** @param {string} name */
    isShown: (name) => !get(name).hidden,
  };
}
