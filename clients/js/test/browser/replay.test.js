// Recordings on the page: found, played, sought in, shared by their address.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { GameClient, io } from "../../index.js";
import { startGameServer } from "../support/process.js";
import { launch, phone, visit } from "./chromium.js";

let server, browser, duel;
const sockets = [];
before(async () => {
  [server, browser] = await Promise.all([startGameServer("--bots", "0"), launch()]);
  [duel] = await Promise.all([recordDuel(), recordArena()]);
});
after(async () => {
  for (const socket of sockets) socket.disconnect();
  await browser?.close();
  await server?.stop();
});

async function player() {
  const socket = io(server.url, { parser: "msgpack", WebSocket });
  sockets.push(socket);
  await new Promise((done) => socket.once("connect", done));
  return new GameClient(socket);
}

const tick = (client, tick) => new Promise((done) => client.on("frame", (f) => f.tick >= tick && done()));
const heard = (client, event) => new Promise((done) => client.once(event, done));

/** Two walk to the middle and shoot at the walls, until one has had enough. @returns {Promise<string>} the recording's id */
async function recordDuel() {
  const [ann, bob] = [await player(), await player()];
  await ann.create({ game: "duel", player: "ann" });
  await bob.join({ code: ann.lobby.code, player: "bob" });
  const begins = heard(ann, "start");
  await Promise.all([ann.ready(), bob.ready()]);
  await begins;
  ann.on("frame", () => ann.sendInput([127, 0, 0, 1]));
  bob.on("frame", () => bob.sendInput([-127, 0, 2048, 1]));
  await tick(bob, 400);
  const end = heard(bob, "end");
  await ann.leave();
  const { replay } = await end;
  await bob.leave();
  return replay;
}

async function recordArena() {
  const pilot = await player();
  await pilot.create({ game: "arena", player: "pia" });
  await heard(pilot, "frame");
  pilot.on("frame", () => pilot.sendInput([127, 0, 0, 1]));
  await tick(pilot, 60);
  await pilot.leave();
}

const film = (page) => page.evaluate(() => {
  const { playback, view } = window.tickwire;
  return { tick: playback.tick, playing: playback.playing, speed: playback.speed, ann: view.duelists.find((d) => d.name === "ann")?.x };
});

test("the list leads to a recording that plays, seeks, and goes back", async () => {
  const { page, done } = await visit(browser, server.url);
  const row = page.locator("#recordings button", { hasText: "ann vs bob" });
  await row.waitFor();
  assert.match(await row.getAttribute("aria-label"), /^Watch ann vs bob: Duel, 0:0\d, just now$/);
  await page.waitForSelector("#status[data-state=up]");
  await row.focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.tickwire.view?.duelists.length === 2 && window.tickwire.playback.tick > 10);
  assert.match(page.url(), new RegExp(`#replay/${duel}$`));

  await page.keyboard.press("k");
  await page.keyboard.press("End");
  await page.waitForFunction(() => window.tickwire.view.duelists[0].x > 500);
  const end = await film(page);
  await page.keyboard.press("Home");
  await page.waitForFunction(() => window.tickwire.view.duelists[0].x < 150);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => window.tickwire.playback.tick === 301 && window.tickwire.view.duelists[0].x > 400);
  const there = await film(page);
  await page.keyboard.press(".");
  await page.keyboard.press(".");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction((x) => window.tickwire.view.duelists[0].x >= x, there.ann);
  const { tick, playing, speed } = await film(page);
  assert.deepEqual({ tick, playing, speed }, { tick: 303, playing: false, speed: 2 });
  assert.ok(end.tick > 400 && there.ann <= end.ann);
  assert.match(await page.getAttribute("#replay input", "aria-valuetext"), /^0:05 of 0:0\d$/);

  const box = await page.locator("#replay input").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction((half) => Math.abs(window.tickwire.playback.tick - half) < 12, end.tick / 2);
  await page.keyboard.press("Escape");
  await page.waitForSelector("#home:not([hidden])");
  assert.equal(await page.isVisible("#replay"), false);
  assert.doesNotMatch(page.url(), /replay/);
  await done();
});

test("its address opens it, on a phone too; an arena looks as it did", async () => {
  const { page, done } = await visit(browser, `${server.url}#replay/${duel}`, phone);
  await page.waitForFunction(() => window.tickwire?.view?.duelists?.length === 2);
  const box = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.equal(box[0], box[1], "nothing sticks out to the side");
  await page.click("[data-do=play]");
  await page.waitForFunction(() => !window.tickwire.playback.playing);
  await page.click("[data-do=close]");
  await page.locator("#recordings button", { hasText: "pia" }).click();
  await page.waitForFunction(() => window.tickwire.view?.ships?.some((s) => s.name === "pia" && s.hp > 0));
  await page.keyboard.press("End");
  await page.waitForFunction(() => !window.tickwire.playback.playing);
  assert.equal(await page.isVisible("#take-seat"), false);
  await done();
});

test("a recording that is gone is told, and the first screen stays", async () => {
  const { page, context, errors } = await visit(browser, `${server.url}#replay/duel-m99-gone`);
  await page.locator(".toast", { hasText: "not kept any more" }).waitFor();
  await page.waitForSelector("#home:not([hidden])");
  assert.doesNotMatch(page.url(), /replay/);
  await context.close();
  assert.equal(errors.filter((e) => !e.includes("404")).length, 0, errors.join());
});
