// Serves a gallery folder (gallery.cpp) to a browser, with the same strict content security policy as Doorward's own answers.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page_policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const letter_policy = "default-src 'none'; style-src 'unsafe-inline'";
const types = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.webp': 'image/webp',
};

export async function serve(folder) {
  const server = createServer((request, response) => {
    const name = request.url.slice(1).split('?')[0];
    const type = types[name.slice(name.lastIndexOf('.'))];
    if (!/^[\w.]+$/.test(name) || !type) return response.writeHead(404).end();
    try {
      const bytes = readFileSync(join(folder, name));
      const policy = name.startsWith('mail_') ? letter_policy : page_policy;
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { base: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
