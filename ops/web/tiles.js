// The numbers at the top.
import { $, el, text } from "./dom.js";
import { bytes, count, duration, ms, rate } from "./format.js";
import { Series, draw } from "./spark.js";
import { Window } from "./window.js";

const server = new Window();

const tiles = [
  { name: "Connections", value: (s) => s.sessions, show: count },
  { name: "Players", value: (s) => s.players, show: count },
  { name: "Matches", value: (s) => s.matches, show: count },
  { name: "Steps per second", value: () => server.perSecond("ticks"), show: (n) => (Number.isFinite(n) ? count(n) : "–") },
  { name: "Step p99", value: () => server.quantile("tickBuckets", 0.99), show: ms },
  { name: "Overruns", value: () => server.grown("overruns"), show: (_, s) => count(s.overruns), bad: (n) => n > 0 },
  { name: "Out", value: () => server.perSecond("sentBytes"), show: rate },
  { name: "In", value: () => server.perSecond("receivedBytes"), show: rate },
  { name: "Waiting to be sent", value: (s) => s.queueBytes, show: bytes },
  { name: "Blocked clients", value: (s) => s.sessionsBlocked, show: count, bad: (n) => n > 0 },
].map((t) => ({ ...t, series: new Series() }));

export function showServer(s, at) {
  server.update(s, at);
  text($("#version"), s.version);
  text($("#uptime"), `up ${duration(s.uptimeSeconds)}`);
  chip("#ready", s.ready, s.ready ? "ready" : s.notReady);
  chip("#alive", s.alive, s.alive ? "alive" : s.notAlive);
  const level = $("#level");
  level.disabled = false;
  if (document.activeElement !== level) level.value = s.logLevel;
  for (const t of tiles) {
    t.box ?? make(t);
    const value = t.value(s);
    t.series.add(value);
    text(t.figure, t.show(value, s));
    t.box.classList.toggle("bad", Boolean(t.bad?.(value)));
    draw(t.canvas, t.series);
  }
}

export function chip(selector, good, what) {
  const e = $(selector);
  text(e, what);
  e.className = `chip ${good ? "good" : "bad"}`;
}

function make(t) {
  t.figure = el("b");
  t.canvas = el("canvas");
  t.canvas.setAttribute("aria-hidden", "true");
  t.box = el("div", { className: "tile" }, el("span", { textContent: t.name }), t.figure, t.canvas);
  $("#tiles").append(t.box);
}
