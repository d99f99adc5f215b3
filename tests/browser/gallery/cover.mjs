// Makes README's picture of a gallery folder: My Account on a wide screen, and the sign-in page of a phone before it.
//
//   FONTCONFIG_FILE=$PWD/fonts.conf node cover.mjs GALLERY docs/pictures/pages.png
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [folder, out] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
});

async function shot(name, width, height, colorScheme, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, deviceScaleFactor: 2 });
  const page = await context.newPage();
  const html = readFileSync(join(folder, `${name}.html`), 'utf8');
  await page.setContent(html.replace(/<link rel="stylesheet"[^>]*>/, ''));
  await page.addStyleTag({ path: join(folder, 'style.css') });
  await prepare(page);
  const png = await page.screenshot();
  await context.close();
  return `data:image/png;base64,${png.toString('base64')}`;
}

try {
  const account = await shot('account.plain.en', 1120, 640, 'light', (page) => page.locator('.menu > button').click());
  const login = await shot('login.plain.en', 340, 600, 'dark');
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, deviceScaleFactor: 1.25 });
  await page.setContent(`<style>
    body { margin: 0; height: 760px; position: relative; overflow: hidden; background: linear-gradient(160deg, #dfe3fb, #aab5ef); }
    img { position: absolute; display: block; }
    .wide { left: 48px; top: 48px; width: 1120px; border-radius: 14px; }
    .wide { box-shadow: 0 0 0 1px rgb(20 24 60 / 8%), 0 30px 70px -20px rgb(20 24 60 / 40%); }
    .phone { right: 36px; bottom: 36px; width: 264px; border-radius: 28px; }
    .phone { box-shadow: 0 0 0 8px #1b1f2b, 0 30px 70px -10px rgb(20 24 60 / 60%); }
  </style><img class="wide" src="${account}"><img class="phone" src="${login}">`);
  await page.screenshot({ path: out });
} finally {
  await browser.close();
}
