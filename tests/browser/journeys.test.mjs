import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  fresh, heading, hosted, inspect, launch, message, otherPassword, password, person, press, signIn, url, visit,
} from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("an application sends somebody to sign in and gets them back", async () => {
  const { page, close } = await visit(browser);
  const { email } = await person();
  await page.goto(url);
  await heading(page, "Doorward is running.");
  await inspect(page, "welcome");
  await page.getByRole("link", { name: /Sign in to an application/ }).click();
  await heading(page, "Sign in");
  await inspect(page, "sign-in");
  await signIn(page, email, "not this one");
  await page.getByRole("alert").waitFor();
  await inspect(page, "sign-in-wrong");
  await signIn(page, email);
  await heading(page, "Hello, Asha.");
  await inspect(page, "application");
  const address = new URL(page.url());
  assert.equal(address.pathname, "/dev/application/back");
  assert.deepEqual([...address.searchParams.keys()].sort(), ["code", "state"]);
  const again = await page.reload();
  assert.equal(again.status(), 403, "a code works once");

  await page.goto(`${url}/dev/application`);
  await heading(page, "Continue to Demo?");
  await inspect(page, "continue");
  await press(page, "Continue");
  await heading(page, "Hello, Asha.");
  await close();
});

test("somebody registers by phone with the keyboard alone", async () => {
  const { page, close } = await visit(browser);
  const { phone } = fresh();
  await page.goto(hosted("register-by-phone"));
  await inspect(page, "register-by-phone");
  const focused = () => page.evaluate("document.activeElement.name");
  assert.equal(await focused(), "first-name");
  await page.keyboard.type("Asha");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "phone");
  await page.keyboard.type(phone);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await heading(page, "Enter your code");
  await inspect(page, "verify");
  assert.equal(await focused(), "code");
  await page.keyboard.type("000000");
  await page.keyboard.press("Enter");
  await page.getByText("This is not the right code.").waitFor();
  assert.equal(await focused(), "code", "to the mistake");
  await inspect(page, "verify-wrong");
  await page.getByLabel("Code").fill(await message(phone, "code"));
  await page.keyboard.press("Enter");
  await heading(page, "Your account");
  await close();
});

test("somebody registers by email and opens the link", async () => {
  const { page, close } = await visit(browser);
  const { email } = fresh();
  await page.goto(hosted("register"));
  await inspect(page, "register");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await press(page, "Create account");
  await page.getByText("Choose another password").waitFor();
  await inspect(page, "register-wrong");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Create account");
  await heading(page, "Your account");
  const link = new URL(await message(email, "link"));
  await page.goto(`${url}${link.pathname}${link.search}`);
  await heading(page, "Confirm your email address");
  await inspect(page, "verify-link");
  await press(page, "This is my address");
  await heading(page, "Your account");
  await close();
});

test("a forgotten password is replaced by the link in an email", async () => {
  const { page, close } = await visit(browser);
  const { email } = await person();
  await page.goto(hosted("forgot"));
  await page.getByLabel("Email, phone or user name").fill(email);
  await press(page, "Continue");
  await heading(page, "Check your email");
  await inspect(page, "reset-mail");
  const link = new URL(await message(email, "link"));
  await page.goto(`${url}${link.pathname}${link.search}`);
  await heading(page, "Choose a new password");
  await inspect(page, "reset-link");
  await page.getByLabel("New password").fill(otherPassword);
  await press(page, "Save new password");
  await heading(page, "Your account");
  await close();
});

test("somebody signs in without a password", async () => {
  const { page, close } = await visit(browser);
  const { phone } = await person();
  await page.goto(hosted("sign-in"));
  await page.getByRole("link", { name: "Sign in without a password" }).click();
  await inspect(page, "sign-in-code");
  await page.getByLabel("Email, phone or user name").fill(phone);
  await press(page, "Send message");
  await heading(page, "Enter your code");
  await inspect(page, "enter-code");
  await page.getByLabel("Code").fill(await message(phone, "code"));
  await press(page, "Sign in");
  await heading(page, "Your account");
  await close();
});

test("somebody looks at their account, and deletes it", async () => {
  const { page, close } = await visit(browser);
  const { email, phone } = await person();
  await page.goto(hosted("sign-in"));
  await signIn(page, email);
  await heading(page, "Your account");
  await inspect(page, "account");
  await page.getByRole("link", { name: "Change password" }).click();
  await inspect(page, "password");
  await page.getByRole("link", { name: "Back to your account" }).click();
  await page.getByRole("link", { name: "Delete account" }).click();
  await heading(page, "Delete your account?");
  await inspect(page, "delete");
  await press(page, "Send code");
  await page.getByLabel("Code").waitFor();
  await inspect(page, "delete-code");
  await page.getByLabel("Code").fill(await message(phone, "code"));
  await press(page, "Delete for good");
  await page.getByText("Your account was deleted.").waitFor();
  await close();
});

test("a tenant that asks for a PIN gets one, in its own colours", async () => {
  const { page, close } = await visit(browser);
  const { email } = await person({}, process.env.DOORWARD_STRICT_API_KEY, process.env.DOORWARD_STRICT_API_SECRET);
  await page.goto(`${url}/hosted/strict/sign-in`);
  await inspect(page, "themed");
  await signIn(page, email);
  await heading(page, "Set a PIN");
  await inspect(page, "pin");
  await page.getByLabel("PIN").fill("1234");
  await press(page, "Set PIN");
  await page.getByText("Choose another PIN").waitFor();
  await page.getByLabel("PIN").fill("8305");
  await press(page, "Set PIN");
  await heading(page, "Your account");
  await close();
});

test("the pages work without a script, and in German", async () => {
  const { page, close } = await visit(browser, { javaScriptEnabled: false, locale: "de-CH" });
  const { email } = await person();
  await page.goto(hosted("sign-in"));
  await heading(page, "Anmelden");
  await page.getByLabel("E-Mail, Telefon oder Benutzername").fill(email);
  await page.getByLabel("Passwort", { exact: true }).fill(password);
  await press(page, "Anmelden");
  await heading(page, "Ihr Konto");
  await close();
});

test("a page that leads elsewhere says so", async () => {
  const { page, close } = await visit(browser);
  await page.goto(`${hosted("sign-in")}?redirect_url=https://evil.test/`);
  await heading(page, "This link does not work");
  await inspect(page, "refused-redirect");
  await close();
});
