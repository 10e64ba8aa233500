// The duel on the page: two visitors, one of them on a phone, get ready, fight
// and ask for a rematch; one alone finds a sparring partner.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startGameServer } from "../support/process.js";
import { launch, phone, visit } from "./chromium.js";

let server, browser;
before(async () => {
  [server, browser] = await Promise.all([startGameServer("--bots", "1", "--grace", "5s"), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const phase = (page, phase) => page.waitForFunction((p) => window.tickwire?.view?.round.phase === p, phase);
const [ready, fight, over] = [0, 1, 2];

/** Keys are down until the own duelist is where it should be. */
async function walk(page, key, there) {
  await page.keyboard.down(key);
  await page.waitForFunction(there);
  await page.keyboard.up(key);
}

/** From the left side to where the right one's place is in sight, and then shoots until the round is over. */
async function winRound(page) {
  await walk(page, "KeyW", () => window.tickwire.view.own.y < 70);
  await walk(page, "KeyD", () => window.tickwire.view.own.x > 200);
  const foe = await page.evaluate(() => window.tickwire.view.toScreen(window.tickwire.view.foe.x, window.tickwire.view.foe.y));
  await page.mouse.move(foe.x, foe.y);
  await page.mouse.down();
  await phase(page, over);
  await page.mouse.up();
  assert.equal(await page.evaluate(() => window.tickwire.view.round.winner), 1);
}

test("two get ready, fight a match and ask for another", async () => {
  const a = await visit(browser, server.url);
  await a.page.waitForSelector("#status[data-state=up]");
  await a.page.fill("#name", "ann");
  await a.page.evaluate(async () => window.tickwire.client.create({ game: "duel", name: "At dawn", player: "ann" }));
  const b = await visit(browser, `${server.url}#${await a.page.evaluate(() => window.tickwire.client.lobby.code)}`, phone);
  await b.page.waitForFunction(() => window.tickwire.client.lobby?.players.length === 2);
  await a.page.reload(); // the room is then on the screen, however the seat was taken
  for (const { page } of [a, b]) await page.locator("#ready").click();

  await phase(a.page, fight);
  assert.match(await a.page.textContent("#score"), /ann.*Round 1/s);
  const sides = await a.page.locator("#score .side").evaluateAll((all) => all.map((s) => s.getBoundingClientRect()).map((r) => [r.left < 640, r.width > 300, r.top < 30]));
  assert.deepEqual(sides, [[true, true, true], [false, true, true]], "a name on each side of the clock");
  await winRound(a.page);
  await a.page.waitForFunction(() => document.querySelector("#call").textContent.startsWith("You take the round1 : 0"));
  await b.page.waitForFunction(() => document.querySelector("#call").textContent.startsWith("ann takes the round0 : 1"));

  // On an upright phone up is forward, to the other side; a lifted thumb shoots.
  await phase(b.page, fight);
  const box = await b.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.equal(box[0], box[1], "nothing sticks out to the side");
  const own = await b.page.evaluate(() => window.tickwire.view.toScreen(window.tickwire.view.own.x, window.tickwire.view.own.y));
  assert.ok(own.y > 422, "one's own side is below");
  const touch = await b.context.newCDPSession(b.page);
  const send = (type, touchPoints) => touch.send("Input.dispatchTouchEvent", { type, touchPoints });
  await send("touchStart", [{ x: 95, y: 760, id: 1 }, { x: 295, y: 760, id: 2 }]);
  await send("touchMove", [{ x: 95, y: 715, id: 1 }, { x: 340, y: 760, id: 2 }]);
  await b.page.waitForFunction(() => window.tickwire.view.own.x < 1040);
  await send("touchEnd", []);
  await a.page.waitForFunction(() => [...window.tickwire.client.world.entities("Beam").values()].some((s) => s.seat === 1 && s.toY < s.y - 40));

  await winRound(a.page);
  for (const [{ page }, text] of [[a, "You win 2 : 0."], [b, "ann wins 2 : 0."]]) {
    await page.waitForSelector("#room:not([hidden])");
    await page.locator("#lines .note", { hasText: text }).waitFor();
  }
  for (const { page } of [b, a]) await page.locator("#ready").click();
  for (const { page } of [a, b]) {
    await phase(page, ready);
    assert.deepEqual(await page.evaluate(() => window.tickwire.view.duelists.map((d) => [d.hp, d.wins])), [[3, 0], [3, 0]]);
  }
  await a.page.evaluate(() => window.tickwire.client.leave());
  await b.page.locator("#over", { hasText: "the other one has left" }).waitFor();
  await a.done();
  await b.done();
});

test("one alone finds a sparring partner, with the keyboard alone", async () => {
  const { page, done } = await visit(browser, server.url);
  await page.locator("#list li", { hasText: "Spar with" }).locator(".join").focus();
  await page.keyboard.press("Enter");
  await page.locator("#ready").focus();
  await page.keyboard.press("Enter");
  await phase(page, fight);
  const from = await page.evaluate(() => window.tickwire.view.own.angle);
  await page.keyboard.down("KeyE");
  await page.waitForFunction((from) => window.tickwire.view.own.angle - from > 0.5, from);
  await page.keyboard.up("KeyE");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => [...window.tickwire.client.world.entities("Beam").values()].some((b) => b.seat === window.tickwire.client.you.seat));
  await page.keyboard.press("Tab");
  await page.waitForSelector("#room:not([hidden])");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "ring");
  await page.evaluate(() => window.tickwire.client.leave());
  await done();
});
