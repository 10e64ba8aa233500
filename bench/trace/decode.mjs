// What decoding the frames of a recorded game costs a browser's engine, the
// game's objects included:
//
//   go run ./bench/trace bench/trace/testdata/A.jsonl.gz -record /tmp/A.json
//   node bench/trace/decode.mjs /tmp/A.json
//   node bench/trace/decode.mjs /tmp/A.json 60 chromium   # after npm ci in clients/js
//
// It prints one JSON object. us_per_frame is the mean over the frames of the
// fastest decoding of each, since what else the machine does only adds; median_us
// that of all decodings. calibration_us is a fixed loop of integer work beside
// it, which tells how fast the machine was: compare us_per_frame ÷ calibration_us.
//
// Chromium has the engine of Node, but its small integers have 31 bits. A page's
// clock is coarse (5 µs at best): there 20 frames are timed together.
import { readFileSync } from "node:fs";
import { measure } from "./measure.mjs";

const [, , file, runs = "60", where = "node"] = process.argv;
const recording = JSON.parse(readFileSync(file, "utf8"));
const root = new URL("../../", import.meta.url);

/** Nothing listens: the page's requests are answered here, from the repository. */
async function answer(route) {
  const { pathname } = new URL(route.request().url());
  const page = pathname === "/";
  await route.fulfill({
    body: page ? "<!doctype html>" : readFileSync(new URL(`.${pathname}`, root)),
    contentType: page ? "text/html" : "text/javascript",
    // The finer clock is for pages that share nothing with others.
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
  });
}

async function inChromium() {
  const { launch } = await import("../../clients/js/test/browser/chromium.js");
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.route("**", answer);
    await page.goto("http://localhost/");
    const job = async ([recording, runs]) => {
      const { measure } = await import("/bench/trace/measure.mjs");
      return measure(recording, runs, 20);
    };
    return await page.evaluate(job, [recording, Number(runs)]);
  } finally {
    await browser.close();
  }
}

console.log(JSON.stringify(where === "chromium" ? await inChromium() : measure(recording, Number(runs), 1)));
