// Everything a person manages about themselves, in one sitting, in a browser, against the real nginx: profile with picture, addresses,
// notifications, preferences, a second factor with oathtool as the authenticator, devices, activity, export; and at the end
// the account goes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, perform, scene, told_at_field } from "./play.mjs";
import { until } from "./stack.mjs";
import { Visitor } from "./visitor.mjs";

const pictures = join(build, "pictures-my-account");
const password = "a quiet tern over the skerry";
const person = { name: "Mira Lindqvist", email: "mira@example.org" };
const spare = "mira.lindqvist@work.example";

const main = (visitor) => visitor.page.locator("main");
const text = (visitor) => main(visitor).innerText();
const press = (visitor, name) => visitor.follow(main(visitor).getByRole("button", { name, exact: true }));
const choose = (visitor, name) => visitor.follow(main(visitor).getByRole("link", { name, exact: true }));
const tab = (visitor, name) => visitor.follow(visitor.page.getByRole("navigation").getByRole("link", { name, exact: true }));

async function said(visitor, what) {
  assert.match(await main(visitor).getByRole("status").first().innerText(), what, "what was done is said");
}

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
  for (const name of ["phone", "time_zone"]) await told_at_field(visitor, name);
  await visitor.fill({ phone: "+46 8 123 456 00", time_zone: "stockholm" });
  await press(visitor, "Save");
  await said(visitor, /Saved/);
  assert.equal(await visitor.page.locator('[name="time_zone"]').inputValue(), "Europe/Stockholm");
  await visitor.page.locator('[name="time_zone"]').focus();
  await visitor.page.locator('datalist option[value="America/New York"]').waitFor({ state: "attached" });
}

async function picture(visitor) {
  const shown = visitor.page.locator(".menu > button img");
  const file = visitor.page.locator('input[type="file"]');
  await visitor.fill({ name: "Ada, Countess of Lovelace" });
  const is_there_again = async () => assert.equal(await visitor.page.locator('[name="name"]').inputValue(), "Ada, Countess of Lovelace");
  await file.setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") });
  await press(visitor, "Upload");
  await told_at_field(visitor, "picture");
  await is_there_again();
  // What the browser draws, as somebody would choose it.
  const buffer = await visitor.page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 400 } });
  await file.setInputFiles({ name: "camera.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(7 * 1024 * 1024) });
  await press(visitor, "Upload");
  await told_at_field(visitor, "picture");
  await visitor.look("profile-picture-too-large");
  await file.setInputFiles({ name: "me.png", mimeType: "image/png", buffer });
  await press(visitor, "Upload");
  await said(visitor, /picture is saved/);
  assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth > 0), "the picture is shown");
  await is_there_again();
  await visitor.look("profile-picture");
  await press(visitor, "Remove");
  await said(visitor, /picture is removed/);
  assert.equal(await shown.count(), 0, "the initials are shown again");
  await is_there_again();
  await visitor.page.reload();
  assert.notEqual(await visitor.page.locator('[name="name"]').inputValue(), "Ada, Countess of Lovelace", "nothing was saved");
}

async function add_address(visitor) {
  await tab(visitor, "E-mails & notifications");
  await choose(visitor, "Add an address");
  await visitor.fill({ email: spare });
  await press(visitor, "Send message");
  await said(visitor, /sent a message/);
  await visitor.look("emails-waiting");
  const { link } = await visitor.stack.mail(spare, /Confirm/);
  await visitor.open(link);
  assert.ok(!visitor.page.url().includes("token="), "the token is out of the address");
  await visitor.look("email-confirm");
  await press(visitor, "Confirm");
  await said(visitor, /address is confirmed/);
  await visitor.stack.mail(person.email, /was added/);
}

