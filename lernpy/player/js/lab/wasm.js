/*
 * WebAssembly, byte by byte: a function that returns a number, its formulas taken from the text of
 * the functions that Python has printed.
 */

import { linesOf } from "./lines.js";
import { tanh } from "./tanh.js";

/** @typedef {number[]} Bytes that leave one number */

/** @type {Record<string, number>} */
const OPCODES = {
  ...{ "+": 0xa0, "-": 0xa1, "*": 0xa2, "/": 0xa3, "&&": 0x71, "||": 0x72 },
  ...{ "==": 0x61, "!=": 0x62, "<": 0x63, ">": 0x64, "<=": 0x65, ">=": 0x66 },
  ...{ "?": 0x1b, negative: 0x9a, not: 0x45, "Math.abs": 0x99, "Math.sqrt": 0x9f },
};
const [NUMBER, GET, SET, LOAD, STORE, CALL, END] = [0x7c, 0x20, 0x21, 0x2b, 0x39, 0x10, 0x0b];
const ORIGIN = [0x41, 0];
const AS_INDEX = [0xfc, 3, 0x41, 3, 0x74]; // a number as a whole one, times 8

/** A whole number from 0 on, seven bits to a byte. @param {number} value @returns {number[]} */
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);

/** @param {string} text */
const letters = (text) => [...varint(text.length), ...new TextEncoder().encode(text)];

/** @param {number[][]} items */
const list = (items) => varint(items.length).concat(items.flat());

/** @param {number} id @param {number[]} content */
const section = (id, content) => [id].concat(varint(content.length), content);

/** @param {number} value @returns {Bytes} */
export const constant = (value) => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];

/** @param {number} address @param {Bytes} [offset] @returns {Bytes} */
export const load = (address, offset = ORIGIN) => offset.concat(LOAD, 3, varint(address));

/** @param {string} sign @param {Bytes} a @param {Bytes} b @returns {Bytes} */
export const joined = (sign, a, b) => a.concat(b, OPCODES[sign]);

/** Their sum, from 0 on: which is 0 where they come to -0. @param {Bytes[]} terms @returns {Bytes} */
export const added = (terms) => constant(0).concat(...terms.map((term) => [...term, OPCODES["+"]]));

export class Assembler {
  /** @param {number} tanhs where the memory holds them */
  constructor(tanhs) {
    this.tanhs = tanhs;
    this.code = new Uint8Array(1 << 16);
    this.size = 0;
    this.locals = 0;
    /** What is called from outside, and of how many numbers. @type {Map<string, [Function, number]>} */
    this.calls = new Map();
  }

  /** @param {number[]} bytes */
  write(bytes) {
    if (this.size + bytes.length > this.code.length) {
      const { code } = this;
      this.code = new Uint8Array(2 * code.length + bytes.length);
      this.code.set(code);
    }
    for (const byte of bytes) this.code[this.size++] = byte;
  }

  /** Calculated once, here; the bytes that read it. @param {Bytes} bytes @returns {Bytes} */
  keep(bytes) {
    const local = varint(this.locals++);
    this.write(bytes);
    this.write([SET, ...local]);
    return [GET, ...local];
  }

  /** @param {number} address @param {Bytes} bytes */
  store(address, bytes) {
    this.write(ORIGIN);
    this.write(bytes);
    this.write([STORE, 3, ...varint(address)]);
  }

  /** A call of what stands outside, of so many numbers. @param {string} name @param {Function} outside
   * @param {number} count @returns {Bytes} */
  call(name, outside, count = 0) {
    if (!this.calls.has(name)) this.calls.set(name, [outside, count]);
    return [CALL, ...varint([...this.calls.keys()].indexOf(name))];
  }

  /**
   * The lines of a printed function at these values; the bytes of its result. What stands for an array
   * is the one number in it that the function asks for.
   * @param {Function} printed @param {Bytes[]} values @returns {Bytes}
   */
  formula(printed, ...values) {
    const { parameters, lines } = linesOf(printed);
    const names = new Map(parameters.map((name, index) => [name, values[index]]));
    let result = constant(NaN);
    for (const { name, pieces, isTruth, isTanh } of lines) {
      result = pieces.flatMap((piece) => this.piece(piece, names));
      if (isTanh) result = this.formula(tanh, this.keep(result));
      if (name) names.set(name, isTruth ? result : this.keep(result));
    }
    return result;
  }

  /** @param {import("./lines.js").Piece} piece @param {Map<string, Bytes>} names @returns {Bytes} */
  piece({ name, sign, count }, names) {
    if (sign in OPCODES) return [OPCODES[sign]];
    if (sign) return this.call(sign, Math[/** @type {"exp"} */ (sign.slice("Math.".length))], count);
    const [array, index] = name.split(/[[\]]/);
    if (array === "TANHS") return load(this.tanhs, [...(names.get(index) ?? []), ...AS_INDEX]);
    const bytes = names.get(array);
    if (!bytes && isNaN(Number(name))) throw Error(`${name} is not known`);
    return bytes ?? constant(Number(name));
  }

  /** The function, made. @param {Bytes} result @param {WebAssembly.Memory} memory
   * @returns {() => number} */
  made(result, memory) {
    const calls = [...this.calls];
    const counts = [0, ...calls.map(([, [, count]]) => count)];
    const types = counts.map((count) => [0x60, ...list(Array(count).fill([NUMBER])), 1, NUMBER]);
    const imports = calls.map(([name], index) => [...letters("_"), ...letters(name), 0, ...varint(index + 1)]);
    this.write(result);
    this.write([END]);
    const locals = [1, ...varint(this.locals), NUMBER];
    const length = locals.length + this.size;
    const start = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].concat(
      section(1, list(types)),
      section(2, list([...imports, [...letters("_"), ...letters("memory"), 2, 0, 1]])),
      section(3, [1, 0]),
      section(7, list([[...letters("lesson"), 0, ...varint(calls.length)]])),
      ...[[10], varint(length + varint(length).length + 1), [1], varint(length), locals],
    );
    const bytes = new Uint8Array(start.length + this.size);
    bytes.set(start);
    bytes.set(this.code.subarray(0, this.size), start.length);
    const outside = { memory, ...Object.fromEntries(calls.map(([name, [call]]) => [name, call])) };
    const module = new WebAssembly.Module(bytes);
    const { lesson } = new WebAssembly.Instance(module, { _: outside }).exports;
    return /** @type {() => number} */ (lesson);
  }
}
