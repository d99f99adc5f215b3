// What a person plays in a browser against a real server, scene by scene: begins the demonstration, says how long each scene took or why
// it broke off, and ends with what the browser, the looks at pages and the server's log have complained about.
import assert from "node:assert/strict";
import { join } from "node:path";
import { root, start } from "./stack.mjs";
import { Visitor, open_browser, problems } from "./visitor.mjs";

export const build = process.env.DOORWARD_BUILD ?? join(root, "build/dev");

export async function scene(name, play) {
  const began = Date.now();
  await play().catch(async (error) => {
    throw new Error(`${name} broke off ${await Visitor.last.surroundings()}`, { cause: error });
  });
  console.log(`${name} (${Date.now() - began} ms)`);
}

export async function told_at_field(visitor, name) {
  const marked = visitor.page.locator(`[name="${name}"][aria-invalid="true"]`);
  assert.equal(await marked.count(), 1, `what is wrong with ${name} is told at its field`);
  if ((await marked.getAttribute("type")) === "password") assert.equal(await marked.inputValue(), "", "no password comes back");
}

// `expected`: lines of the server's log that look like faults, and belong to what is played.
export async function perform(server, pictures, play, expected = /(?!)/) {
  const stack = await start(build, server);
  let browser;
  let failed = false;
  try {
    browser = await open_browser();
    await play(browser, stack);
    const faults = (await stack.log())
      .split("\n")
      .filter((line) => /[[:](alert|emerg|crit|error)\]|open socket/.test(line) && !expected.test(line));
    problems.push(...faults.map((line) => `${server}: ${line}`));
  } catch (error) {
    failed = true;
    console.error(error);
    console.error(await stack.log().catch(() => ""));
  } finally {
    await browser?.close();
    await stack.stop();
  }
  for (const problem of new Set(problems)) console.error(problem);
  console.log(`${problems.length} problems; pictures in ${pictures}`);
  process.exit(failed || problems.length > 0 ? 1 : 0);
}
