// Makes the pictures of docs/guides/pages.md of a gallery folder: each page on a wide screen, light, and on a phone, dark.
//
//   FONTCONFIG_FILE=$PWD/fonts.conf node album.mjs GALLERY docs/pictures/pages [PAGE...]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const [folder, out, ...only] = process.argv.slice(2);
const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8')).map(({ name }) => name);
const telling = { notifications: 'sites', two_factor: 'on' }; // these show more than their plain case
const wide = { width: 820, scheme: 'light' };
const narrow = { width: 360, scheme: 'dark' };
const [lowest, highest] = [460, 1100]; // of a window
const gap = 20;
const scale = 1; // smaller than this letters aren't sharp
const picture_width = scale * (wide.width + narrow.width + 3 * gap);

const server = await serve(folder);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
});

async function open(page, { width, scheme }) {
  const context = await browser.newContext({ viewport: { width, height: lowest }, colorScheme: scheme, deviceScaleFactor: scale });
  const tab = await context.newPage();
  await tab.goto(`${server.base}${page}.${telling[page] ?? 'plain'}.en.html`);
  if (page === 'menu') await tab.locator('doorward-menu .menu > button').click();
  return { tab, width, height: await tab.evaluate(() => document.documentElement.scrollHeight) };
}

// As small as it is shown, so that letters are sharp.
async function shot({ tab, width }, height) {
  await tab.setViewportSize({ width, height });
  const png = await tab.screenshot();
  await tab.context().close();
  return `<img width="${width * scale}" src="data:image/png;base64,${png.toString('base64')}">`;
}

// WebP, which the browser writes by the debugger's own way only.
async function webp(tab) {
  const session = await tab.context().newCDPSession(tab);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  return Buffer.from(data, 'base64');
}

async function album(page) {
  const windows = [await open(page, wide), await open(page, narrow)];
  const height = Math.min(Math.max(lowest, ...windows.map((window) => window.height)), highest);
  const tab = await browser.newPage({
    viewport: { width: picture_width, height: Math.ceil((height + 2 * gap) * scale) },
  });
  const images = [await shot(windows[0], height), await shot(windows[1], height)];
  await tab.setContent(`<style>
    body { margin: 0; padding: ${gap * scale}px; display: flex; gap: ${gap * scale}px; background: #dfe3ee; }
    img { display: block; border-radius: 6px; box-shadow: 0 0 0 1px rgb(20 24 60 / 10%); }
  </style>${images.join('')}`);
  const bytes = await webp(tab);
  await tab.close();
  writeFileSync(join(out, `${page}.webp`), bytes);
  return bytes.length;
}

try {
  mkdirSync(out, { recursive: true });
  const pages = list.filter((name) => name.endsWith('.plain.en') && !name.startsWith('mail_')).map((name) => name.split('.')[0]);
  let total = 0;
  for (const page of pages) {
    if (only.length === 0 || only.includes(page)) total += await album(page);
  }
  console.log(`${pages.length} pages, ${total} bytes`);
} finally {
  await browser.close();
  server.close();
}
