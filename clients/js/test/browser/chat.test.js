// The classic chat: a page as in the Socket.IO tutorial, two tabs, one server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startGameServer } from "../support/process.js";
import { launch, visit } from "./chromium.js";

let server, browser;
before(async () => {
  [server, browser] = await Promise.all([startGameServer("--bots", "0"), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const lines = (page) => page.locator("#messages li").allTextContents();

async function say(page, text) {
  await page.fill("#input", text);
  await page.click("#form button");
}

test("two tabs exchange messages, in order, as text", async () => {
  const a = await visit(browser, `${server.url}/chat/`);
  const b = await visit(browser, `${server.url}/chat/`);
  for (const { page } of [a, b]) await page.waitForFunction(() => window.socket.connected);
  await say(a.page, "hello from a");
  await b.page.waitForFunction(() => document.querySelectorAll("#messages li").length === 1);
  await say(b.page, "<b>hello</b> from b 🛰");
  await a.page.waitForFunction(() => document.querySelectorAll("#messages li").length === 2);
  for (const { page } of [a, b]) {
    assert.deepEqual(await lines(page), ["hello from a", "<b>hello</b> from b 🛰"]);
  }
  assert.equal(await a.page.inputValue("#input"), "");
  await a.done();
  await b.done();
});

test("the page is the tutorial's: the classic script and io() without arguments", async () => {
  const source = await (await fetch(`${server.url}/chat/`)).text();
  assert.match(source, /<script src="\/socket\.io\/socket\.io\.js"><\/script>/);
  assert.match(source, /var socket = io\(\);/);
});

test("who plays in the same server is not disturbed by it", async () => {
  const player = await visit(browser, server.url);
  await player.page.click("#quick");
  await player.page.waitForFunction(() => window.tickwire.view?.own?.hp > 0);
  await player.page.evaluate(() => {
    window.heard = 0;
    window.tickwire.client.on("chat message", () => window.heard++);
  });
  const chat = await visit(browser, `${server.url}/chat/`);
  await chat.page.waitForFunction(() => window.socket.connected);
  await say(chat.page, "anybody?");
  await chat.page.waitForFunction(() => document.querySelectorAll("#messages li").length === 1);
  assert.equal(await player.page.evaluate(() => window.heard), 0);
  await chat.done();
  await player.done();
});
