// Somebody with a browser: looks at every page that they come to. On each new page axe must find nothing, in light and in
// dark; nothing may come from elsewhere, break the page's security policy or weigh too much; pictures are taken.
import axe from "axe-core";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const problems = [];
const all_widths = [360, 768, 1280];
const largest_page = 30 * 1024; // bytes, everything that it loads
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function open_browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server"],
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost", // nothing leaves this machine
    ],
  });
}

export class Visitor {
  // `pictures`: the folder for them, one of each width; none are taken, and axe isn't asked, where it is null.
  constructor(stack, context, page, pictures, widths) {
    Object.assign(this, { stack, context, page, pictures, widths, seen: new Set(), bytes: 0 });
  }

  static async arrive(browser, stack, { pictures = null, widths = all_widths, script = true, locale = "en-GB" } = {}) {
    const context = await browser.newContext({
      javaScriptEnabled: script,
      locale,
      viewport: { width: 1280, height: 900 },
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const visitor = new Visitor(stack, context, page, pictures, widths);
    Visitor.last = visitor;
    page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      const text = message.text();
      // The browser's own note that a page was answered with 4xx, which the story asks for.
      if (message.type() === "error" && !text.startsWith("Failed to load resource")) problems.push(`${page.url()}: ${text}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(stack.url) && !request.url().startsWith("data:")) {
        problems.push(`${page.url()} asks for ${request.url()}`);
      }
    });
    page.on("requestfinished", async (request) => {
      const sizes = await request.sizes().catch(() => null);
      if (sizes) visitor.bytes += sizes.responseBodySize;
    });
    return visitor;
  }

  async leave() {
    await this.context.close();
  }

  // For whoever reads why the story broke off.
  async surroundings() {
    const text = await this.page.locator("body").innerText().catch(() => "");
    return `at ${this.page.url()}:\n${text}`;
  }

  path() {
    const url = new URL(this.page.url());
    return url.pathname + url.search;
  }

  heading() {
    return this.page.locator("h1").first().innerText();
  }

  async open(path) {
    return this.page.goto(path.startsWith("http") ? path : this.stack.url + path);
  }

  async fill(fields) {
    for (const [name, value] of Object.entries(fields)) await this.page.locator(`main [name="${name}"]`).fill(value);
  }

  // Presses the form's own button and waits for the page that comes.
  async submit() {
    await Promise.all([this.page.waitForLoadState("load"), this.page.locator('main button[type="submit"]').first().click()]);
    await this.page.waitForLoadState("load");
  }

  async follow(locator) {
    await locator.click();
    await this.page.waitForLoadState("load");
  }

  // The page that is open now, under a name: examined the first time.
  async look(name) {
    if (!this.pictures || this.seen.has(name)) return;
    this.seen.add(name);
    await this.weigh(name);
    for (const scheme of ["light", "dark"]) {
      await this.page.emulateMedia({ colorScheme: scheme });
      await this.page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
      await this.ask_axe(name, scheme);
      await this.take_pictures(name, scheme);
    }
    await this.page.emulateMedia({ colorScheme: "light" });
    await this.page.setViewportSize({ width: 1280, height: 900 });
  }

  async weigh(name) {
    if (!this.path().startsWith("/account") && !this.path().startsWith("/backup-login")) return;
    const sizes = await this.page.evaluate(() =>
      [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map((entry) => entry.decodedBodySize),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total === 0 || total > largest_page) problems.push(`${name}: ${total} bytes; between 1 and ${largest_page} were expected`);
  }

  async ask_axe(name, scheme) {
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(`${axe.source}; undefined`);
    const found = await this.page.evaluate((values) => window.axe.run(document, { runOnly: { type: "tag", values } }), rules);
    if (found.passes.length === 0) problems.push(`${name}: axe looked at nothing`);
    for (const violation of found.violations) {
      const where = violation.nodes.map((node) => node.target.join(" ")).join(", ");
      problems.push(`${name}, ${scheme}: ${violation.id}: ${violation.help} (${where})`);
    }
  }

  async take_pictures(name, scheme) {
    await mkdir(this.pictures, { recursive: true });
    for (const width of this.widths) {
      await this.page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
      const wider = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wider > 0) problems.push(`${name}: ${wider} pixels wider than a window of ${width}`);
      await this.page.screenshot({ path: join(this.pictures, `${name}-${scheme}-${width}.png`) });
    }
  }
}
