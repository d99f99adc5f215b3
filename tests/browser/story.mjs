// What README promises, told twice: by a browser with scripts, and after the server was reloaded by one without.
import assert from "node:assert/strict";
import { join } from "node:path";
import { build, perform, scene, told_at_field } from "./play.mjs";
import { Visitor } from "./visitor.mjs";

const server = process.argv[2] ?? "nginx";
const pictures = join(build, server === "nginx" ? "pictures" : `pictures-${server}`);
const first_password = "a quiet tern over the skerry";
const second_password = "eleven lanterns on the pier";
const third_password = "the fog lifts at half past six";

const greeting = async (visitor) => (await visitor.open("/members/")) && visitor.heading();

async function sign_up(visitor, person, by) {
  await visitor.open("/members/");
  assert.match(visitor.path(), /^\/account\/login/, "a protected page sends a stranger to sign in");
  await visitor.look("login");
  await visitor.follow(visitor.page.getByRole("link", { name: "Create an account" }));
  await visitor.look("signup");
  await visitor.fill({ name: person.name, email: person.email, password: "too short" });
  await visitor.submit();
  await told_at_field(visitor, "password");
  await visitor.look("signup-refused");
  await visitor.fill({ password: first_password });
  await visitor.submit();
  await visitor.look("signup-check");
  const mail = await visitor.stack.mail(person.email, /Confirm/);
  if (by === "link") {
    await visitor.open(mail.link);
    assert.ok(!visitor.page.url().includes("token="), "the token is out of the address");
    await visitor.look("signup-confirm");
    await visitor.submit();
  } else {
    await visitor.fill({ code: "000000" });
    await visitor.submit();
    await told_at_field(visitor, "code");
    await visitor.fill({ code: mail.code });
    await visitor.submit();
  }
  assert.equal(visitor.path(), "/members/", "the confirmed address leads to where the person wanted to go");
  assert.equal(await visitor.heading(), `Hello, ${person.name}.`);
  await visitor.open(mail.link);
  assert.equal(await visitor.page.locator('main button[type="submit"]').count(), 0, "the link works once");
  await visitor.look("link-invalid");
}

async function my_account(visitor, person) {
  await visitor.open("/");
  assert.match(await visitor.heading(), new RegExp(person.name), "a public page knows who is signed in");
  await visitor.page.locator("doorward-menu .menu > button").click();
  await visitor.look("site-menu");
  await visitor.page.keyboard.press("Escape");
  assert.ok(await visitor.page.locator("doorward-menu .panel").isHidden(), "Escape closes the menu of a site, too");
  await visitor.page.locator("doorward-menu .menu > button").click();
  await visitor.follow(visitor.page.locator("doorward-menu").getByRole("link", { name: "My Account" }));
  assert.equal(await visitor.heading(), person.name);
  await visitor.look("account");
  await visitor.page.locator(".menu > button").click();
  await visitor.look("account-menu");

  await visitor.open("/account/profile");
  await visitor.look("profile");
  await visitor.fill({ name: "" });
  await visitor.page.locator('main [name="name"]').evaluate((field) => field.removeAttribute("required"));
  await visitor.follow(visitor.page.locator("main").getByRole("button", { name: "Save", exact: true }));
  await told_at_field(visitor, "name");
  await visitor.look("profile-refused");
  person.name = `${person.name} <Sol> & "Måne"`;
  await visitor.fill({ name: person.name });
  await visitor.follow(visitor.page.locator("main").getByRole("button", { name: "Save", exact: true }));
  assert.ok(await visitor.page.getByRole("status").isVisible(), "the saved name is confirmed");
  await visitor.look("profile-saved");
  assert.equal(await greeting(visitor), `Hello, ${person.name}.`, "the site knows the new name at the next request, as text");
}

async function change_password(visitor, has_scripts) {
  await visitor.open("/account/password");
  await visitor.look("password");
  await visitor.fill({ current: "not the current one", new: second_password });
  await visitor.submit();
  await told_at_field(visitor, "current");
  await visitor.look("password-refused");
  if (has_scripts) {
    await visitor.fill({ new: "lantern" });
    await visitor.page.locator('.meter[data-score="1"]', { hasText: "at least 15 characters" }).waitFor();
    await visitor.fill({ new: second_password });
    await visitor.page.locator('.meter[data-score="4"]', { hasText: "Very good" }).waitFor();
    await visitor.look("password-strength");
  }
  await visitor.fill({ current: first_password, new: second_password });
  await visitor.submit();
  assert.ok(await visitor.page.locator(".message.success").isVisible(), "the changed password is confirmed");
  await visitor.open("/account/sessions");
  const devices = await visitor.page.locator(".device").allInnerTexts();
  assert.equal(devices.length, 1);
  assert.match(devices[0], /Chrome \d+ · Linux[^]*(127\.0\.0\.1|::1)/, "the device says which browser, and from where");
  await visitor.look("sessions");
}