async function change_addresses(visitor) {
  await choose(visitor, `Make primary: ${spare}`);
  await visitor.look("emails-primary");
  await press(visitor, "Make it primary");
  await said(visitor, /primary address is changed/);
  assert.match(await text(visitor), new RegExp(`${spare}\\s+Primary`));
  await visitor.look("emails");
  const notice = await visitor.stack.mail(person.email, /was changed/);
  await visitor.open(notice.link);
  await visitor.look("email-undo");
  await visitor.open("/account/emails");
  await choose(visitor, `Remove ${person.email}`);
  await press(visitor, "Remove address");
  await said(visitor, /address is removed/);
  assert.ok(!(await text(visitor)).includes(person.email), "the address is gone");
  await visitor.stack.mail(person.email, /was removed/);
}

async function notifications(visitor) {
  await tab(visitor, "Notifications");
  await visitor.page.emulateMedia({ forcedColors: "active" });
  const underlined = visitor.page.locator(".subnav a").evaluateAll((links) =>
    links.filter((link) => getComputedStyle(link).textDecorationLine === "underline").map((link) => link.textContent));
  assert.deepEqual(await underlined, ["Notifications"], "where colours are the system's, one page is the present one");
  await visitor.page.emulateMedia({ forcedColors: "none" });
  const box = main(visitor).getByRole("checkbox").first();
  assert.ok(await box.isChecked(), "e-mails come until somebody says otherwise");
  await box.uncheck();
  await press(visitor, "Save");
  await said(visitor, /choice is saved/);
  assert.ok(!(await box.isChecked()));
  await visitor.look("notifications");
}

const ground = (visitor) => visitor.page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function preferences(visitor) {
  await tab(visitor, "Preferences");
  await main(visitor).locator('[name="clock"][value="12"]').check();
  await main(visitor).locator('[name="theme"][value="dark"]').check();
  await main(visitor).locator('[name="language"]').selectOption("de");
  await press(visitor, "Save");
  assert.equal(await visitor.page.locator("html").getAttribute("lang"), "de", "in German, though the browser asks for English");
  assert.match(await ground(visitor), /rgb\(\d{1,2}, \d{1,2}, \d{1,2}\)/, "dark, though the system is light");
  await visitor.look("preferences-german-dark");
  await main(visitor).locator('[name="theme"][value="system"]').check();
  await main(visitor).locator('[name="language"]').selectOption("");
  await visitor.submit();
  await said(visitor, /preferences are saved/);
  assert.match(await ground(visitor), /rgb\(2\d\d, 2\d\d, 2\d\d\)/, "light again");
}

const authenticator = { secret: "", newest: 0 };

// What the application shows in this half minute, or has shown in the one before. A token is good for one sign-in, and none is
// good that is older than what was used: whoever has used one waits for the next.
async function token(earlier = 0) {
  const step = () => Math.floor(Date.now() / 30_000) - earlier;
  await until("the next token", () => step() > authenticator.newest && Date.now() % 30_000 < 25_000, 40);
  authenticator.newest = step();
  const at = `@${authenticator.newest * 30}`;
  return execFileSync("oathtool", ["--totp", "--base32", "--now", at, authenticator.secret], { encoding: "utf8" }).trim();
}

