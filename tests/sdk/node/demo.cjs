'use strict';

// The running demo as a journey sees it: the client, the mailbox, and people nobody else knows.

const assert = require('node:assert/strict');
const { randomBytes, randomInt } = require('node:crypto');
const loginRadius = require('loginradius-sdk');

const demo = new URL(process.env.DOORWARD_URL);
const apiKey = process.env.DOORWARD_API_KEY;
const apiSecret = process.env.DOORWARD_API_SECRET;

/**
 * The client on the demo. It hangs its own `request` on the object that it is given, so that object comes back as
 * `config`: through it a journey sends what no function of the client would.
 */
function client(settings = {}) {
  const config = { apiDomain: demo.hostname, apiKey, apiSecret, ...settings };
  return { ...loginRadius(config), config };
}

/** Fails unless the call is refused with `code`; gives the refusal. A 4xx without `ErrorCode` resolves in this client. */
async function refused(call, code) {
  let answer;
  try {
    answer = await call;
  } catch (refusal) {
    assert.equal(refusal.ErrorCode, code, JSON.stringify(refusal) + String(refusal.stack ?? ''));
    assert.equal(typeof refusal.Message, 'string');
    assert.equal(typeof refusal.Description, 'string');
    return refusal;
  }
  assert.fail(`wanted the refusal ${code}, got ${JSON.stringify(answer).slice(0, 400)}`);
}

/** A person with a random phone number, address, user name and password. */
function newcomer() {
  const tag = randomBytes(8).toString('hex');
  return {
    // Indian mobile numbers that begin with 98 are valid whatever follows.
    phone: `+9198${String(randomInt(100_000_000)).padStart(8, '0')}`,
    email: `ann+${tag}@example.com`,
    userName: `ann${tag}`,
    password: newPassword(),
  };
}

function newPassword() {
  return `Quiet-harbour-${randomBytes(6).toString('hex')}`;
}

const PATIENCE_MS = 10_000;

/** The messages to one phone number or address. */
class Mailbox {
  #address;
  #seen = new Set();

  constructor(address) {
    this.#address = address;
  }

  /** The newest code that this mailbox has not given out. */
  async nextCode() {
    return this.#next('code');
  }

  /** The newest link that this mailbox has not given out. */
  async nextLink() {
    return this.#next('link');
  }

  /** The token in the newest link that this mailbox has not given out. */
  async nextToken() {
    return new URL(await this.nextLink()).searchParams.get('verificationtoken');
  }

  /** Messages are delivered behind the answer, so it asks again. */
  async #next(part) {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const fresh = (await this.messages()).filter(({ id }) => !this.#seen.has(id));
      const wanted = fresh.find((message) => message[part]);
      if (wanted) {
        fresh.forEach(({ id }) => this.#seen.add(id));
        return wanted[part];
      }
    }
    assert.fail(`no ${part} for ${this.#address}; the mailbox has ${JSON.stringify(await this.messages())}`);
  }

  async messages() {
    const outbox = new URL('/dev/outbox', demo);
    outbox.searchParams.set('to', this.#address);
    const answer = await fetch(outbox);
    assert.equal(answer.status, 200);
    return answer.json();
  }
}

/** Another six digits than `code`. */
function wrongCode(code) {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

/** Registers by a SOTT of the server and verifies the phone number; gives the person and the session that verifying opened. */
async function registeredByPhone(sdk, more = {}) {
  const person = newcomer();
  const mailbox = new Mailbox(person.phone);
  const { Sott } = await sdk.sottApi.generateSott(10);
  await sdk.phoneAuthenticationApi.userRegistrationByPhone(
    {
      PhoneId: person.phone,
      UserName: person.userName,
      Password: person.password,
      Email: [{ Type: 'Primary', Value: person.email }],
      ...more,
    },
    Sott,
  );
  const session = await sdk.phoneAuthenticationApi.phoneVerificationByOTP(await mailbox.nextCode(), person.phone);
  return { person, mailbox, session };
}

/** Creates an account through the back end with everything verified that `unverified` does not take back. */
async function createdByBackEnd(sdk, unverified = {}) {
  const person = newcomer();
  const profile = await sdk.accountApi.createAccount({
    FirstName: 'Ann',
    LastName: 'Marlow',
    PhoneId: person.phone,
    PhoneIdVerified: true,
    UserName: person.userName,
    Password: person.password,
    Email: [{ Type: 'Primary', Value: person.email }],
    EmailVerified: true,
    ...unverified,
  });
  return { person, profile };
}

module.exports = {
  Mailbox,
  apiKey,
  apiSecret,
  client,
  createdByBackEnd,
  newPassword,
  newcomer,
  refused,
  registeredByPhone,
  wrongCode,
};
