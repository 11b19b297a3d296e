// try_site_pages.cjs SITE SHOTS: opens a sample of a site's pages from their files in Chromium. Each must load without an error or a
// blocked request, and axe-core must find no violation, in light and in dark. Then: pages without script, by keyboard, on a phone, in print.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [site, shots] = process.argv.slice(2);
const SAMPLE = 50;

function below(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? below(full) : [full];
  });
}

// The first page of each sort, then pages from all over, always the same ones.
function sample() {
  const pages = below(site).filter((file) => file.endsWith(".html")).map((file) => path.relative(site, file)).sort();
  const sort = (page) => page.replace(/records\/.*\//, "records/").replace(/as-of-.*/, "as-of").replace(/(groups|occasions)\/.*/, "$1")
    .replace(/(years|rules)\/.*/, "$1");
  const chosen = new Map(pages.map((page) => [sort(page), page]));
  const out = new Set(chosen.values());
  for (let at = 0; out.size < Math.min(SAMPLE, pages.length); at += 1) out.add(pages[(at * 7919) % pages.length]);
  return [...out];
}

async function main() {
  fs.mkdirSync(shots, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
  const url = (page) => "file://" + path.resolve(site, page);
  let failed = 0;
  const fail = (text) => { failed += 1; console.log("FAILED  " + text); };
  const pages = sample();
  for (const colorScheme of ["light", "dark"]) {
    // The page's policy forbids scripts of others, so the checker runs with the policy set aside.
    const context = await browser.newContext({ colorScheme, bypassCSP: true, viewport: { width: 1280, height: 900 } });
    for (const page of pages) {
      const tab = await context.newPage();
      await tab.goto(url(page));
      await tab.evaluate(axe);
      const found = await tab.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      for (const one of found.violations) {
        fail(`${page} (${colorScheme}): ${one.id} (${one.impact}), ${one.nodes.length} times: ${one.nodes[0].html.slice(0, 160)}`);
      }
      await tab.close();
    }
    await context.close();
  }
  console.log(`axe-core: ${pages.length} pages, light and dark`);

  const plain = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  for (const page of pages) {
    const tab = await plain.newPage();
    tab.on("console", (message) => { if (message.type() === "error") fail(`${page}: ${message.text()}`); });
    tab.on("pageerror", (error) => fail(`${page}: ${error.message}`));
    tab.on("request", (request) => { if (!request.url().startsWith("file://")) fail(`${page} asks for ${request.url()}`); });
    await tab.goto(url(page));
    await tab.close();
  }
  console.log("no errors, nothing asked of the network");

  // Without script two editions are compared by a link alone.
  const still = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const compare = pages.find((page) => page.endsWith("compare.html"));
  if (compare) {
    const tab = await still.newPage();
    await tab.goto(url(compare));
    const all = await tab.locator(".steps > section:visible").count();
    const link = tab.locator("table.pairs tbody tr:nth-child(2) a").nth(1);
    if (await link.count()) {
      await link.click();
      const shown = await tab.locator(".steps > section:visible").count();
      if (shown !== 2) fail(`${compare}: a pair two steps apart shows ${shown} of ${all} steps`);
      await tab.screenshot({ path: path.join(shots, "compare.png") });
    }
  }

  // By keyboard: the first stop leads to the content, every stop can be seen.
  const tab = await plain.newPage();
  await tab.goto(url("index.html"));
  await tab.keyboard.press("Tab");
  const first = await tab.evaluate(() => document.activeElement.className);
  if (first !== "skip") fail(`index.html: the first stop is ${first}`);
  for (let stop = 0; stop < 15; stop += 1) {
    await tab.keyboard.press("Tab");
    const seen = await tab.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return document.activeElement === document.body || style.outlineStyle !== "none";
    });
    if (!seen) fail(`index.html: stop ${stop} cannot be seen`);
  }

  const looks = [
    ["wide", { viewport: { width: 1280, height: 900 } }],
    ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true }],
  ];
  const shown = ["index.html", ...["compare.html", "sentences.html"].map((name) => pages.find((page) => page.endsWith(name))),
    pages.find((page) => /^records\/.*\/index.html$/.test(page)), pages.find((page) => /as-of-/.test(page)),
    pages.filter((page) => page.startsWith("years/")).at(-1), pages.find((page) => page.startsWith("groups/"))].filter(Boolean);
  for (const [look, options] of looks) {
    const context = await browser.newContext(options);
    for (const page of shown) {
      const tab = await context.newPage();
      await tab.goto(url(page));
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 1) fail(`${page} (${look}): ${wide} px wider than the window`);
      await tab.screenshot({ path: path.join(shots, `${look}-${page.replace(/[^\w.-]/g, "_")}.png`) });
      if (look === "wide") await tab.pdf({ path: path.join(shots, `${page.replace(/[^\w.-]/g, "_")}.pdf`), format: "A4" });
      await tab.close();
    }
    await context.close();
  }
  await browser.close();
  console.log(`${failed ? "FAILED" : "ok"}  ${failed} faults; screenshots in ${shots}`);
  process.exit(failed ? 1 : 0);
}
main();