// As a telephone's camera reads it off the screen; zbar knows nothing of how it was drawn.
async function scanned(visitor) {
  const file = join(pictures, "two-factor-verify-qr.png");
  await main(visitor).locator("svg.qr").screenshot({ path: file });
  return execFileSync("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file], { encoding: "utf8" }).trim();
}

async function in_both_themes(visitor, look) {
  for (const theme of ["light", "dark"]) {
    await visitor.page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
    await look(theme);
  }
  await visitor.page.evaluate(() => delete document.documentElement.dataset.theme);
}

async function turn_on_two_factor(visitor) {
  await tab(visitor, "Security");
  await visitor.look("security");
  await visitor.follow(main(visitor).getByRole("link", { name: /^Two-factor authentication/ }));
  await main(visitor).getByRole("checkbox").check();
  await press(visitor, "Save");
  await said(visitor, /active once your app is verified/);
  await visitor.look("two-factor-pending");
  await choose(visitor, "Verify");
  const [width, height] = await main(visitor).locator("svg.qr").evaluate(({ clientWidth, clientHeight }) => [clientWidth, clientHeight]);
  assert.ok(width >= 180 && width === height, "the QR code is as large as a camera needs it");
  const uri = await main(visitor).locator('a[href^="otpauth:"]').getAttribute("href");
  await in_both_themes(visitor, async (theme) => assert.equal(await scanned(visitor), uri, `the QR code says it, ${theme}`));
  authenticator.secret = new URL(await scanned(visitor)).searchParams.get("secret");
  assert.equal((await main(visitor).locator("code.secret").innerText()).replace(/\s/g, ""), authenticator.secret);
  await visitor.fill({ code: "000000" });
  await visitor.submit();
  await told_at_field(visitor, "code");
  await visitor.look("two-factor-verify");
  await visitor.fill({ code: await token(1) });
  await visitor.submit();
  await said(visitor, /active/);
}

// Of the page's letters or ground: 0 is black, 255 is white.
const brightness = (visitor, what) =>
  visitor.page.evaluate((what) => Number(getComputedStyle(document.body)[what].match(/\d+/)[0]), what);

async function keep_recovery_codes(visitor) {
  const { page } = visitor;
  await visitor.look("recovery-codes");
  const codes = await page.locator("#codes li").allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  const [download] = await Promise.all([page.waitForEvent("download"), main(visitor).getByRole("link", { name: "Download" }).click()]);
  assert.equal(download.suggestedFilename(), "recovery-codes.txt");
  const saved = (await readFile(await download.path(), "utf8")).trim().split("\n");
  assert.deepEqual(saved.slice(-10), codes, "the file has the codes");
  await page.evaluate(() => (window.print = () => document.body.setAttribute("data-printed", "")));
  await main(visitor).getByRole("button", { name: "Print" }).click();
  await page.locator("[data-printed]").waitFor();
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator("#codes").isVisible(), "the codes are printed");
  for (const unwanted of ["nav", "header", "footer", "h1", "button"])
    assert.equal(await page.locator(`${unwanted}:visible`).count(), 0, `no ${unwanted} is printed`);
  await page.evaluate(() => (document.documentElement.dataset.theme = "dark"));
  assert.ok((await brightness(visitor, "color")) < 60, "black on white, whatever the person chose for the screen");
  assert.ok((await brightness(visitor, "backgroundColor")) > 200);
  await page.emulateMedia({ media: "screen" });
  assert.ok((await brightness(visitor, "color")) > 200, "on the screen it is as chosen");
  await page.evaluate(() => delete document.documentElement.dataset.theme);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await main(visitor).getByRole("button", { name: "Copy" }).click();
  await main(visitor).getByRole("button", { name: "Copied" }).waitFor();
  assert.deepEqual((await page.evaluate(() => navigator.clipboard.readText())).split("\n"), codes);
  await choose(visitor, "I have saved them");
  const mark = main(visitor).locator(".active");
  const [red, green] = (await mark.evaluate((line) => getComputedStyle(line).color)).match(/\d+/g).map(Number);
  assert.ok(green > 2 * red && (await mark.locator("svg").isVisible()), "a green check mark says that it is on");
  await visitor.look("two-factor-on");
  return codes;
}

async function close_the_menu(visitor) {
  const panel = visitor.page.locator(".menu-panel");
  for (const away of [() => visitor.page.keyboard.press("Escape"), () => visitor.page.locator("h1").click()]) {
    await visitor.page.locator(".menu > button").click();
    assert.ok(await panel.isVisible());
    await away();
    assert.ok(await panel.isHidden(), "Escape and a click elsewhere close the menu");
  }
}

