// The demo page in a real browser, against the real server: pixels, decoded
// state and keys have to agree.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startGameServer } from "../support/process.js";
import { launch, phone, visit } from "./chromium.js";

let server, browser;
before(async () => {
  [server, browser] = await Promise.all([startGameServer("--bots", "12", "--grace", "5s"), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const alive = (page) => page.waitForFunction(() => window.tickwire?.view?.own?.hp > 0);

async function play(name, options) {
  const visitor = await visit(browser, server.url, options);
  await visitor.page.fill("#name", name);
  await visitor.page.click("#quick");
  await alive(visitor.page);
  return visitor;
}

/** A player of the state as last received, by name. */
const player = (page, name) => page.evaluate((name) => {
  for (const p of window.tickwire.client.world.entities("Player").values()) if (p.name === name) return { ...p };
  return null;
}, name);

describe("the first screen", () => {
  test("lists the lobby of the bots with its live count", async () => {
    const { page, done } = await visit(browser, server.url);
    await page.waitForFunction(() => /^12\s\/\s100$/.test(document.querySelector("#list .count")?.textContent ?? ""));
    assert.match(await page.getAttribute("#list button", "aria-label"), /^Join .*, 12 of 100 players, playing$/);
    await done();
  });

  test("answers a wrong code with its code and a sentence", async () => {
    const { page, done } = await visit(browser, server.url);
    await page.fill("#code", "zzzzz");
    await page.press("#code", "Enter");
    const toast = page.locator(".toast.bad");
    await toast.waitFor();
    assert.match(await toast.textContent(), /No lobby has that code.*BAD_CODE/);
    await done();
  });

  test("works with the keyboard alone", async () => {
    const { page, done } = await visit(browser, server.url);
    await page.waitForSelector("#status[data-state=up]");
    await page.focus("#name");
    await page.keyboard.type("keys");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await alive(page);
    await page.keyboard.down("Space");
    await page.waitForFunction(() => window.tickwire.view.shots.length > 0);
    await page.keyboard.up("Space");
    await page.keyboard.press("Tab");
    await page.waitForSelector("#room:not([hidden])");
    assert.equal(await page.evaluate(() => document.activeElement.id), "back");
    await page.keyboard.press("Escape");
    await page.waitForSelector("#room", { state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.id), "arena");
    await done();
  });
});

describe("a match", () => {
  test("keys move the own ship, on the server too", async () => {
    const { page, done } = await play("mover");
    const from = await player(page, "mover");
    const key = from.x < 1000 ? "KeyD" : "KeyA";
    await page.keyboard.down(key);
    await page.waitForFunction((x) => {
      const { own } = window.tickwire.view;
      for (const p of window.tickwire.client.world.entities("Player").values()) {
        if (p.name === "mover") return Math.abs(p.x - x) > 60 && Math.abs(own.x - x) > 60;
      }
    }, from.x);
    await page.keyboard.up(key);
    await done();
  });

  test("the mouse aims and shoots", async () => {
    const { page, done } = await play("gunner");
    const at = await page.evaluate(() => window.tickwire.view.toScreen(window.tickwire.view.own.x, window.tickwire.view.own.y));
    await page.mouse.move(at.x - 200, at.y + 0.5);
    await page.mouse.down();
    await page.waitForFunction(() => {
      const { client } = window.tickwire;
      const mine = [...client.world.entities("Shot").values()].filter((s) => s.seat === client.you.seat);
      return mine.some((s) => Math.abs(s.angle - Math.PI) < 0.3);
    });
    await page.mouse.up();
    await done();
  });

  test("others move, and smoothly", async () => {
    const { page, done } = await play("watcher");
    const moved = await page.evaluate(async () => {
      const ways = new Map();
      let last = new Map();
      for (let i = 0; i < 60; i++) {
        await new Promise(requestAnimationFrame);
        const now = new Map(window.tickwire.view.ships.filter((s) => s.hp > 0 && !s.own).map((s) => [s.slot, [s.x, s.y]]));
        for (const [slot, [x, y]] of now) {
          const was = last.get(slot);
          if (was) ways.set(slot, (ways.get(slot) ?? 0) + Math.hypot(x - was[0], y - was[1]));
        }
        last = now;
      }
      return [...ways.values()];
    });
    assert.ok(moved.filter((way) => way > 20).length >= 6, `ways of the bots: ${moved.map(Math.round)}`);
    await done();
  });

  test("a pixel has the colour of the ship that the state puts there", async () => {
    const { page, done } = await play("painter");
    const { seen, wrong, last } = await page.evaluate(async () => {
      const canvas = document.querySelector("#arena");
      const ctx = canvas.getContext("2d");
      const probe = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
      const rgb = (css) => {
        probe.fillStyle = css;
        probe.fillRect(0, 0, 1, 1);
        return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const clear = (view, ship) =>
        ![...view.ships, ...view.shots].some((o) => o !== ship && Math.hypot(o.x - ship.x, o.y - ship.y) < 50);
      let seen = 0;
      let last;
      const wrong = [];
      for (let i = 0; i < 900 && seen < 12; i++) {
        await new Promise(requestAnimationFrame);
        const { view, client } = window.tickwire;
        last = { tick: client.world.tick, fps: window.tickwire.fps, ships: view.ships.map((s) => [s.name, s.hp, s.x | 0, s.y | 0]) };
        for (const ship of view.ships) {
          if (ship.own || ship.hp === 0 || ship.flash || !clear(view, ship)) continue;
          // Left of the keel, where the ship has its plain colour.
          const at = view.toScreen(ship.x + 4 * Math.sin(ship.angle), ship.y - 4 * Math.cos(ship.angle));
          if (at.x < 0 || at.y < 0 || at.x >= innerWidth || at.y >= innerHeight) continue;
          const ratio = canvas.width / canvas.clientWidth;
          const pixel = [...ctx.getImageData(at.x * ratio, at.y * ratio, 1, 1).data].slice(0, 3);
          const want = rgb(view.colour(ship.hue, 0.72, 0.15));
          const state = client.world.entities("Player").get(ship.slot);
          const near = state && Math.hypot(state.x - ship.x, state.y - ship.y) < 110; // what it flies in the buffer's time
          seen++;
          if (!near || pixel.some((v, c) => Math.abs(v - want[c]) > 40)) wrong.push({ name: ship.name, pixel, want, near });
        }
      }
      return { seen, wrong, last };
    });
    assert.ok(seen >= 12, `only ${seen} ships came by; at last: ${JSON.stringify(last)}`);
    // A spark of an explosion may fly over one.
    assert.ok(wrong.length <= 2, `${wrong.length} of ${seen} ships look wrong: ${JSON.stringify(wrong)}`);
    await done();
  });

  test("two players see each other", async () => {
    const a = await play("alpha");
    const b = await play("bravo");
    assert.equal(await a.page.evaluate(() => window.tickwire.client.lobby.id), await b.page.evaluate(() => window.tickwire.client.lobby.id));
    await a.page.waitForFunction(() => window.tickwire.view.ships.some((s) => s.name === "bravo"));
    const [own, seen] = [await player(a.page, "alpha"), await player(b.page, "alpha")];
    assert.deepEqual([seen.seat, seen.hue], [own.seat, own.hue]);
    await b.done();
    await a.page.waitForFunction(() => !window.tickwire.view.ships.some((s) => s.name === "bravo"));
    await a.done();
  });

  test("a phone joins and flies with two thumbs", async () => {
    const { page, context, done } = await play("thumbs", phone);
    const box = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(box[0], box[1], "nothing sticks out to the side");
    const from = await player(page, "thumbs");
    const side = from.x < 1000 ? 45 : -45;
    const touch = await context.newCDPSession(page);
    const send = (type, touchPoints) => touch.send("Input.dispatchTouchEvent", { type, touchPoints });
    await send("touchStart", [{ x: 95, y: 700, id: 1 }, { x: 295, y: 700, id: 2 }]);
    await send("touchMove", [{ x: 95 + side, y: 700, id: 1 }, { x: 295, y: 660, id: 2 }]);
    await page.waitForFunction((x) => {
      const { client } = window.tickwire;
      const me = [...client.world.entities("Player").values()].find((p) => p.name === "thumbs");
      return Math.abs(me.x - x) > 60 && [...client.world.entities("Shot").values()].some((s) => s.seat === client.you.seat);
    }, from.x);
    await send("touchEnd", []);
    assert.ok(await page.isVisible("#stick-move") && await page.isVisible("#stick-aim"));
    await done();
  });

  test("the canvas follows the window and the screen's density", async () => {
    const { page, done } = await play("resizer", { viewport: { width: 800, height: 600 }, deviceScaleFactor: 2 });
    const size = () => page.evaluate(() => [document.querySelector("#arena").width, document.querySelector("#arena").height]);
    await page.waitForFunction(() => document.querySelector("#arena").width === 1600);
    assert.deepEqual(await size(), [1600, 1200]);
    await page.setViewportSize({ width: 640, height: 480 });
    await page.waitForFunction(() => document.querySelector("#arena").width === 1280);
    assert.deepEqual(await size(), [1280, 960]);
    await done();
  });
});

describe("a lobby of one's own", () => {
  test("is created, shared by link, talked in and left", async () => {
    const a = await visit(browser, server.url);
    await a.page.fill("#name", "host");
    await a.page.click("#new");
    await a.page.fill("#create [name=lobby]", "Friday skirmish");
    await a.page.check("#create [value=private]");
    await a.page.click("#create .primary");
    await alive(a.page);
    const link = a.page.url();
    assert.match(link, /#[A-Z2-9]{5}$/);

    const b = await visit(browser, link);
    await alive(b.page);
    await b.page.waitForFunction(() => window.tickwire.view.ships.length === 2);
    await b.page.keyboard.press("Enter");
    await b.page.keyboard.type("hello host");
    await b.page.keyboard.press("Enter");
    await a.page.waitForFunction(() => document.querySelector("#talk")?.textContent.includes("hello host"));
    assert.equal(await a.page.textContent("#room-name"), "Friday skirmish");

    await a.page.keyboard.press("Tab");
    await a.page.waitForSelector("#room:not([hidden])");
    await a.page.click("#leave");
    await a.page.waitForSelector("#home:not([hidden])");
    assert.doesNotMatch(a.page.url(), /#/);
    await b.page.waitForFunction(() => window.tickwire.view.ships.length === 1);
    await a.done();
    await b.done();
  });
});

test("a lost server is told, and found again when it is back", async () => {
  const first = await startGameServer("--bots", "0");
  const { page, context } = await visit(browser, first.url);
  await page.click("#quick");
  await alive(page);
  const ended = new Promise((r) => first.child.once("exit", r));
  first.child.kill("SIGKILL");
  await ended;
  await page.waitForSelector("#link:not([hidden])");
  assert.match(await page.textContent("#link"), /Connection lost|No connection/);
  const second = await startGameServer("--bots", "0", "--addr", new URL(first.url).host, "--ops-addr", "off");
  await page.waitForSelector("#status[data-state=up]");
  await page.locator(".toast", { hasText: "your lobby is gone" }).waitFor();
  await page.click("#quick");
  await alive(page);
  await context.close();
  await second.stop();
});

test("a server that goes down says so, with the time that is left", async () => {
  const server = await startGameServer("--bots", "0", "--drain-timeout", "20s");
  const { page, context } = await visit(browser, server.url);
  await page.click("#quick");
  await alive(page);
  server.child.kill("SIGTERM");
  await page.locator("#announce:not([hidden])", { hasText: /restarts soon.*\d+ s/ }).waitFor();
  await page.click("#announce button");
  assert.equal(await page.isVisible("#announce"), false);
  await context.close();
  await server.stop();
});
