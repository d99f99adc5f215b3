// Opens every page of a gallery folder (gallery.cpp) in Chromium, served with the same strict content security policy as Doorward's own
// answers, and looks for what must not be there: findings of axe-core, violations of the policy, sideways scrolling, more
// than 30 KB with style, scripts, icon and a person's picture, other than one h1. With a third argument, pictures are
// written to that folder instead.
//
//   node render.mjs GALLERY [PICTURES [NAME-PART]]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const [folder, pictures, part = ''] = process.argv.slice(2);
const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8')).filter(({ name }) => name.includes(part));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const most = 30_000;
const at_once = 2; // browser windows

const server = await serve(folder);
const { base } = server;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
});

// One after another, with as little change between them as can be.
const views = [
  { name: '360-light', width: 360, height: 740, scheme: 'light' },
  { name: '360-dark', width: 360, height: 740, scheme: 'dark' },
  { name: '1280-dark', width: 1280, height: 800, scheme: 'dark' },
  { name: '1280-light', width: 1280, height: 800, scheme: 'light' },
  { name: '768-light', width: 768, height: 900, scheme: 'light' },
];

// Where axe-core is asked: both colour schemes, the narrow and the wide layout. Its answers don't depend on the language.
const asked = new Set(['360-light', '1280-dark']);
const is_asked = ({ name }) => name.endsWith('.en') && !pictures;

// Each page is loaded once, in a window that takes on one view after another. `run` is called for each of them. axe-core comes
// by the debugger's own way: the page's policy stays as strict as it is.
async function visit(items, script, run) {
  const context = await browser.newContext({ reducedMotion: 'reduce', deviceScaleFactor: pictures ? 1.5 : 1 });
  const page = await context.newPage();
  if (script) await page.addInitScript(script);
  let now = {};
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  // The page before may have been left while it still loaded its icon.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') said.push(`couldn't load ${request.url()}`);
  });
  page.on('response', (response) => response.status() === 200 || said.push(`${response.status()} ${response.url()}`));
  for (let item = items.shift(); item; item = items.shift()) {
    said.length = 0;
    await page.goto(`${base}${item.name}.html`, { waitUntil: 'load' });
    const menu = page.locator('.menu > button');
    if (/^(account|menu)\./.test(item.name) && await menu.count()) await menu.click();
    for (const view of views) {
      if (now.width !== view.width) await page.setViewportSize({ width: view.width, height: view.height });
      if (now.scheme !== view.scheme) await page.emulateMedia({ colorScheme: view.scheme });
      now = view;
      await run(page, item, said, view);
      said.length = 0; // what axe-core makes the browser say isn't the page's
    }
  }
  await context.close();
}

// Runs in the page.
async function shape_of(asks_axe) {
  const is_wrong = document.querySelector('[aria-invalid], .message.danger[role=alert]') !== null;
  const shape = {
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    headings: document.querySelectorAll('h1').length,
    title: document.title.trim(),
    untold: document.querySelector('[aria-invalid]') !== document.querySelector('[autofocus]'), // where it is, the focus goes
    unsaid: is_wrong !== /^(Error|Fehler): /.test(document.title),
    folded: innerWidth <= 768 && [...document.querySelectorAll('.tabs a')].some((link) => !link.checkVisibility()),
    scripts: [...document.scripts].filter((script) => !script.src || script.textContent).length,
    violations: [],
  };
  if (!asks_axe) return shape;
  const found = await window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
  });
  shape.violations = found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html.slice(0, 160)) }));
  return shape;
}

async function faultsOf(page, item, said, view) {
  const faults = said.map((text) => `says ${text}`);
  if (item.bytes > most) faults.push(`${item.bytes} bytes with all that it shows, more than ${most}`);
  const shape = await page.evaluate(shape_of, is_asked(item) && asked.has(view.name));
  if (shape.wide) faults.push('scrolls sideways');
  if (shape.headings !== 1) faults.push(`${shape.headings} h1`);
  if (!shape.title) faults.push('no title');
  if (shape.untold) faults.push('the first wrong field has no focus');
  if (shape.unsaid) faults.push('the title says that something is wrong where nothing is, or the other way round');
  if (shape.folded) faults.push('a page of My Account is folded away where there is no room to open it');
  if (shape.scripts) faults.push('holds a script of its own');
  for (const { id, help, nodes } of shape.violations) {
    // A letter has no landmarks: mail programs show it within a page of theirs.
    if (item.page === 'mail' && ['region', 'landmark-one-main'].includes(id)) continue;
    faults.push(`${id}: ${help}: ${nodes.join(' | ')}`);
  }
  return faults;
}

let failed = 0;
try {
  if (list.length === 0) throw new Error(`${folder} holds no pages`);
  if (pictures) mkdirSync(pictures, { recursive: true });
  const look = async (page, item, said, view) => {
    if (pictures) {
      await page.screenshot({ path: join(pictures, `${item.name}.${view.name}.png`), fullPage: true });
      return;
    }
    for (const fault of await faultsOf(page, item, said, view)) {
      console.error(`${item.name} at ${view.name}: ${fault}`);
      failed += 1;
    }
  };
  for (const script of [axe, null]) {
    const items = list.filter((item) => is_asked(item) === Boolean(script));
    await Promise.all(Array.from({ length: at_once }, () => visit(items, script, look)));
  }
  const largest = Math.max(...list.map(({ bytes }) => bytes));
  console.log(`${list.length} pages at ${views.length} sizes, ${failed} faults; largest ${largest} bytes`);
} finally {
  await browser.close();
  server.close();
}
process.exit(failed ? 1 : 0);
