// Second factors, at a tenant where everybody needs one.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { authenticator, fresh, heading, inspect, launch, message, person, press, signIn, url, visit } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const { DOORWARD_GUARDED_API_KEY: key, DOORWARD_GUARDED_API_SECRET: secret } = process.env;
const guarded = (page) => `${url}/hosted/guarded/${page}`;
const choose = (page, name) => page.getByRole("main").getByRole("link", { name }).click();
const account = (page) => heading(page, "Your account");
const signOut = (page) => page.getByRole("button", { name: "Sign out", exact: true }).first().click();

// What an app that knows this key shows, so many steps of half a minute from now.
function code(typed, steps = 0) {
  const letters = [...typed.replace(/\s/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter));
  const bits = letters.map((letter) => letter.toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const digest = createHmac("sha1", bytes).update(counter).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, "0");
}

async function arrive(page, email) {
  await page.goto(guarded("sign-in"));
  await signIn(page, email);
}

test("an app is set up at sign-in by its picture, and asked for; a backup code stands in", async () => {
  const { page, close } = await visit(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  const { email } = await person({}, key, secret);
  await arrive(page, email);
  await heading(page, "Protect your account");
  await inspect(page, "factor-choose-new");
  await choose(page, /Authenticator app/);
  await heading(page, "Set up an authenticator app");
  const picture = page.getByRole("img", { name: /The key for your app/ });
  assert.ok(await picture.evaluate((img) => img.complete && img.naturalWidth > 100), "the picture is shown");
  await inspect(page, "factor-app-new");
  const typed = await page.locator(".typed").textContent();
  const wrong = code(typed) === "000000" ? "111111" : "000000";
  await page.getByLabel("Code").fill(wrong);
  await press(page, "Turn on");
  await page.getByText("This is not the right code").waitFor();
  await inspect(page, "factor-app-new-wrong");
  assert.equal(await page.locator(".typed").textContent(), typed);
  await page.getByLabel("Code").fill(code(typed));
  await press(page, "Turn on");
  await heading(page, "Keep your backup codes");
  await inspect(page, "backup-codes");
  const codes = await page.locator(".codes li").allTextContents();
  assert.equal(codes.length, 10);
  await press(page, "Copy codes");
  await page.getByText("Copy codes ✓").waitFor();
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), codes.join("\n"));
  await press(page, "I have kept them");
  await account(page);
  await inspect(page, "account-guarded");

  await signOut(page);
  await signIn(page, email);
  await heading(page, "Authenticator app");
  await inspect(page, "factor-app");
  await page.getByLabel("Code").fill(code(typed, 1));
  await press(page, "Continue");
  await account(page);

  await signOut(page);
  await signIn(page, email);
  await choose(page, "Another way");
  await heading(page, "One more step");
  await inspect(page, "factor-choose");
  await choose(page, /Backup code/);
  await heading(page, "Backup code");
  await inspect(page, "factor-backup-code");
  await page.getByLabel("Backup code").fill(codes[4].toUpperCase());
  await press(page, "Continue");
  await account(page);
  await page.getByText("Codes left: 9").waitFor();
  await choose(page, /^Make codes/);
  await heading(page, "New backup codes");
  await inspect(page, "backup-codes-new");
  await close();
});

test("a code by email is set up and asked for, without a script", async () => {
  const { page, close } = await visit(browser, { javaScriptEnabled: false });
  const seen = [];
  const { email } = await person({}, key, secret);
  const enter = async () => {
    await heading(page, "Enter your code");
    await page.getByLabel("Code").fill(await message(email, "code", seen));
    await press(page, "Continue");
  };
  await arrive(page, email);
  await page.getByRole("button", { name: /Code by email/ }).click();
  await enter();
  await press(page, "I have kept them");
  await account(page);
  await signOut(page);
  await signIn(page, email);
  await enter();
  await account(page);
  await close();
});

test("of several addresses one is chosen, and the phone stands beside it", async () => {
  const { page, close } = await visit(browser);
  const seen = [];
  const [first, other] = [fresh().email, fresh().email];
  const Email = [{ Type: "Primary", Value: first }, { Type: "Work", Value: other }];
  await person({ Email }, key, secret);
  await arrive(page, first);
  await choose(page, /Code by email/);
  await heading(page, "Code by email");
  await inspect(page, "factor-email-send");
  await page.getByRole("radio").nth(1).check();
  await press(page, "Send code");
  await page.getByLabel("Code").fill(await message(other, "code", seen));
  await press(page, "Continue");
  await press(page, "I have kept them");

  await choose(page, "Set up: Code to your phone");
  const { phone } = fresh();
  await page.getByLabel("Phone number").fill(phone);
  await press(page, "Call me instead");
  await page.getByText("You get a call now.").waitFor();
  await page.getByLabel("Code").fill(await message(phone, "code", seen));
  await press(page, "Continue");
  await page.getByText("It is on.").waitFor();
  await choose(page, "Remove: Code by email");
  await heading(page, "Remove this step?");
  await inspect(page, "factor-remove");
  await page.getByRole("link", { name: "Back to your account" }).click();

  await signOut(page);
  await signIn(page, first);
  await heading(page, "Code to your phone");
  await inspect(page, "factor-phone-send");
  await choose(page, "Another way");
  await inspect(page, "factor-choose-sent");
  await page.getByRole("button", { name: /Code to your phone/ }).click();
  await heading(page, "Enter your code");
  await inspect(page, "factor-code-login");
  await page.getByLabel("Code").fill(await message(phone, "code", seen));
  await press(page, "Continue");
  await account(page);
  await close();
});

test("questions are chosen, and asked", async () => {
  const { page, close } = await visit(browser);
  const { email } = await person({}, key, secret);
  await arrive(page, email);
  await choose(page, /Security questions/);
  await inspect(page, "factor-questions-new");
  await page.getByLabel("Question 2").selectOption("Which dish do you never eat?");
  await page.getByLabel("Answer 1").fill("Sir Barks");
  await page.getByLabel("Answer 2").fill("Aspic");
  await press(page, "Turn on");
  await press(page, "I have kept them");
  await signOut(page);
  await signIn(page, email);
  await page.getByLabel("What was your first pet called?").fill("sir barks");
  await page.getByLabel("Which dish do you never eat?").fill("Soup");
  await press(page, "Continue");
  await page.getByText("These are not the answers.").waitFor();
  await inspect(page, "factor-questions");
  await page.getByLabel("What was your first pet called?").fill("sir barks");
  await page.getByLabel("Which dish do you never eat?").fill("aspic");
  await press(page, "Continue");
  await account(page);
  await close();
});

test("a passkey is set up at sign-in, and asked for", async () => {
  const { page, close } = await visit(browser);
  const device = await authenticator(page);
  const { email } = await person({}, key, secret);
  await arrive(page, email);
  await choose(page, /Passkey/);
  await heading(page, "Set up a passkey");
  await inspect(page, "factor-passkey-new");
  await press(page, "Create passkey");
  await heading(page, "Keep your backup codes");
  assert.equal((await device.credentials()).length, 1);
  await press(page, "I have kept them");
  await signOut(page);
  await signIn(page, email);
  await heading(page, "One more step");
  await inspect(page, "factor-passkey");
  await press(page, "Use a passkey");
  await account(page);
  await close();
});
