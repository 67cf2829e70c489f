import { after, before, test } from "node:test";
import { follow, heading, hosted, inspect, known, launch, message, press, signIn, signOut } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a PIN is changed by whoever knows it", async () => {
  const { page, close } = await known(browser);
  await page.getByLabel("PIN").fill("8305");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Change PIN" }).click();
  await heading(page, "Change your PIN");
  await inspect(page, "pin-change");
  await page.getByLabel("Your PIN now").fill("8305");
  await page.getByLabel("New PIN").fill("9371");
  await press(page, "Save new PIN");
  await page.getByText("Your PIN was changed.").waitFor();
  await close();
});

test("five wrong PINs lead to the password, and somebody else can use the device", async () => {
  const { page, close } = await known(browser);
  for (let tries = 0; tries < 5; tries += 1) {
    await page.getByLabel("PIN").fill("1111");
    await press(page, "Sign in");
    await page.getByText(tries < 4 ? "This is not the right PIN." : "Your PIN does not work on this device").waitFor();
  }
  await inspect(page, "pin-over");
  await page.getByRole("link", { name: "Forgot your password?" }).waitFor();
  await page.goto(hosted("sign-in"));
  await heading(page, "Sign in");
  await close();

  const second = await known(browser);
  await press(second.page, "Not you? Use another account");
  await heading(second.page, "Sign in");
  await signIn(second.page, second.email);
  await heading(second.page, "Your account");
  await press(second.page, "Forget this device");
  await second.page.getByText("This device does not know you any more.").waitFor();
  await second.close();
});

test("a forgotten PIN is replaced by phone and by email", async () => {
  const { page, close, email, phone } = await known(browser);
  const seen = [];
  await page.getByRole("link", { name: "Forgot your PIN?" }).click();
  await heading(page, "Forgot your PIN?");
  await inspect(page, "forgot-pin");
  await page.getByLabel("Email, phone or user name").fill(phone);
  await press(page, "Continue");
  await heading(page, "Choose a new PIN");
  await inspect(page, "reset-pin");
  await page.getByLabel("Code").fill(await message(phone, "code", seen));
  await page.getByLabel("New PIN").fill("9371");
  await press(page, "Save new PIN");
  await page.getByText("Your new PIN is set.").waitFor();

  await page.goto(hosted("forgot-pin"));
  await page.getByLabel("Email, phone or user name").fill(email);
  await press(page, "Continue");
  await heading(page, "Check your email");
  await inspect(page, "reset-pin-mail");
  await follow(page, await message(email, "link", seen));
  await heading(page, "Choose a new PIN");
  await inspect(page, "reset-pin-link");
  await page.getByLabel("New PIN").fill("6194");
  await press(page, "Save new PIN");
  await page.getByText("Your new PIN is set.").waitFor();
  await signIn(page, email);
  await heading(page, "Your account");
  await signOut(page);
  await heading(page, "Welcome back");
  await page.getByLabel("PIN").fill("6194");
  await press(page, "Sign in");
  await heading(page, "Your account");
  await close();
});
