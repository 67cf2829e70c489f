import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  authenticator, follow, fresh, heading, hosted, inspect, launch, message, person, press, signIn, signOut, url, visit,
} from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

// The sign-in page that follows may go on at once.
const pressSignOut = (page) => page.getByRole("button", { name: "Sign out", exact: true }).first().click();

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
  await pressSignOut(page);
  // Among the suggestions of the field, which this browser takes at once.
  await page.getByText("last used on").waitFor();

  await device.touch(false);
  await signOut(page);
  await heading(page, "Sign in");
  await inspect(page, "sign-in-passkey");
  await device.touch(true);
  await press(page, "Sign in with a passkey");
  await heading(page, "Your account");
  await page.getByRole("link", { name: /^Remove:/ }).click();
  await heading(page, "Remove this passkey?");
  await inspect(page, "passkey-remove");
  await press(page, "Remove passkey");
  await page.getByText("The passkey was removed.").waitFor();
  await close();
});

test("somebody registers with a passkey, loses it, and makes a new one", async () => {
  const { page, close } = await visit(browser);
  const device = await authenticator(page);
  const { email } = fresh();
  await page.goto(hosted("register"));
  await press(page, "Create account with a passkey");
  await page.getByText("This does not look like an email address.").waitFor();
  await inspect(page, "register-passkey-wrong");
  await page.getByLabel("First name").fill("Asha");
  await page.getByLabel("Email").fill(email);
  await press(page, "Create account with a passkey");
  await heading(page, "Your account");
  await page.getByText("not used yet").waitFor();
  const seen = [];
  await follow(page, await message(email, "link", seen));
  await press(page, "This is my address");
  await heading(page, "Your account");
  await pressSignOut(page);
  await page.getByText("last used on").waitFor();

  await device.forget();
  await signOut(page);
  await page.getByRole("link", { name: "Lost your passkey?" }).click();
  await inspect(page, "lost-passkey");
  await page.getByLabel("Email").fill(email);
  await press(page, "Send link");
  await heading(page, "Check your email");
  await inspect(page, "lost-passkey-sent");
  await follow(page, await message(email, "link", seen));
  await heading(page, "Make a new passkey");
  await inspect(page, "reset-passkey");
  await device.touch(true);
  await press(page, "Create passkey");
  // The sign-in page suggests it, and this browser takes it at once.
  await heading(page, "Your account");
  await page.getByText("last used on").waitFor();
  await close();
});

test("somebody who calls a passkey off is told so, and signs in by password", async () => {
  const { page, close } = await visit(browser);
  await authenticator(page, { hasUserVerification: false, isUserVerified: false, automaticPresenceSimulation: false });
  const { email } = await person();
  await page.goto(hosted("sign-in"));
  // What a browser says when the person closes its window.
  await page.evaluate(() => {
    navigator.credentials.get = () => Promise.reject(new DOMException("called off", "NotAllowedError"));
  });
  await press(page, "Sign in with a passkey");
  await page.getByText("Nothing was done").waitFor();
  await inspect(page, "sign-in-cancelled");
  await signIn(page, email);
  await heading(page, "Your account");
  await close();
});

test("a browser without scripts is shown no passkeys", async () => {
  const { page, close } = await visit(browser, { javaScriptEnabled: false });
  const { email } = await person();
  await page.goto(hosted("sign-in"));
  assert.equal(await page.getByRole("button", { name: "Sign in with a passkey" }).isVisible(), false);
  await signIn(page, email);
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await page.locator("noscript .problem").waitFor();
  await close();
});

test("whoever has no passkey is offered one, and a PIN if they want none", async () => {
  const { page, close } = await visit(browser);
  await authenticator(page);
  const { DOORWARD_EAGER_API_KEY: key, DOORWARD_EAGER_API_SECRET: secret } = process.env;
  const { email } = await person({ PhoneId: null }, key, secret);
  await page.goto(`${url}/hosted/eager/sign-in`);
  await signIn(page, email);
  await heading(page, "No password the next time?");
  await inspect(page, "offer-passkey");
  await press(page, "Not now");
  await heading(page, "Your account");
  await signOut(page);
  await signIn(page, email);
  await heading(page, "Set a PIN?");
  await inspect(page, "offer-pin");
  await press(page, "Not now");
  await heading(page, "Your account");

  const other = await person({ PhoneId: null }, key, secret);
  await signOut(page);
  await signIn(page, other.email);
  await heading(page, "No password the next time?");
  await press(page, "Create passkey");
  await page.getByText("Your passkey is ready.").waitFor();
  await close();
});

test("a browser that reads no JSON makes passkeys and uses them", async () => {
  const { page, close } = await visit(browser);
  await authenticator(page);
  await page.addInitScript(() => {
    delete PublicKeyCredential.parseCreationOptionsFromJSON;
    delete PublicKeyCredential.parseRequestOptionsFromJSON;
    delete PublicKeyCredential.prototype.toJSON;
    // Nor does such a browser suggest passkeys.
    delete PublicKeyCredential.isConditionalMediationAvailable;
  });
  const { email } = await person();
  await page.goto(hosted("sign-in"));
  await signIn(page, email);
  await page.getByRole("link", { name: "Add a passkey" }).click();
  assert.equal(await page.evaluate("PublicKeyCredential.parseCreationOptionsFromJSON"), undefined);
  await press(page, "Create passkey");
  await page.getByText("Your passkey is ready.").waitFor();
  await signOut(page);
  await page.getByLabel(/^Email/).fill(email);
  await press(page, "Sign in with a passkey");
  await page.getByText("last used on").waitFor();
  await close();
});
