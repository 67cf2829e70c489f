// One Chromium for all journeys, and what they share.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

// Under its name, not its number: browsers treat localhost as they treat https.
const demo = new URL(process.env.DOORWARD_URL);
export const url = `${demo.protocol}//localhost:${demo.port}`;
export const apiKey = process.env.DOORWARD_API_KEY;
export const apiSecret = process.env.DOORWARD_API_SECRET;
const pictures = process.env.DOORWARD_PICTURES;

export const password = "velvet anchor 58 tulips";
export const otherPassword = "granite kettle 91 orbits";

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

const looks = [
  { name: "desktop-light", width: 1280, height: 860, colorScheme: "light" },
  { name: "desktop-dark", width: 1280, height: 860, colorScheme: "dark" },
  { name: "phone-light", width: 390, height: 780, colorScheme: "light" },
  { name: "phone-dark", width: 390, height: 780, colorScheme: "dark" },
];

// A fresh profile with one page. Whatever leaves this machine fails the journey.
export async function visit(browser, options = {}) {
  const context = await browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  const foreign = [];
  const complaints = [];
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "localhost") foreign.push(request.url());
  });
  page.on("console", (message) => {
    // Chromium notes every refused form as an error.
    const isStatus = message.text().includes("Failed to load resource");
    if (message.type() === "error" && !isStatus) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const close = async () => {
    await context.close();
    assert.deepEqual(foreign, [], "requests to elsewhere");
    assert.deepEqual(complaints, [], "complaints of the browser");
  };
  return { page, close };
}

// Asks axe about the page in each look; keeps a picture of each where pictures are wanted.
export async function inspect(page, name) {
  const before = page.viewportSize();
  for (const look of looks) {
    await page.setViewportSize(look);
    await page.emulateMedia({ colorScheme: look.colorScheme });
    // Not as a script of the page, which its policy would refuse.
    const isThere = await page.evaluate("typeof axe === 'object'");
    if (!isThere) await page.evaluate(await source());
    const { violations } = await page.evaluate(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
    );
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const told = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(told, [], `${name}, ${look.name}`);
    const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
    assert.ok(!isWide, `${name}, ${look.name}: the page is wider than the screen`);
    if (pictures) {
      await mkdir(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}/${name}-${look.name}.png`, fullPage: true });
    }
  }
  if (before) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}

let text;
async function source() {
  const { readFile } = await import("node:fs/promises");
  text ??= await readFile(axe, "utf8");
  return text;
}

// The newest message to somebody that has a code or a link; waits until it is there.
export async function message(to, wanted, seen = []) {
  for (let tries = 0; tries < 100; tries += 1) {
    const response = await fetch(`${url}/dev/outbox?to=${encodeURIComponent(to)}`);
    const found = (await response.json()).find((one) => one[wanted] && !seen.includes(one.id));
    if (found) {
      seen.push(found.id);
      return found[wanted];
    }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`no ${wanted} for ${to}`);
}

let people = 0;
// The files of journeys run at the same time, each in a process of its own.
const start = (Date.now() + process.pid * 7919) % 1000000;

// A person whom the back end makes.
export async function person(fields = {}, key = apiKey, secret = apiSecret) {
  const { phone, email } = fresh();
  const body = {
    FirstName: "Asha", LastName: "Rao", Password: password,
    Email: [{ Type: "Primary", Value: email }], EmailVerified: true,
    PhoneId: phone, PhoneIdVerified: true, ...fields,
  };
  const response = await fetch(`${url}/identity/v2/manage/account?apikey=${key}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-loginradius-apisecret": secret },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return { email, phone };
}

// An address and a number that nobody has.
export function fresh() {
  people += 1;
  const digits = String((start * 97 + people) % 100000000).padStart(8, "0");
  return { phone: `+9198${digits}`, email: `asha.rao.${start}.${people}@example.test` };
}

// A device of the page's browser that makes passkeys and uses them; whoever holds it was known by a finger.
export async function authenticator(page, options = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true, ...options,
    },
  });
  const send = (method, values) => session.send(`WebAuthn.${method}`, { authenticatorId, ...values });
  return {
    credentials: async () => (await send("getCredentials")).credentials,
    // Whether somebody touches it when it asks for that.
    touch: (enabled) => send("setAutomaticPresenceSimulation", { enabled }),
    forget: () => send("clearCredentials"),
  };
}

export const hosted = (page) => `${url}/hosted/demo/${page}`;
export const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

export const follow = async (page, link) => {
  const { pathname, search } = new URL(link);
  await page.goto(`${url}${pathname}${search}`);
};
export const signOut = async (page) => {
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.getByText("You are signed out.").waitFor();
};

export async function signIn(page, identifier, secret = password) {
  await page.getByLabel(/^Email/).fill(identifier);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

// Somebody with a PIN, signed out on a device that knows them.
export async function known(browser) {
  const { page, close } = await visit(browser);
  const { email, phone } = await person();
  await page.goto(hosted("sign-in"));
  await signIn(page, email);
  await page.getByRole("link", { name: "Set a PIN" }).click();
  await heading(page, "Set a PIN");
  await inspect(page, "pin-set");
  await page.getByLabel("New PIN").fill("8305");
  await press(page, "Set PIN");
  await page.getByText("Your PIN is set.").waitFor();
  await inspect(page, "account-with-pin");
  await signOut(page);
  return { page, close, email, phone };
}
