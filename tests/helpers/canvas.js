/* What a page writes on its canvases, kept for measured.js: each text with its box in canvas pixels. */
(() => {
  const { prototype } = CanvasRenderingContext2D;
  const { fillText, clearRect } = prototype;
  /** @param {DOMMatrix} m @param {number[][]} corners */
  const boxOf = (m, corners) => {
    const spots = corners.map(([x, y]) => [m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f]);
    const [xs, ys] = [0, 1].map((axis) => spots.map((spot) => spot[axis]));
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  };
  prototype.fillText = function (text, x, y, ...rest) {
    fillText.call(this, text, x, y, ...rest);
    const font = parseFloat(this.font);
    const { width } = this.measureText(text);
    const left = x - { left: 0, start: 0, center: 0.5, right: 1, end: 1 }[this.textAlign] * width;
    const middle = this.textBaseline === "middle" ? y : y - 0.36 * font;
    const [top, bottom] = [middle - 0.36 * font, middle + 0.36 * font];
    const corners = [[left, top], [left + width, top], [left, bottom], [left + width, bottom]];
    const matrix = this.getTransform();
    this.canvas.written ??= [];
    this.canvas.written.push({
      text: String(text), box: boxOf(matrix, corners), font: font * Math.hypot(matrix.a, matrix.b),
    });
  };
  prototype.clearRect = function (x, y, width, height) {
    clearRect.call(this, x, y, width, height);
    this.canvas.written = [];
  };
})();
