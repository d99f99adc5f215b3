// Makes the pictures of docs/guides/pages.md of a gallery folder: each page on a wide screen, light, and on a phone, dark.
//
//   FONTCONFIG_FILE=fonts.conf node album.mjs GALLERY docs/pictures/pages [NAME...]
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [folder, out, ...only] = process.argv.slice(2);
const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8')).map(({ name }) => name);
const names = list.filter((name) => name.endsWith('.plain.en') && !name.startsWith('mail_'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
});

async function shot(name, viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  const inline = (html, sheet) => html.replace(`<link rel="stylesheet" href="/${sheet}">`, `<style>${readFileSync(join(folder, sheet), 'utf8')}</style>`);
  await page.setContent(inline(readFileSync(join(folder, `${name}.html`), 'utf8'), 'style.css'));
  const png = await page.screenshot();
  await context.close();
  return `data:image/png;base64,${png.toString('base64')}`;
}

try {
  mkdirSync(out, { recursive: true });
  for (const name of names) {
    const page = name.split('.')[0];
    if (only.length > 0 && !only.includes(page)) continue;
    const wide = await shot(name, { width: 1040, height: 680 }, 'light');
    const narrow = await shot(name, { width: 360, height: 680 }, 'dark');
    const album = await browser.newPage({ viewport: { width: 1460, height: 720 } });
    await album.setContent(`<style>
      body { margin: 0; padding: 20px; display: flex; gap: 20px; background: #dfe3ee; }
      img { display: block; border-radius: 10px; box-shadow: 0 0 0 1px rgb(20 24 60 / 10%); }
    </style><img src="${wide}"><img src="${narrow}">`);
    await album.screenshot({ path: join(out, `${page}.jpg`), type: 'jpeg', quality: 84 });
    await album.close();
    console.log(page);
  }
} finally {
  await browser.close();
}
