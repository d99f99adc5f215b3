// Everything a person manages about themselves, in one sitting, in a browser, against the real nginx: profile with picture, addresses,
// preferences, a second factor with oathtool as the authenticator, devices, activity, export; and at the end the account goes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root, start } from "./stack.mjs";
import { Visitor, open_browser, problems } from "./visitor.mjs";

const build = process.env.DOORWARD_BUILD ?? join(root, "build/dev");
const pictures = join(build, "pictures-my-account");
const password = "a quiet tern over the skerry";
const person = { name: "Mira Lindqvist", email: "mira@example.org" };
const spare = "mira.lindqvist@work.example";

async function scene(name, play) {
  const began = Date.now();
  await play().catch(async (error) => {
    throw new Error(`${name} broke off ${await Visitor.last.surroundings()}`, { cause: error });
  });
  console.log(`${name} (${Date.now() - began} ms)`);
}

const saved = async (visitor) => assert.ok(await visitor.page.getByRole("status").first().isVisible(), "what was done is said");
const press = (visitor, name) => visitor.follow(visitor.page.locator("main").getByRole("button", { name }));
const choose = (visitor, name) => visitor.follow(visitor.page.locator("main").getByRole("link", { name }).first());
const tab = (visitor, name) => visitor.follow(visitor.page.getByRole("navigation").getByRole("link", { name, exact: true }));

async function sign_up(visitor) {
  await visitor.open("/account/signup");
  await visitor.fill({ ...person, password });
  await visitor.submit();
  const { code } = await visitor.stack.mail(person.email, /Confirm/);
  await visitor.fill({ code });
  await visitor.submit();
  await visitor.open("/account");
  assert.equal(await visitor.heading(), person.name);
}

async function profile(visitor) {
  await tab(visitor, "Profile");
  await visitor.fill({ phone: "0", time_zone: "Europe/Nowhere" });
  await press(visitor, "Save");
  for (const name of ["phone", "time_zone"])
    assert.equal(await visitor.page.locator(`[name="${name}"][aria-invalid="true"]`).count(), 1, `${name} is refused at its field`);
  await visitor.look("profile-refused");
  await visitor.fill({ phone: "+46 8 123 456 00", time_zone: "stockholm" });
  await press(visitor, "Save");
  await saved(visitor);
  assert.equal(await visitor.page.locator('[name="time_zone"]').inputValue(), "Europe/Stockholm");
  // A picture that the browser draws, as somebody would choose it.
  const png = await visitor.page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 400 } });
  await visitor.page.locator('input[type="file"]').setInputFiles({ name: "../me.png", mimeType: "image/png", buffer: png });
  await press(visitor, /upload/i);
  await saved(visitor);
  const picture = visitor.page.locator(".menu summary img");
  assert.ok(await picture.evaluate((image) => image.complete && image.naturalWidth > 0), "the picture is shown");
  await visitor.look("profile");
}

async function emails(visitor) {
  await tab(visitor, "Emails & notifications");
  await visitor.look("emails");
  await choose(visitor, /add/i);
  await visitor.fill({ email: spare });
  await visitor.submit();
  await visitor.look("emails-waiting");
  const mail = await visitor.stack.mail(spare, /./);
  await visitor.open(mail.link);
  assert.ok(!visitor.page.url().includes("token="), "the token is out of the address");
  await visitor.look("email-confirm");
  await visitor.submit();
  await visitor.open("/account/emails");
  assert.match(await visitor.page.locator("main").innerText(), new RegExp(spare));
  await choose(visitor, new RegExp(`primary.*${spare}|${spare}.*primary`, "i"));
  await visitor.look("emails-primary");
  await visitor.submit();
  await visitor.look("emails-changed");
  const notice = await visitor.stack.mail(person.email, /address/i);
  await visitor.open(notice.link);
  await visitor.look("email-undo");
}

async function preferences(visitor) {
  await visitor.open("/account/preferences");
  await visitor.page.getByLabel(/12/).check();
  await visitor.page.getByLabel(/dark/i).check();
  await press(visitor, /save/i);
  await saved(visitor);
  const ground = await visitor.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.match(ground, /rgb\((\d|1\d|2\d), /, "dark, though the system is light");
  await visitor.look("preferences");
  await visitor.page.getByLabel(/system/i).check();
  await press(visitor, /save/i);
  await visitor.open("/account/notifications");
  await visitor.look("notifications");
}

async function second_factor(visitor) {
  await visitor.open("/account/security");
  await visitor.look("security");
  await visitor.open("/account/two-factor");
  await visitor.look("two-factor-off");
  await visitor.page.getByRole("checkbox").check();
  await press(visitor, "Save");
  await visitor.follow(visitor.page.getByRole("link", { name: "Verify" }));
  await visitor.look("two-factor-verify");
  const secret = (await visitor.page.locator("code.secret").innerText()).replace(/\s/g, "");
  const token = () => execFileSync("oathtool", ["--totp", "--base32", secret], { encoding: "utf8" }).trim();
  await visitor.fill({ code: token() });
  await visitor.submit();
  await visitor.look("recovery-codes");
  const codes = await visitor.page.locator("#codes li").allInnerTexts();
  assert.equal(codes.length, 10);
  await visitor.open("/account/two-factor");
  await visitor.look("two-factor-on");
  await visitor.page.locator("details.menu > summary").click();
  await visitor.follow(visitor.page.locator('details.menu button[type="submit"]'));
  await visitor.open("/account/login");
  await visitor.fill({ identifier: spare, password });
  await visitor.submit();
  await visitor.look("second-factor");
  await visitor.open("/members/");
  assert.match(visitor.path(), /^\/account\/login/, "the password alone opens nothing");
  await visitor.fill({ identifier: spare, password });
  await visitor.submit();
  await visitor.page.locator("details.other-way summary").click();
  await visitor.page.locator('details.other-way input[type="text"]').fill(codes[0]);
  await visitor.page.locator('details.other-way button[type="submit"]').click();
  await visitor.page.waitForLoadState("load");
  await visitor.open("/account/two-factor");
  assert.match(await visitor.page.locator("main").innerText(), /\b9\b/, "one recovery code is used up");
}

async function looking_back(visitor) {
  await visitor.open("/account/activity");
  assert.match(await visitor.page.locator("main").innerText(), /[AP]M/, "times are by the chosen clock");
  await visitor.look("activity");
  await visitor.open("/account/sessions");
  await visitor.look("sessions");
}

async function leave(visitor) {
  await visitor.open("/account/export");
  await visitor.look("export");
  const [download] = await Promise.all([visitor.page.waitForEvent("download"), visitor.page.locator('main button[type="submit"]').click()]);
  const data = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.match(JSON.stringify(data), new RegExp(spare));
  assert.doesNotMatch(JSON.stringify(data), /argon2/);
  await visitor.open("/account/deletion");
  await visitor.look("deletion");
}

const stack = await start(build);
let browser;
let failed = false;
try {
  browser = await open_browser();
  const visitor = await Visitor.arrive(browser, stack, { pictures });
  await scene("signs up", () => sign_up(visitor));
  await scene("profile", () => profile(visitor));
  await scene("emails", () => emails(visitor));
  await scene("preferences", () => preferences(visitor));
  await scene("a second factor", () => second_factor(visitor));
  await scene("activity and devices", () => looking_back(visitor));
  await scene("export, and the way out", () => leave(visitor));
  await visitor.leave();
  const faults = (await stack.log()).split("\n").filter((line) => /[[:](alert|emerg|crit|error)\]|open socket/.test(line));
  problems.push(...faults.map((line) => `nginx: ${line}`));
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
