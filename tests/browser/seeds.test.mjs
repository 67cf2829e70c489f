// The four sign-ins that everything here was built around, one after the other, through the pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  authenticator, fresh, heading, hosted, inspect, known, launch, message, otherPassword, person, press, signIn,
  signOut, visit,
} from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

// What follows the first second factor.
async function keepCodes(page) {
  await heading(page, "Keep your backup codes");
  await inspect(page, "backup-codes");
  await page.getByRole("link", { name: "Back to your account" }).click();
  await heading(page, "Your account");
}

test("a forgotten password is replaced by the code in a text message", async () => {
  const { page, close } = await visit(browser);
  const { phone } = await person();
  await page.goto(hosted("sign-in"));
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await heading(page, "Forgot your password?");
  await inspect(page, "forgot");
  await page.getByLabel("Email, phone or user name").fill(phone);
  await press(page, "Continue");
  await heading(page, "Choose a new password");
  await inspect(page, "reset");
  await page.getByLabel("Code").fill(await message(phone, "code"));
  await page.getByLabel("New password").fill(otherPassword);
  await press(page, "Show");
  assert.equal(await page.getByLabel("New password").getAttribute("type"), "text");
  await press(page, "Save new password");
  await heading(page, "Your account");
  await close();
});

test("a sign-in waits for the code in a text message", async () => {
  const { page, close } = await visit(browser);
  const { email } = await person();
  const seen = [];
  await page.goto(hosted("sign-in"));
  await signIn(page, email);
  await page.getByRole("link", { name: "Set up: Code to your phone" }).click();
  await heading(page, "Code to your phone");
  await inspect(page, "factor-number");
  const second = fresh().phone;
  await page.getByLabel("Phone number").fill(second);
  await press(page, "Send code");
  await heading(page, "Enter your code");
  await inspect(page, "factor-code-new");
  await page.getByLabel("Code").fill(await message(second, "code", seen));
  await press(page, "Continue");
  await keepCodes(page);
  await inspect(page, "account-with-factor");

  await signOut(page);
  await signIn(page, email);
  await heading(page, "Enter your code");
  await inspect(page, "factor-code");
  await page.getByLabel("Code").fill("000000");
  await press(page, "Continue");
  await page.getByText("This is not the right code.").waitFor();
  await page.getByLabel("Code").fill(await message(second, "code", seen));
  await press(page, "Continue");
  await heading(page, "Your account");
  await close();
});

test("somebody comes back with a PIN", async () => {
  const { page, close, email } = await known(browser);
  await heading(page, "Welcome back");
  await inspect(page, "pin-sign-in");
  await page.getByLabel("PIN").fill("1111");
  await press(page, "Sign in");
  await page.getByText("This is not the right PIN.").waitFor();
  await inspect(page, "pin-sign-in-wrong");
  await page.getByLabel("PIN").fill("8305");
  await page.keyboard.press("Enter");
  await heading(page, "Your account");
  await page.getByText(email).first().waitFor();
  await close();
});

test("a sign-in waits for a passkey", async () => {
  const { page, close } = await visit(browser);
  const device = await authenticator(page);
  const { email } = await person();
  await page.goto(hosted("sign-in"));
  await signIn(page, email);
  await page.getByRole("link", { name: "Set up: Passkey" }).click();
  await heading(page, "Set up a passkey");
  await inspect(page, "factor-passkey-new");
  await press(page, "Create passkey");
  await keepCodes(page);
  assert.equal((await device.credentials()).length, 1);

  // The sign-in page is not to suggest what is a second factor alone.
  await device.touch(false);
  await signOut(page);
  await signIn(page, email);
  await heading(page, "One more step");
  await inspect(page, "factor-passkey");
  await device.touch(true);
  await press(page, "Use a passkey");
  await heading(page, "Your account");
  await close();
});