async function sign_out(visitor) {
  await visitor.open("/account");
  await visitor.page.locator(".menu > button").click();
  await visitor.follow(visitor.page.locator('.menu button[type="submit"]'));
  await visitor.look("signed-out");
  await visitor.open("/members/");
  assert.match(visitor.path(), /^\/account\/login/, "signed out is signed out");
}

async function sign_in(visitor, person, password) {
  await visitor.fill({ identifier: person.email, password });
  await visitor.submit();
}

async function forget_and_reset(visitor, person) {
  await visitor.follow(visitor.page.getByRole("link", { name: "Forgot your password?" }));
  await visitor.look("recovery");
  await visitor.fill({ identifier: person.email });
  await visitor.submit();
  assert.match(await visitor.page.locator("main").innerText(), /spam/i, "the spam folder is mentioned"); // M13
  await visitor.look("recovery-check");
  const mail = await visitor.stack.mail(person.email, /^Reset your password/);
  await visitor.open(mail.link);
  assert.ok(!visitor.page.url().includes("token="), "the token is out of the address");
  await visitor.look("choose-password");
  await visitor.fill({ new: third_password });
  await visitor.submit();
  await visitor.look("password-reset");
  await visitor.open("/members/");
  assert.match(visitor.path(), /^\/account\/login/, "a reset signs nobody in");
  await sign_in(visitor, person, second_password);
  assert.ok(await visitor.page.getByRole("alert").isVisible(), "the old password is refused");
  await visitor.look("login-refused");
  await sign_in(visitor, person, third_password);
  assert.equal(visitor.path(), "/members/");
  assert.equal(await visitor.heading(), `Hello, ${person.name}.`);
}

async function members_stay_out(visitor) {
  const answer = await visitor.open("/staff/");
  assert.equal(answer.status(), 403, "a member without the role gets 403, not the sign-in page");
  await visitor.look("forbidden");
}

async function backup_login(visitor, person, password, is_allowed) {
  await visitor.open("/backup-login");
  await visitor.look("backup-login");
  await sign_in(visitor, person, password);
  if (!is_allowed) {
    assert.ok(await visitor.page.getByRole("alert").isVisible(), "a member is refused at /backup-login");
    await visitor.open("/members/");
    assert.match(visitor.path(), /^\/account\/login/);
    return;
  }
  const answer = await visitor.open("/staff/");
  assert.equal(answer.status(), 200, "an administrator gets in through /backup-login");
  assert.equal(await visitor.heading(), "Duty roster");
}

async function whole_story(browser, stack, round, options) {
  const person = { name: "Mira Lindqvist", email: `mira${round}@example.org` };
  const visitor = await Visitor.arrive(browser, stack, options);
  await scene(`${round}: a stranger signs up and confirms by ${options.by}`, () => sign_up(visitor, person, options.by));
  await scene(`${round}: My Account`, () => my_account(visitor, person));
  await scene(`${round}: a new password`, () => change_password(visitor, options.script !== false));
  await scene(`${round}: signs out`, () => sign_out(visitor));
  await scene(`${round}: forgets the password and resets it`, () => forget_and_reset(visitor, person));
  await scene(`${round}: the staff's page is not for members`, () => members_stay_out(visitor));
  const member = await Visitor.arrive(browser, stack, options);
  await scene(`${round}: a member at /backup-login`, () => backup_login(member, person, third_password, false));
  await member.leave();
  const administrator = await Visitor.arrive(browser, stack, { ...options, pictures: null });
  const { email, password } = stack.administrator;
  await scene(`${round}: an administrator at /backup-login`, () => backup_login(administrator, { email }, password, true));
  await administrator.leave();
  return { visitor, person };
}

async function in_german(browser, stack) {
  const visitor = await Visitor.arrive(browser, stack, { pictures, locale: "de-DE" });
  await visitor.open("/account/login");
  assert.equal(await visitor.page.locator("html").getAttribute("lang"), "de");
  assert.match(await visitor.heading(), /anmelden/i);
  await visitor.look("login-german");
  await visitor.leave();
}

const expected = /request [0-9a-f]{16}: GET \/staff\/: forbidden$|AH01631.*"\/staff\/"/; // a member, twice
await perform(server, pictures, async (browser, stack) => {
  const { visitor, person } = await whole_story(browser, stack, 1, { by: "link", pictures });
  await scene("in German", () => in_german(browser, stack));
  await stack.reload();
  await scene("after a reload the session goes on", async () => {
    assert.equal(await greeting(visitor), `Hello, ${person.name}.`);
    await visitor.leave();
  });
  await whole_story(browser, stack, 2, { by: "code", script: false });
}, expected);
