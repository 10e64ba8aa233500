// Little graphs of the last values.

const keep = 90; // three minutes

/** The last values of one thing, at the pace of the page's questions. */
export class Series {
  values = [];
  add(value) {
    this.values.push(Number.isFinite(value) ? value : 0);
    if (this.values.length > keep) this.values.shift();
    return this;
  }
}

/** Draws values from the right edge; marks are drawn as dots above, where they are above 0. */
export function draw(canvas, series, marks) {
  const scale = devicePixelRatio, { clientWidth: w, clientHeight: h } = canvas;
  if (!w) return;
  if (canvas.width !== Math.round(w * scale)) canvas.width = Math.round(w * scale);
  if (canvas.height !== Math.round(h * scale)) canvas.height = Math.round(h * scale);
  const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, w, h);
  const { values } = series, most = Math.max(...values, 1e-9), step = w / (keep - 1);
  const x = (i) => w - (values.length - 1 - i) * step, y = (v) => h - 2 - (v / most) * (h - 6);
  pen.beginPath();
  values.forEach((v, i) => pen.lineTo(x(i), y(v)));
  pen.lineWidth = 1.5;
  pen.lineJoin = "round";
  pen.strokeStyle = style.getPropertyValue("--accent");
  pen.stroke();
  pen.lineTo(x(values.length - 1), h);
  pen.lineTo(x(0), h);
  pen.fillStyle = style.getPropertyValue("--fill");
  pen.fill();
  if (!marks) return;
  pen.fillStyle = style.getPropertyValue("--bad");
  marks.values.forEach((v, i) => v > 0 && pen.fillRect(x(i) - 1, 0, 2, 4));
}
