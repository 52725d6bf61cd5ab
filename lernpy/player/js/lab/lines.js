/* The lines of a printed function, read from its text: what is calculated first comes first. */

/** How tightly signs bind. @type {Record<string, number>} */
const LEVELS = {
  ...{ "?": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 5, ">": 5, "<=": 5, ">=": 5 },
  ...{ "+": 6, "-": 6, "*": 7, "/": 7, "**": 8 },
};
const [CHOICE, COMPARISON] = [LEVELS["?"], LEVELS["<"]];
const TOKEN = /\d[\d.]*(?:e[-+]?\d+)?|[a-z]\w*(?:\.\w+)?(?:\[\w+\])*|\*\*|[<>=!]=|&&|\|\||\S/gi;
const LINE = /^\s*(?:const\s+(\w+)\s*=|return\b|[^=]*=)(.*)$/s;

/** Either a name or number, or what is done with the last ones. A choice: this, that, whether.
 * @typedef {{name: string, sign: string, count: number}} Piece */
/** @typedef {{name: string, parts: Piece[], isTruth: boolean, isTanh: boolean}} Line */
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
    if (expression) lines.push({ name, ...piecesOf(expression, lines), isTanh: false });
  }
  return { parameters: parameters.split(",").map((name) => name.trim()), lines };
}

/** @param {string} name @returns {Piece[]} */
const named = (name) => [{ name, sign: "", count: 0 }];

/** @param {string} sign @param {Piece[][]} values @returns {Piece[]} */
const done = (sign, ...values) => [...values.flat(), { name: "", sign, count: values.length }];

/** An expression; each tanh in it becomes a line of its own. @param {string} text @param {Line[]} lines */
function piecesOf(text, lines) {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  let isTruth = false; // what was read last
  /** @returns {Piece[]} */
  const operand = () => {
    const token = tokens[at++];
    if (token === "-") return done("negative", operand());
    if (token === "!") return done("not", operand());
    if (token === "(") return bracketed()[0];
    if (tokens[at] === "(") return called(token);
    isTruth = lines.some(({ name, isTruth: is }) => is && name === token);
    return named(token);
  };
  /** What stands in brackets, parted by commas. */
  const bracketed = () => {
    const values = [operation(CHOICE)];
    while (tokens[at++] === ",") values.push(operation(CHOICE));
    return values;
  };
  /** @param {string} name */
  const called = (name) => {
    at += 1;
    const values = bracketed();
    isTruth = false;
    if (name !== "tanh") return done(name, ...values);
    const result = `tanh ${lines.length}`;
    lines.push({ name: `of ${result}`, parts: values[0], isTruth, isTanh: false });
    lines.push({ name: result, parts: named(`of ${result}`), isTruth, isTanh: true });
    return named(result);
  };
  /** @param {number} level */
  const operation = (level) => {
    let value = operand();
    while (LEVELS[tokens[at]] >= level) {
      const sign = tokens[at++];
      const isChoice = sign === "?";
      const right = operation(isChoice ? CHOICE : LEVELS[sign] + 1);
      if (isChoice) {
        at += 1;
        value = done("?", right, operation(CHOICE), value);
      } else value = done(sign === "**" ? "Math.pow" : sign, value, right);
      isTruth = !isChoice && LEVELS[sign] <= COMPARISON;
    }
    return value;
  };
  return { parts: operation(CHOICE), isTruth };
}
