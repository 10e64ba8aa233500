// Lobbies on the page: the live list, coming back to a seat, passwords,
// spectators. One server without bots, so that what is seen is what was done.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startGameServer } from "../support/process.js";
import { launch, phone, visit } from "./chromium.js";

let server, browser;
before(async () => {
  [server, browser] = await Promise.all([startGameServer("--bots", "0", "--grace", "30s"), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const alive = (page) => page.waitForFunction(() => window.tickwire?.view?.own?.hp > 0);
const row = (page, name) => page.locator("#list li", { hasText: name });

/** Somebody in a lobby of his own. */
async function host(name, { password, visibility, player = "host" } = {}, options) {
  const visitor = await visit(browser, server.url, options);
  const { page } = visitor;
  await page.waitForSelector("#status[data-state=up]");
  await page.fill("#name", player);
  await page.click("#new");
  await page.fill("#create [name=lobby]", name);
  if (password) await page.fill("#create [name=password]", password);
  if (visibility) await page.check(`#create [value=${visibility}]`);
  await page.click("#create .primary");
  await alive(page);
  return visitor;
}

async function leave({ page, done }) {
  await page.evaluate(() => window.tickwire.client.leave());
  await done();
}

const seat = (page) => page.evaluate(() => {
  const { client } = window.tickwire;
  return { ...client.you, lobby: client.lobby.id, players: client.lobby.players.length };
});

test("a lobby that another tab opens is in the list within a second, and goes with it", async () => {
  const a = await visit(browser, server.url);
  await a.page.waitForSelector("#empty:not([hidden])");
  const b = await visit(browser, server.url);
  await b.page.waitForSelector("#status[data-state=up]");
  await a.page.evaluate(() => {
    const list = document.querySelector("#list");
    window.appeared = new Promise((r) => new MutationObserver(() => list.textContent.includes("Live") && r(Date.now())).observe(list, { childList: true, subtree: true }));
  });
  const took = await b.page.evaluate(async () => {
    await window.tickwire.client.create({ game: "arena", name: "Live wire", player: "bea" });
    return Date.now();
  });
  assert.ok((await a.page.evaluate(() => window.appeared)) - took < 1000);
  assert.match(await row(a.page, "Live wire").textContent(), /1 \/ 100/);
  assert.equal(await a.page.isVisible("#empty"), false);
  await b.page.evaluate(() => window.tickwire.client.leave());
  await row(a.page, "Live wire").waitFor({ state: "detached", timeout: 1000 });
  await a.page.waitForSelector("#empty:not([hidden])");
  await a.done();
  await b.done();
});

test("the list is pushed, not asked for", async () => {
  const a = await visit(browser, server.url);
  await a.page.waitForSelector("#empty:not([hidden])");
  const cdp = await a.context.newCDPSession(a.page);
  await cdp.send("Network.enable");
  let sent = 0;
  cdp.on("Network.webSocketFrameSent", () => sent++);
  const b = await visit(browser, server.url);
  await b.page.waitForSelector("#status[data-state=up]");
  for (const name of ["One", "Two", "Three"]) {
    await b.page.evaluate((name) => window.tickwire.client.create({ game: "arena", name }), name);
    await row(a.page, name).waitFor();
    await b.page.evaluate(() => window.tickwire.client.leave());
    await a.page.waitForSelector("#empty:not([hidden])");
  }
  assert.ok(sent <= 1, `${sent} messages; one may be a heartbeat`);
  await a.done();
  await b.done();
});

test("a reload keeps the seat, the lobby and its leader", async () => {
  const a = await host("Reloaded");
  const before = await seat(a.page);
  const b = await visit(browser, a.page.url());
  await alive(b.page);
  await a.page.reload();
  await alive(a.page);
  assert.deepEqual(await seat(a.page), { ...before, players: 2 });
  assert.match(a.page.url(), /#[A-Z2-9]{5}$/);
  await a.page.keyboard.press("Tab");
  assert.equal(await a.page.isVisible("#lock"), true, "still the leader");
  assert.equal(await a.page.locator("#players li").count(), 2);
  await leave(b);
  await leave(a);
});

test("a broken connection stops the picture, and then it goes on in the same seat", async () => {
  const a = await host("Shaky link");
  const before = await seat(a.page);
  const b = await visit(browser, a.page.url());
  await alive(b.page);
  await a.page.evaluate(() => {
    const { client } = window.tickwire;
    window.lost = new Promise((r) => client.on("lobby", (l) => l || r()));
    window.tickwire.socket.io.engine.close();
  });
  await a.page.evaluate(() => window.lost);
  assert.equal(await a.page.isVisible("#game"), true, "the picture stays");
  await b.page.waitForFunction((id) => window.tickwire.client.lobby.players.some((p) => p.id === id && p.away), before.id);
  await alive(a.page);
  await a.page.waitForFunction(() => window.tickwire.client.lobby);
  assert.deepEqual(await seat(a.page), { ...before, players: 2 });
  assert.equal(await a.page.isVisible("#link"), false);
  await leave(b);
  await leave(a);
});

test("a lobby with a password asks for it, by list, code and link", async () => {
  const a = await host("Secret garden", { password: "sesame" });
  const b = await visit(browser, server.url);
  await row(b.page, "Secret garden").locator(".join").click();
  await b.page.waitForSelector("#ask[open]");
  await b.page.keyboard.type("open");
  await b.page.keyboard.press("Enter");
  await b.page.waitForSelector("#ask.again[open]");
  await b.page.keyboard.press("Escape");
  await b.page.waitForSelector("#ask", { state: "hidden" });
  assert.equal(await b.page.locator(".toast").count(), 0, "who gives up needs no notice");
  await b.page.fill("#code", await a.page.evaluate(() => window.tickwire.client.lobby.code));
  await b.page.press("#code", "Enter");
  await b.page.waitForSelector("#ask[open]");
  await b.page.keyboard.type("sesame");
  await b.page.keyboard.press("Enter");
  await alive(b.page);
  assert.equal((await seat(b.page)).players, 2);
  await leave(b);
  await leave(a);
});

test("a locked lobby takes nobody, until it is opened again", async () => {
  const a = await host("Closed club");
  const b = await visit(browser, server.url);
  await a.page.keyboard.press("Tab");
  await a.page.click("#lock");
  await row(b.page, "locked").waitFor();
  assert.equal(await row(b.page, "Closed club").locator(".join").getAttribute("aria-disabled"), "true");
  await b.page.fill("#code", await a.page.evaluate(() => window.tickwire.client.lobby.code));
  await b.page.press("#code", "Enter");
  assert.match(await b.page.locator(".toast.bad").textContent(), /LOCKED/);
  await a.page.click("#lock");
  await b.page.waitForFunction(() => document.querySelector("#list .join")?.ariaDisabled === "false");
  await row(b.page, "Closed club").locator(".join").click();
  await alive(b.page);
  await leave(b);
  await leave(a);
});

for (const [device, options] of Object.entries({ desktop: undefined, phone })) {
  test(`who watches sees the match, turns to another ship and joins in: ${device}`, async () => {
    const a = await host("Grand stand", { player: "ann" });
    const b = await visit(browser, a.page.url());
    await alive(b.page);
    const c = await visit(browser, `${a.page.url()}/watch`, options);
    await c.page.waitForFunction(() => window.tickwire.view?.ships.length === 2);
    assert.equal(await c.page.evaluate(() => window.tickwire.client.spectating), true);
    assert.equal(await c.page.isVisible("#hull"), false);
    const name = () => c.page.textContent("#watching b");
    const first = await name();
    await c.page.click("#watching [data-turn='1']");
    await c.page.waitForFunction((first) => document.querySelector("#watching b").textContent !== first, first);
    if (device === "desktop") {
      await c.page.focus("#arena");
      await c.page.keyboard.press("ArrowLeft");
      await c.page.waitForFunction((first) => document.querySelector("#watching b").textContent === first, first);
    }
    const box = await c.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(box[0], box[1], "nothing sticks out to the side");
    await a.page.waitForFunction(() => window.tickwire.client.lobby.spectators === 1);
    await c.page.click("#take-seat");
    await alive(c.page);
    assert.equal(await c.page.isVisible("#watching"), false);
    assert.doesNotMatch(c.page.url(), /watch/);
    await leave(c);
    await leave(b);
    await leave(a);
  });
}

test("the list has a way to watch, for the keyboard too", async () => {
  const a = await host("Open air");
  const b = await visit(browser, server.url);
  await row(b.page, "Open air").locator(".join").focus();
  await b.page.keyboard.press("Tab");
  assert.equal(await b.page.evaluate(() => document.activeElement.ariaLabel), "Watch Open air");
  await b.page.keyboard.press("Enter");
  await b.page.waitForFunction(() => window.tickwire.view?.ships.length === 1);
  assert.match(b.page.url(), /\/watch$/);
  await leave(b);
  await leave(a);
});
