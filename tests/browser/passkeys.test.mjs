import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { authenticator, heading, hosted, inspect, launch, person, press, signIn, visit } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const signOut = (page) => page.getByRole("button", { name: "Sign out", exact: true }).first().click();

test("somebody adds a passkey, signs in with it, and removes it", async () => {
  const { page, close } = await visit(browser);
  const device = await authenticator(page);
  const { email } = await person();
  await page.goto(hosted("sign-in"));
  await signIn(page, email);
  await heading(page, "Your account");
  await inspect(page, "account-without-passkeys");
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await heading(page, "Add a passkey");
  await inspect(page, "passkey-add");
  await press(page, "Create passkey");
  await page.getByText("Your passkey is ready.").waitFor();
  await inspect(page, "account-with-passkey");
  assert.equal((await device.credentials()).length, 1);

  // The same device makes no second one.
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await press(page, "Create passkey");
  await page.getByText("This device has a passkey for this account already.").waitFor();
  await inspect(page, "passkey-known");
  await page.getByRole("link", { name: "Back to your account" }).click();
  await signOut(page);
  // Among the suggestions of the field, which this browser takes at once.
  await heading(page, "Your account");

  await device.touch(false);
  await signOut(page);
  await heading(page, "Sign in");
  await inspect(page, "sign-in-passkey");
  await device.touch(true);
  await press(page, "Sign in with a passkey");
  await heading(page, "Your account");
  await page.getByText("last used on").waitFor();

  await page.getByRole("link", { name: /^Remove:/ }).click();
  await heading(page, "Remove this passkey?");
  await inspect(page, "passkey-remove");
  await press(page, "Remove passkey");
  await page.getByText("The passkey was removed.").waitFor();
  await close();
});
