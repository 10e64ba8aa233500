// The operator's page, in a real browser against the real binary: what it
// shows, and that its buttons do what they say.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startGameServer } from "../support/process.js";
import { desktop, launch, phone, visit } from "./chromium.js";

let server, browser;
before(async () => {
  [server, browser] = await Promise.all([startGameServer("--bots", "3"), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const api = (path, method = "GET") => fetch(`${server.ops}/api/v1${path}`, { method, headers: { "X-Requested-By": "test" } });

/** The page, once the bots play. */
async function open(options) {
  const visitor = await visit(browser, `${server.ops}/ops/`, options);
  await visitor.page.waitForSelector("#link.good");
  await visitor.page.locator("#matches tbody tr", { hasText: "arena" }).waitFor();
  return visitor;
}

/** Opens the arena's lobby and returns its id. */
async function openArena(page) {
  await page.locator("#matches tbody tr", { hasText: "arena" }).locator("button").click();
  await page.waitForSelector("#lobby[open] #members tbody tr");
  return (await (await api("/matches")).json()).matches.find((m) => m.game === "arena").lobby;
}

/** Answers the question that is open. */
async function confirm(page, button, answer) {
  await page.waitForSelector("#ask[open]");
  if (answer !== undefined) await page.fill("#ask-input", answer);
  assert.equal(await page.textContent("#ask-yes"), button);
  await page.click("#ask-yes");
  await page.waitForSelector("#ask:not([open])", { state: "attached" });
}

test("connections, matches with their graph, lobbies", async () => {
  const { page, done } = await open();
  await page.waitForSelector("#ready.good");
  await page.waitForSelector("#alive.good");
  await page.waitForFunction(() => { // a line takes three answers
    const canvas = document.querySelector("#matches tbody canvas");
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v > 0);
  });
  assert.match(await page.locator("#matches tbody tr td:nth-child(5)").first().textContent(), /^\d[\d.]* ms$/);
  assert.match(await page.locator("#clients tbody").textContent(), /\(bot\).*websocket, msgpack/);
  assert.match(await page.locator("#lobbies tbody").textContent(), /arenaplaying3 \/ 100/);
  assert.match(await page.locator(".tile", { hasText: "Connections" }).textContent(), /Connections[3-9]/);
  await done();
});

test("one lobby: its log, bandwidth by field, kick", async () => {
  const { page, done } = await open();
  const lobby = await openArena(page);
  assert.match(await page.textContent("#lobby-facts"), /arena · playing .*Hz/);
  assert.match(await page.textContent("#log"), /match began/);
  await page.click("#profile");
  await page.locator("#costs li", { hasText: "Player.x" }).waitFor();
  await page.click("#profile");
  const name = await page.textContent("#members tbody tr td span");
  await page.locator("#members tbody tr").first().getByText("Kick…").click();
  await confirm(page, "Kick");
  await page.locator("#log b", { hasText: "kicked" }).waitFor();
  const events = (await (await api(`/lobbies/${lobby}/events`)).json()).events;
  assert.ok(events.some((e) => e.what === "kicked" && e.by === "server"), `${name} was not kicked`);
  await page.keyboard.press("Escape");
  await page.waitForSelector("#lobby:not([open])", { state: "attached" });
  await done();
});

test("by keyboard: announce, and close a lobby; a cancelled question does nothing", async () => {
  const { page, done } = await open();
  await page.focus("#announce");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#ask[open]");
  await page.keyboard.type("back at noon <b>");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#ask:not([open])", { state: "attached" });
  const lobby = await openArena(page);
  await page.locator("#log li", { hasText: "back at noon <b>" }).waitFor();
  await page.focus("#lobby-close");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#ask[open]");
  await page.keyboard.press("Escape");
  assert.equal((await api(`/lobbies/${lobby}`)).status, 200);
  await page.click("#lobby-close");
  await confirm(page, "Close lobby", "bye");
  await page.waitForSelector("#lobby:not([open])", { state: "attached" });
  assert.equal((await api(`/lobbies/${lobby}`)).status, 404);
  await done();
});

test("a refusal stays in the question", async () => {
  const { page, done, errors } = await open();
  await page.click("#announce");
  await page.waitForSelector("#ask[open]");
  await page.fill("#ask-input", " ");
  await page.click("#ask-yes");
  await page.waitForSelector("#ask[open] #ask-trouble:not([hidden])");
  assert.match(await page.textContent("#ask-trouble"), /1 to 500 characters/);
  await page.click("#ask-no");
  assert.ok(errors.splice(0).every((e) => e.includes("400"))); // the browser tells of the status
  await done();
});

test("the page fits a phone, in the dark", async () => {
  const { page, done } = await open({ ...phone, colorScheme: "dark" });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor), "rgb(15, 18, 22)");
  await openArena(page);
  assert.ok(await page.evaluate(() => document.querySelector("#lobby").getBoundingClientRect().right <= 390));
  await done();
});

test("with API keys the page asks for one, and drain ends the server", async () => {
  const keys = join(mkdtempSync(join(tmpdir(), "tickwire-ops-")), "keys");
  writeFileSync(keys, "ann:correct-horse-battery\n", { mode: 0o600 });
  const guarded = await startGameServer("--bots", "1", "--ops-keys-file", keys, "--drain-timeout", "1s");
  const ended = new Promise((resolve) => guarded.child.once("exit", resolve));
  const { page, context, errors } = await visit(browser, `${guarded.ops}/ops/`, desktop);
  await page.waitForSelector("#ask[open] #ask-input[type=password]");
  await page.fill("#ask-input", "wrong-horse-battery");
  await page.click("#ask-yes");
  await page.waitForSelector("#ask-trouble:not([hidden])");
  await page.fill("#ask-input", "correct-horse-battery");
  await page.click("#ask-yes");
  await page.waitForSelector("#link.good");
  await page.reload(); // the tab remembers
  await page.waitForSelector("#link.good");
  await page.click("#drain");
  await confirm(page, "Drain");
  assert.equal(await ended, 0);
  await context.close(); // until then it asks the server that is gone
  assert.deepEqual(errors.filter((e) => !e.startsWith("Failed to load resource")), []);
});
