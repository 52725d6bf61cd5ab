/* Text of strangers in messages. */

/** What somebody gave, short and in quotes where it is a text. @param {unknown} value */
export function shownText(value) {
  const text = value === undefined ? "missing" : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
