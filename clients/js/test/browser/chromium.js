// A real Chromium, and what every page must do in it: load without errors.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

// The last two fill the list under the address bar, which takes a renderer of
// its own for each window: more than half of what opening a page costs. The
// switch replaces Playwright's list, so that what pages feel of it is here, too.
const without = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
  "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
  "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
];
const args = [
  "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", `--disable-features=${without}`,
];

export const launch = () => chromium.launch({ executablePath, args });

export const desktop = { viewport: { width: 1280, height: 720 } };
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** Opens a page in a visitor's own browser context; done() checks that nothing went wrong in it. */
export async function visit(browser, url, options = desktop) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors = [];
  page.on("console", (m) => m.type() === "error" && errors.push(m.text()));
  page.on("pageerror", (e) => errors.push(String(e)));
  await page.goto(url);
  return {
    page,
    context,
    errors,
    async done() {
      await context.close();
      assert.deepEqual(errors, [], "errors on the page");
    },
  };
}
