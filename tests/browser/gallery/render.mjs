// Opens every page of a gallery folder (gallery.cpp) in Chromium, served with the same strict content security policy as Doorward's own
// answers, and looks for what must not be there: findings of axe-core, violations of the policy, sideways scrolling, more
// than 30 KB, other than one h1. With a third argument, pictures are written to that folder instead.
//
//   node render.mjs GALLERY [PICTURES [NAME-PART]]
import { createServer } from 'node:http';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [folder, pictures, part = ''] = process.argv.slice(2);
const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8')).filter(({ name }) => name.includes(part));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const letterPolicy = "default-src 'none'; style-src 'unsafe-inline'";
const most = 30_000;

const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const server = createServer((request, response) => {
  const name = request.url.slice(1).split('?')[0];
  const type = types[name.slice(name.lastIndexOf('.'))];
  if (!/^[\w.]+$/.test(name) || !type) return response.writeHead(404).end();
  try {
    const allowed = name.startsWith('mail_') ? letterPolicy : policy;
    response.writeHead(200, { 'content-type': type, 'content-security-policy': allowed });
    response.end(readFileSync(join(folder, name)));
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const base = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
});

const views = [
  { name: '360-light', width: 360, height: 740, scheme: 'light' },
  { name: '360-dark', width: 360, height: 740, scheme: 'dark' },
  { name: '768-light', width: 768, height: 900, scheme: 'light' },
  { name: '1280-light', width: 1280, height: 800, scheme: 'light' },
  { name: '1280-dark', width: 1280, height: 800, scheme: 'dark' },
];

// Where axe-core is asked: both colour schemes, the narrow and the wide layout. Its answers don't depend on the language.
const asked = new Set(['en 360-light', 'en 1280-dark']);

async function open(view, run) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height }, colorScheme: view.scheme, reducedMotion: 'reduce',
    deviceScaleFactor: pictures ? 1.5 : 1,
  });
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  // The page before may have been left while it still loaded its icon.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') said.push(`couldn't load ${request.url()}`);
  });
  page.on('response', (response) => response.status() === 200 || said.push(`${response.status()} ${response.url()}`));
  for (const item of list) {
    said.length = 0;
    await page.goto(`${base}${item.name}.html`, { waitUntil: 'load' });
    const menu = page.locator('details.menu > summary, doorward-menu summary');
    if (await menu.count() && /^(account|menu)\./.test(item.name)) await menu.click();
    await run(page, item, said);
  }
  await context.close();
}

async function faultsOf(page, item, said, view) {
  const faults = said.map((text) => `says ${text}`);
  if (item.bytes > most) faults.push(`${item.bytes} bytes with its style sheet, more than ${most}`);
  const shape = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    headings: document.querySelectorAll('h1').length,
    title: document.title.trim(),
    scripts: [...document.scripts].filter((script) => !script.src || script.textContent).length,
  }));
  if (shape.wide) faults.push('scrolls sideways');
  if (shape.headings !== 1) faults.push(`${shape.headings} h1`);
  if (!shape.title) faults.push('no title');
  if (shape.scripts) faults.push('holds a script of its own');
  if (!asked.has(`${item.name.split('.').pop()} ${view.name}`)) return faults;
  // A string that is evaluated by the debugger's own way: the page's policy stays as strict as it is.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
  }));
  for (const { id, help, nodes } of found.violations) {
    // A letter has no landmarks: mail programs show it within a page of theirs.
    if (item.page === 'mail' && ['region', 'landmark-one-main'].includes(id)) continue;
    faults.push(`${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  }
  return faults;
}

let failed = 0;
try {
  if (list.length === 0) throw new Error(`${folder} holds no pages`);
  if (pictures) mkdirSync(pictures, { recursive: true });
  for (const view of views) {
    await open(view, async (page, item, said) => {
      if (pictures) {
        await page.screenshot({ path: join(pictures, `${item.name}.${view.name}.png`), fullPage: true });
        return;
      }
      for (const fault of await faultsOf(page, item, said, view)) {
        console.error(`${item.name} at ${view.name}: ${fault}`);
        failed += 1;
      }
    });
  }
  const largest = Math.max(...list.map(({ bytes }) => bytes));
  console.log(`${list.length} pages at ${views.length} sizes, ${failed} faults; largest ${largest} bytes`);
} finally {
  await browser.close();
  server.close();
}
process.exit(failed ? 1 : 0);