async function sign_in_again(visitor, codes) {
  await visitor.page.locator(".menu > button").click();
  await visitor.follow(visitor.page.locator('.menu button[type="submit"]'));
  const give_password = async () => {
    await visitor.open("/members/");
    assert.match(visitor.path(), /^\/account\/login/, "the password alone opens nothing");
    await visitor.fill({ identifier: person.email, password });
    await visitor.submit();
  };
  await give_password();
  await visitor.look("second-factor");
  await give_password();
  await visitor.fill({ code: await token() });
  await visitor.submit();
  assert.equal(visitor.path(), "/members/");
  // Somewhere else, without the telephone.
  const other = await Visitor.arrive(visitor.context.browser(), visitor.stack);
  await other.open("/account/login?return_to=/account/two-factor");
  await other.fill({ identifier: person.email, password });
  await other.submit();
  await other.page.locator("details.other-way summary").click();
  await other.fill({ recovery_code: codes[0] });
  await press(other, "Use recovery code");
  assert.equal(other.path(), "/account/two-factor");
  assert.match(await text(other), /\b9\b/, "one recovery code is used up");
  return other;
}

async function devices(visitor, other) {
  await visitor.open("/account/security");
  await visitor.follow(main(visitor).getByRole("link", { name: /^Signed in on/ }));
  assert.equal(await main(visitor).locator(".device").count(), 2);
  await visitor.look("sessions");
  await press(visitor, "Sign out all other devices");
  await said(visitor, /other devices are signed out/);
  assert.equal(await main(visitor).locator(".device").count(), 1);
  await other.open("/members/");
  assert.match(other.path(), /^\/account\/login/, "the other device is signed out");
  await other.leave();
}

async function activity(visitor) {
  await tab(visitor, "Activity");
  assert.match(await text(visitor), /[AP]M/, "times are by the chosen clock");
  await visitor.look("activity");
}

async function take_along(visitor) {
  await visitor.page.locator("details.utilities > summary").click();
  await tab(visitor, "Export my data");
  await visitor.look("export");
  const [download] = await Promise.all([visitor.page.waitForEvent("download"), visitor.page.locator('main button[type="submit"]').click()]);
  const data = await readFile(await download.path(), "utf8");
  assert.ok(JSON.parse(data) && data.includes(spare) && data.includes("Europe/Stockholm"), "the file has what was entered");
  assert.doesNotMatch(data, /argon2|yescrypt/, "and no secret");
}

async function leave(visitor) {
  await tab(visitor, "Delete account");
  await visitor.look("deletion");
  const code = await token();
  await main(visitor).getByRole("checkbox").check();
  await visitor.fill({ password: "not the password", code });
  await press(visitor, "Delete my account");
  await told_at_field(visitor, "password");
  await visitor.fill({ password, code });
  await press(visitor, "Delete my account");
  assert.equal(visitor.path(), "/account/deletion/done");
  await visitor.look("deletion-done");
  await visitor.stack.mail(spare, /deleted/);
  await visitor.open("/account/login");
  await visitor.fill({ identifier: spare, password });
  await visitor.submit();
  assert.ok(await main(visitor).getByRole("alert").isVisible(), "nobody has this address any more");
}

await perform("nginx", pictures, async (browser, stack) => {
  const visitor = await Visitor.arrive(browser, stack, { pictures, widths: [360] });
  let codes, other;
  await scene("signs up", () => sign_up(visitor));
  await scene("a second factor", () => turn_on_two_factor(visitor));
  await scene("recovery codes", async () => (codes = await keep_recovery_codes(visitor)));
  await scene("the avatar menu", () => close_the_menu(visitor));
  await scene("the next sign-in asks for it", async () => (other = await sign_in_again(visitor, codes)));
  await scene("devices", () => devices(visitor, other));
  await scene("profile", () => profile(visitor));
  await scene("picture", () => picture(visitor));
  await scene("another address", () => add_address(visitor));
  await scene("it becomes the only one", () => change_addresses(visitor));
  await scene("notifications", () => notifications(visitor));
  await scene("preferences", () => preferences(visitor));
  await scene("activity", () => activity(visitor));
  await scene("export", () => take_along(visitor));
  await scene("the account goes", () => leave(visitor));
  await visitor.leave();
});
