/* The lines of a printed function, read from its text: what is calculated first comes first. */

/** How tightly signs bind. @type {Record<string, number>} */
const LEVELS = {
  ...{ "?": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 5, ">": 5, "<=": 5, ">=": 5 },
  ...{ "+": 6, "-": 6, "*": 7, "/": 7, "**": 8 },
};
const TRUTHS = ["||", "&&", "==", "!=", "<", ">", "<=", ">=", "not"];
const TOKEN = /\d[\d.]*(?:e[-+]?\d+)?|[a-z]\w*(?:\.\w+)?(?:\[\w+\])*|\*\*|[<>=!]=|&&|\|\||\S/gi;
const LINE = /^\s*(?:const\s+(\w+)\s*=|return\b|[^=]*=)(.*)$/s;

/** Either a name or number, or what is done with the last ones. A choice: this, that, whether.
 * @typedef {{name: string, sign: string, count: number}} Piece */
/** @typedef {{name: string, pieces: Piece[], isTruth: boolean, isTanh: boolean}} Line */
/** @typedef {{parameters: string[], lines: Line[]}} Lines */

/** @type {Map<Function, Lines>} */
const linesKnown = new Map();

/** @param {Function} printed @returns {Lines} */
export function linesOf(printed) {
  const lines = linesKnown.get(printed) ?? linesIn(String(printed));
  linesKnown.set(printed, lines);
  return lines;
}

/** @param {string} text of a function @returns {Lines} */
function linesIn(text) {
  const [, parameters, body] = /\((.*?)\)\s*\{(.*)\}/s.exec(text) ?? ["", "", ""];
  /** @type {Line[]} */
  const lines = [];
  for (const line of body.split(";")) {
    const [, name = "", expression] = LINE.exec(line) ?? [];
    if (!expression) continue;
    const pieces = piecesOf(expression, lines);
    const last = pieces[pieces.length - 1];
    const isTruth = TRUTHS.includes(last.sign) || lines.some((one) => one.isTruth && one.name === last.name);
    lines.push({ name, pieces, isTruth, isTanh: false });
  }
  return { parameters: parameters.split(",").map((name) => name.trim()), lines };
}

/** @param {string} name @returns {Piece[]} */
const pieceOf = (name) => [{ name, sign: "", count: 0 }];

/** @param {string} sign @param {Piece[][]} values @returns {Piece[]} */
const done = (sign, ...values) => [...values.flat(), { name: "", sign, count: values.length }];

/** An expression; each tanh in it becomes a line of its own. @param {string} text @param {Line[]} lines */
function piecesOf(text, lines) {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  /** @returns {Piece[]} */
  const operand = () => {
    const token = tokens[at++];
    if (token === "-") return done("negative", operand());
    if (token === "!") return done("not", operand());
    if (token === "(") return bracketed()[0];
    if (tokens[at] !== "(") return pieceOf(token);
    at += 1;
    const values = bracketed();
    if (token !== "tanh") return done(token, ...values);
    const name = `tanh ${lines.length}`;
    lines.push({ name, pieces: values[0], isTruth: false, isTanh: true });
    return pieceOf(name);
  };
  /** What stands in brackets, parted by commas. */
  const bracketed = () => {
    const values = [operation(1)];
    while (tokens[at++] === ",") values.push(operation(1));
    return values;
  };
  /** @param {number} level */
  const operation = (level) => {
    let value = operand();
    while (LEVELS[tokens[at]] >= level) {
      const sign = tokens[at++];
      const right = operation(sign === "?" ? 1 : LEVELS[sign] + 1);
      if (sign !== "?") value = done(sign === "**" ? "Math.pow" : sign, value, right);
      else if (tokens[at++] === ":") value = done("?", right, operation(1), value);
    }
    return value;
  };
  return operation(1);
}
