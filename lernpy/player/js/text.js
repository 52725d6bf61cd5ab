/* Numbers and lists as text, written as Python's `lernpy.text` and the narration write them. */

const UNKNOWN = "not yet";

/** A text that can stand in HTML. @param {unknown} text */
export const safe = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * So many figures, and the power of ten; of two that are as near, the even one, as Python has it.
 * @param {number} size @param {number} digits
 */
function rounded(size, digits) {
  const [exact, power] = size.toExponential(60).split("e");
  const kept = exact.slice(0, digits > 1 ? digits + 1 : 1);
  const rest = exact.slice(kept.length).replace(".", "");
  const even = "02468".includes(kept[kept.length - 1]);
  return even && /^50*$/.test(rest) ? [kept, power] : size.toExponential(digits - 1).split("e");
}

/** As Python's "%.4g". @param {number} size @param {number} digits */
function general(size, digits) {
  if (!size) return "0";
  if (!isFinite(size)) return "inf";
  const [figures, power] = rounded(size, digits);
  const exponent = Number(power);
  if (exponent >= -4 && exponent < digits) {
    return trimmed(Number(`${figures}e${power}`).toFixed(digits - 1 - exponent));
  }
  const tens = String(Math.abs(exponent)).padStart(2, "0");
  return `${trimmed(figures)}e${exponent < 0 ? "−" : "+"}${tens}`;
}

/** Without zeros at the end of a fraction. @param {string} figures */
const trimmed = (figures) => (figures.includes(".") ? figures.replace(/\.?0+$/, "") : figures);

/**
 * A number as a person reads it; "not yet" where there is none.
 * @param {number | null | undefined} value @param {number} [digits]
 */
export function number(value, digits = 4) {
  if (value == null) return UNKNOWN;
  if (isNaN(value)) return "nan";
  return (value < 0 ? "−" : "") + general(Math.abs(value), digits);
}

/**
 * A number for a drawing: short, and never with an exponent where it can be avoided.
 * @param {number | null | undefined} value @param {number} digits
 */
export function brief(value, digits) {
  if (value == null) return UNKNOWN;
  const size = Math.abs(value);
  const extreme = size && (size < 1e-4 || size >= 1e6);
  const text = extreme
    ? value.toExponential(digits - 1)
    : String(Number(value.toPrecision(value % 1 ? digits : 6)));
  return text.replace("e+", "e").replace("Infinity", "∞").replaceAll("-", "−");
}

/** A number that fits into a neuron: .05 rather than 0.05. @param {number | undefined} value */
export function tiny(value) {
  if (value == null) return "";
  return brief(value, Math.abs(value) < 0.1 ? 1 : 2).replace(/^(−?)0\./, "$1.");
}

/** As long as it may be, else cut short. @param {string} text @param {number} most */
export const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const WIDE = 0.66; // of its height, so wide a letter is at most

/** Room for a line of text. @param {string} text @param {number} font */
export const widthOf = (text, font) => (WIDE * text.length + 0.3) * font;

/** Whether this text says that a number is not known. @param {string} text */
export const isUnknown = (text) => text === UNKNOWN;

/** "1 link", "4,000 links". @param {number} count @param {string} [noun] */
export function counted(count, noun) {
  const figures = count.toLocaleString("en");
  if (!noun) return figures;
  return `${figures} ${count === 1 ? noun : noun + "s"}`;
}

/** "x1, x2 and x3"; many are cut short. @param {string[]} names */
export function listed(names, most = 6) {
  const shown =
    names.length > most
      ? [...names.slice(0, most - 1), `${names.length - most + 1} more`]
      : [...names];
  const last = shown.pop() ?? "";
  return shown.length ? `${shown.join(", ")} and ${last}` : last;
}

/** " Did you mean 'h1'?" where a known name is a slip of the fingers away, else nothing.
 * @param {string} name @param {string[]} known */
export function nearMiss(name, known) {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const near = known
    .map((entry) => ({ entry, slips: slips(name.toLowerCase(), entry.toLowerCase()) }))
    .filter((one) => one.slips <= limit)
    .toSorted((a, b) => a.slips - b.slips);
  return near.length ? ` Did you mean '${near[0].entry}'?` : "";
}

/** How many letters have to be put in, taken out or changed. @param {string} a @param {string} b */
function slips(a, b) {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = above[column - 1] + Number(a[row - 1] !== b[column - 1]);
      line.push(Math.min(changed, above[column] + 1, line[column - 1] + 1));
    }
    above = line;
  }
  return above[b.length];
}
