// Reads every page and letter of a gallery folder (gallery.cpp) without a browser: pages are valid HTML as html-validate has it; a
// letter's text part says everything by itself, its HTML part says nothing else and fetches nothing from anywhere.
//
//   node valid.mjs GALLERY          node valid.mjs --self-test
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HtmlValidate } from 'html-validate';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard'],
  rules: {
    'long-title': 'off', // a site's name may be long
    'no-inline-style': 'off', // letters have nothing else; pages can't, by their own check
    'require-sri': 'off', // everything is of the same origin
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'doctype-style': 'off', // "doctype" as HTML's own serialization has it
    'svg-focusable': 'off', // some older readers need it
    'wcag/h32': 'off', // a form that is one button in a list has it
  },
});

async function faults_of_page(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap(({ messages }) =>
    messages.filter(({ severity }) => severity > 1).map(({ line, ruleId, message }) => `line ${line}: ${ruleId}: ${message}`));
}

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&nbsp;': ' ' };
const decoded = (text) => text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (entity) => entities[entity]);
const squeezed = (text) => decoded(text).replace(/\s+/g, ' ').trim();

function faults_of_letter(html, text) {
  const faults = [];
  const fetched = /<(?:img|iframe|object|embed|video|audio|source|script|link)\b|\bsrc\s*=|\bbackground\s*=|url\(|@import/i.exec(html);
  if (fetched) faults.push(`fetches something: ${html.slice(fetched.index, fetched.index + 60)}`);
  const plain = squeezed(text);
  for (const [, address] of html.matchAll(/href="([^"]*)"/g)) {
    const target = decoded(address).replace(/^mailto:/, '');
    if (!plain.includes(target)) faults.push(`the text part lacks ${target}`);
  }
  // A link's own words stand for its address, which was looked for above.
  const body = html.replace(/<head[^]*?<\/head>/i, '').replace(/<a\b[^]*?<\/a>/gi, '');
  for (const block of body.split(/<\/?(?:p|td|tr|table|div|h\d|body|html|br)\b[^>]*>/i)) {
    const said = squeezed(block.replace(/<[^>]*>/g, ''));
    if (said && !plain.includes(said)) faults.push(`the text part doesn't say "${said}"`);
  }
  if (/<[a-z/][^>@]*>/i.test(text)) faults.push('the text part holds markup');
  return faults;
}

async function self_test() {
  const page = (body) => `<!doctype html><html lang="en"><head><title>x</title></head><body>${body}</body></html>`;
  assert.deepEqual(await faults_of_page(page('<p>y</p>')), []);
  assert.match((await faults_of_page(page('<p><div>y</div></p>'))).join(), /close-order|no-implicit-close|element-permitted/);
  assert.match((await faults_of_page(page('<i id="a"></i><b id="a"></b>'))).join(), /no-dup-id/);
  assert.deepEqual(faults_of_letter('<p>Hello</p><a href="https://x.example/?a=1&amp;b=2">', 'Hello\nhttps://x.example/?a=1&b=2'), []);
  assert.match(faults_of_letter('<p>Only here</p>', 'Hello').join(), /doesn't say "Only here"/);
  assert.match(faults_of_letter('<a href="https://x.example/">', 'Hello').join(), /lacks https/);
  assert.match(faults_of_letter('<img src="https://x.example/p.png">', '').join(), /fetches/);
  assert.match(faults_of_letter('<p style="background:url(x)">', '').join(), /fetches/);
  assert.match(faults_of_letter('', '<b>Hello</b>').join(), /markup/);
}

if (process.argv[2] === '--self-test') {
  await self_test();
  process.exit(0);
}
const folder = process.argv[2];
const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8'));
if (list.length === 0) throw new Error(`${folder} holds no pages`);
let failed = 0;
for (const { name, page } of list) {
  const html = readFileSync(join(folder, `${name}.html`), 'utf8');
  const faults = page === 'mail' ? faults_of_letter(html, readFileSync(join(folder, `${name}.txt`), 'utf8')) : await faults_of_page(html);
  for (const fault of faults) console.error(`${name}: ${fault}`);
  failed += faults.length;
}
console.log(`${list.length} pages and letters, ${failed} faults`);
process.exit(failed ? 1 : 0);
