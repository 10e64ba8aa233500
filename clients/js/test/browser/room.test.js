// The lobby from inside, with a game that needs all of it (test/support/club):
// labels and filters, teams, ready and countdown, result and rematch, the
// leader's powers, spectators, parties.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startClub } from "../support/process.js";
import { launch, phone, visit } from "./chromium.js";

let server, browser;
before(async () => {
  [server, browser] = await Promise.all([startClub("--grace", "30s"), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A visitor with a name, on the first screen or where the link leads. */
async function guest(name, options, hash = "") {
  const visitor = await visit(browser, server.url, options);
  const { page } = visitor;
  await page.waitForSelector("#status[data-state=up]");
  await page.fill("#name", name);
  if (hash) await page.evaluate((hash) => (location.hash = hash), hash);
  return visitor;
}

const inRoom = (page) => page.waitForSelector("#room:not([hidden])");
const code = (page) => page.evaluate(() => window.tickwire.client.lobby.code);
const row = (page, name) => page.locator("#players li:not(.team)", { hasText: name });
const phase = (page, phase) => page.waitForFunction((p) => window.tickwire.client.lobby?.phase === p, phase);

async function act(page, player, action) {
  await row(page, player).locator(".more").click();
  await page.locator("#actions button", { hasText: action }).click();
}

async function fits(page) {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= screen, `${content} pixels wide on a screen of ${screen}`);
}

/** ann's lobby of tokens, and bob, who came by its code, on a phone. */
async function pair() {
  const a = await guest("ann");
  await a.page.evaluate(() => document.querySelector("#new").click());
  await a.page.selectOption("#create [name=game]", "tokens");
  await a.page.fill("#create [name=lobby]", "Club night");
  await a.page.click("#create .primary");
  await inRoom(a.page);
  const b = await guest("bob", phone, await code(a.page));
  await inRoom(b.page);
  return [a, b];
}

async function goodBye(...visitors) {
  for (const { page, done } of visitors) {
    await page.evaluate(() => window.tickwire.client.lobby && window.tickwire.client.leave());
    await done();
  }
}

test("a lobby is created with options, and found by filters and text", async () => {
  const a = await guest("ann");
  const b = await guest("bob");
  await a.page.click("#new");
  await a.page.selectOption("#create [name=game]", "tokens");
  await a.page.fill("#create [name=lobby]", "Blitz");
  await a.page.fill("#create [name=seats]", "2");
  await a.page.click("#create .add-label");
  await a.page.fill("#create [name=label]", "map");
  await a.page.fill("#create [name=value]", "hills");
  await a.page.click("#create .primary");
  await inRoom(a.page);
  assert.match(await a.page.textContent("#room-kind"), /Tokens · open to everyone · map: hills/);
  const c = await guest("cleo");
  await c.page.check("#games [value=solo]");
  await c.page.click("#quick");
  await c.page.waitForFunction(() => window.tickwire.view);

  const names = () => b.page.locator("#list .name").allTextContents();
  const shows = (...want) => b.page.waitForFunction((want) => want === [...document.querySelectorAll("#list .name")].map((n) => n.textContent).sort().join(), want.sort().join());
  await shows("Blitz", "cleo's lobby");
  assert.match(await b.page.locator("#list li", { hasText: "Blitz" }).textContent(), /1 \/ 2.*map: hills/);
  await b.page.fill("#filter [name=text]", "HILL tok");
  await shows("Blitz");
  assert.equal(await b.page.textContent("#found"), "1 lobby found");
  await b.page.fill("#filter [name=text]", "nowhere");
  await shows();
  await b.page.click("#clear");
  await shows("Blitz", "cleo's lobby");
  await b.page.selectOption("#filter [name=phase]", "playing");
  await shows("cleo's lobby");
  await b.page.selectOption("#filter [name=phase]", "waiting");
  await shows("Blitz");
  await b.page.selectOption("#filter [name=phase]", "");
  await b.page.selectOption("#filter [name=game]", "solo");
  await shows("cleo's lobby");
  await b.page.selectOption("#filter [name=game]", "");
  await b.page.selectOption("#filter [name=sort]", "free");
  await shows("Blitz", "cleo's lobby");
  assert.deepEqual(await names(), ["cleo's lobby", "Blitz"]);
  await b.page.check("#filter [name=free]");
  await a.page.click("#lock");
  await shows("cleo's lobby");
  await goodBye(a, b, c);
});

test("two get ready, one stops the countdown, they play, see who won and play again", async () => {
  const [a, b] = await pair();
  await b.page.locator("#lines .note", { hasText: "Say hello" }).waitFor();
  await b.page.fill("#say input", "ready when you are");
  await b.page.tap("#say button");
  await a.page.locator("#lines li", { hasText: "ready when you are" }).waitFor();
  await b.page.tap("#ready");
  await row(a.page, "bob").locator(".tags.on").waitFor();
  assert.equal(await a.page.isVisible("#start"), true, "the leader's word is all that is missing");
  await a.page.click("#ready");
  await b.page.waitForSelector("#countdown:not([hidden])");
  await fits(b.page);
  await b.page.tap("#ready");
  await a.page.waitForSelector("#countdown", { state: "hidden" });
  await phase(a.page, "gathering");
  assert.equal(await a.page.getAttribute("#ready", "aria-pressed"), "false", "everyone has to say so again");

  for (let round = 1; round <= 2; round++) {
    await a.page.click("#ready");
    await b.page.tap("#ready");
    await b.page.waitForFunction(() => window.tickwire.view);
    await b.page.locator("#plain td", { hasText: "ann" }).waitFor();
    for (let i = 0; i < 3; i++) await b.page.evaluate(() => window.tickwire.client.sendInput("point"));
    await inRoom(a.page);
    assert.match(await a.page.textContent("#over"), /^bob wins\./);
    await b.page.locator("#over", { hasText: "You win." }).waitFor();
    assert.equal(await a.page.textContent("#ready"), "Rematch");
    await fits(b.page);
  }
  await goodBye(b, a);
});

test("teams: joined, swapped and balanced", async () => {
  const [a, b] = await pair();
  const teams = () => a.page.evaluate(() => window.tickwire.client.lobby.players.map((p) => `${p.name}${p.team}`).sort().join(" "));
  const are = (want) => a.page.waitForFunction((want) => window.tickwire.client.lobby.players.map((p) => `${p.name}${p.team}`).sort().join(" ") === want, want);
  assert.equal(await teams(), "ann1 bob2");
  await act(a.page, "bob", "Swap with ann");
  await are("ann2 bob1");
  await b.page.tap("[aria-label='Join team 2']");
  await are("ann2 bob2");
  await a.page.locator("#players .team", { hasText: "Team 2, 2 players" }).waitFor();
  await a.page.click("#balance");
  await are("ann2 bob1");
  await act(a.page, "bob", "Move to team 2");
  await are("ann2 bob2");
  await goodBye(a, b);
});

test("the leader mutes, hands over, bans; who is banned reads why", async () => {
  const [a, b] = await pair();
  await act(a.page, "bob", "Mute");
  await b.page.fill("#say input", "hello?");
  await b.page.tap("#say button");
  await b.page.locator(".toast.bad", { hasText: "MUTED" }).waitFor();
  await act(a.page, "bob", "Make leader");
  await b.page.waitForSelector("#lock:not([hidden])");
  assert.equal(await a.page.isVisible("#lock"), false);
  await act(b.page, "ann", "Make leader");
  await a.page.waitForSelector("#lock:not([hidden])");
  const back = await code(a.page);
  await act(a.page, "bob", "Ban");
  await b.page.waitForSelector("#home:not([hidden])");
  await b.page.fill("#code", back);
  await b.page.press("#code", "Enter");
  await b.page.locator(".toast.bad", { hasText: /more seconds.*BANNED/ }).waitFor();
  await a.page.click("#invite");
  await a.page.locator("#actions button", { hasText: "Who is banned" }).click();
  await a.page.click("#bans [aria-label='Let bob in again']");
  await a.page.locator("#bans p:not([hidden])").waitFor();
  await a.page.keyboard.press("Escape");
  await b.page.press("#code", "Enter");
  await inRoom(b.page);
  await goodBye(a, b);
});

test("the leader changes the lobby, its code, and invites past its password", async () => {
  const [a, b] = await pair();
  await a.page.click("#set");
  await a.page.fill("#settings [name=lobby]", "Late night");
  await a.page.fill("#settings [name=password]", "sesame");
  await a.page.fill("#settings [name=seats]", "3");
  await a.page.click("#settings .primary");
  await b.page.locator("#room-name", { hasText: "Late night" }).waitFor();
  assert.match(await b.page.textContent("#room-kind"), /password/);
  assert.equal(await b.page.textContent("#room-count"), "2 of 3");
  const before = await code(b.page);
  await a.page.click("#invite");
  await a.page.locator("#actions button", { hasText: "Make another code" }).click();
  await b.page.waitForFunction((before) => document.querySelector("#share b").textContent !== before, before);
  const ticket = await a.page.evaluate(async () => (await window.tickwire.client.invite()).ticket);
  const c = await guest("cleo", undefined, `invite/${ticket}`);
  await inRoom(c.page);
  assert.equal(await c.page.isVisible("#ask"), false, "nobody asks for the password");
  await goodBye(a, b, c);
});

test("from a seat to the spectators and back", async () => {
  const [a, b] = await pair();
  await act(b.page, "bob", "Watch instead");
  await b.page.waitForSelector("#sit:not([hidden])");
  await a.page.locator("#room-count", { hasText: "1 of 4, 1 watching" }).waitFor();
  await b.page.waitForFunction(() => location.hash.endsWith("/watch"));
  await b.page.tap("#sit");
  await a.page.locator("#room-count", { hasText: /^2 of 4$/ }).waitFor();
  await b.page.waitForFunction(() => !location.hash.includes("watch")); // b may hear of it after a
  await goodBye(a, b);
});

test("a party is opened, joined by link, follows its leader and survives the lobby", async () => {
  const a = await guest("ann");
  await a.page.click("#party-new");
  await a.page.click("#party-invite");
  await a.page.waitForFunction(() => document.querySelector("#party-code").textContent.length === 8);
  const b = await guest("bob", phone, `party/${await a.page.textContent("#party-code")}`);
  await b.page.locator("#party-hint", { hasText: "You follow ann" }).waitFor();
  await a.page.locator("#members li", { hasText: "bob" }).waitFor();
  await fits(b.page);
  await a.page.check("#games [value=tokens]");
  await a.page.click("#quick");
  await inRoom(b.page);
  await row(a.page, "bob").waitFor();
  await b.page.reload();
  await inRoom(b.page);
  await a.page.click("#leave");
  await b.page.tap("#leave");
  await b.page.locator("#members li", { hasText: "ann" }).waitFor();
  await a.page.locator("#members li", { hasText: "bob" }).locator(".more").click();
  await a.page.locator("#actions button", { hasText: "Remove" }).click();
  await b.page.locator(".toast", { hasText: "removed from the party" }).waitFor();
  await b.page.waitForSelector("#party-new:not([hidden])");
  await goodBye(a, b);
});

test("who waits for a match reads why, may stop, and is led in when one is found", async () => {
  const a = await guest("ann");
  const b = await guest("bob", phone);
  for (const { page } of [a, b]) await page.check("#games [value=tokens]");
  await a.page.click("#match");
  await a.page.locator("#queue [role=status]", { hasText: "1 more player needed" }).waitFor();
  assert.match(await a.page.textContent("#queue dl"), /skill range now± \d+/);
  assert.equal(await a.page.isVisible("#match"), false);
  await a.page.click("#queue button");
  await a.page.waitForSelector("#queue", { state: "hidden" });
  await a.page.click("#match");
  await b.page.tap("#match");
  for (const { page } of [a, b]) await page.waitForFunction(() => window.tickwire.view);
  assert.deepEqual(await a.page.evaluate(() => window.tickwire.client.lobby.players.map((p) => p.name).sort()), ["ann", "bob"]);
  assert.equal(await b.page.isVisible("#queue"), false);
  await goodBye(a, b);
});

test("everything with the keyboard alone, and the focus is always somewhere", async () => {
  const b = await guest("bob");
  const a = await guest("ann");
  const { page } = a;
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  await page.focus("#new");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.name), "lobby");
  await page.keyboard.type("Keys");
  await page.keyboard.press("Enter");
  await inRoom(page);
  assert.equal(await focused(), "room-name");
  await b.page.evaluate((code) => window.tickwire.client.join({ code, player: "bob" }), await code(page));
  const more = row(page, "bob").locator(".more");
  await more.focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "Move to team 1");
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "Ban for 10 minutes", "around the end");
  await page.keyboard.press("Escape");
  assert.equal(await more.evaluate((node) => node === document.activeElement), true);
  await b.page.evaluate(() => window.tickwire.client.ready());
  await row(page, "bob").locator(".tags.on").waitFor();
  assert.equal(await more.evaluate((node) => node === document.activeElement), true, "an update takes the focus from nobody");
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await row(page, "bob").waitFor({ state: "detached" });
  await page.focus("#leave");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#home:not([hidden])");
  await goodBye(a, b);
});

test("nothing sticks out at 360 pixels", async () => {
  const narrow = { ...phone, viewport: { width: 360, height: 640 } };
  const a = await guest("A name of sixteen", narrow);
  await fits(a.page);
  await a.page.tap("#new");
  await a.page.selectOption("#create [name=game]", "tokens");
  await a.page.fill("#create [name=lobby]", "A lobby with a name of thirty-two");
  await a.page.tap("#create .add-label");
  await fits(a.page);
  const [wide, seen] = await a.page.evaluate(() => [document.querySelector("#create").scrollWidth, document.querySelector("#create").clientWidth]);
  assert.ok(wide <= seen, "nor in the dialog");
  await a.page.fill("#create [name=label]", "map");
  await a.page.tap("#create .primary");
  await inRoom(a.page);
  await fits(a.page);
  for (const id of ["#ready", "#leave", "#say button"]) {
    const box = await a.page.locator(id).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 640, `${id} is on the screen`);
    assert.ok(box.height >= 40, `${id} is large enough for a thumb`);
  }
  await goodBye(a);
});
