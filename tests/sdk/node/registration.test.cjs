'use strict';

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { describe, test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newcomer, refused, wrongCode } = require('./demo.cjs');

const sdk = client();

/** The client computes the end of its SOTT with the month of the start: wrong in the last minutes of a month. */
function sottCrossesMonth() {
  const now = new Date();
  const end = new Date(now.getTime() + 11 * 60_000);
  return now.getUTCMonth() !== end.getUTCMonth() && 'the client writes a wrong end across the end of a month';
}

function phoneRegistration({ phone, password }) {
  return { PhoneId: phone, Password: password };
}

function emailRegistration({ email, password }) {
  return { Email: [{ Type: 'Primary', Value: email }], Password: password };
}

describe('a SOTT lets a newcomer register', () => {
  test('when the client made it by its own clock', { skip: sottCrossesMonth() }, async () => {
    const sott = await sdk.helper.getSott({});
    const answer = await sdk.authenticationApi.userRegistrationByEmail(emailRegistration(newcomer()), sott);
    assert.equal(answer.IsPosted, true);
  });

  test('when the client made it from the time of the server', async () => {
    const { Sott } = await sdk.configurationApi.getServerInfo(10);
    const sott = await sdk.helper.getSott({}, Sott.StartTime, Sott.EndTime);
    const answer = await sdk.authenticationApi.userRegistrationByEmail(emailRegistration(newcomer()), sott);
    assert.equal(answer.IsPosted, true);
  });

  test('when the server made it', async () => {
    const { Sott, ExpiryTime } = await sdk.sottApi.generateSott(10);
    assert.ok(Date.parse(ExpiryTime) > 0, ExpiryTime);
    const answer = await sdk.phoneAuthenticationApi.userRegistrationByPhone(phoneRegistration(newcomer()), Sott);
    assert.equal(answer.IsPosted, true);
  });
});

describe('a SOTT is refused', () => {
  test('when it was made with another secret', async () => {
    const { Sott } = await sdk.configurationApi.getServerInfo(10);
    const forged = await sdk.helper.getSott({ apiSecret: randomUUID() }, Sott.StartTime, Sott.EndTime);
    const person = newcomer();
    await refused(sdk.phoneAuthenticationApi.userRegistrationByPhone(phoneRegistration(person), forged), 1049);
    await refused(sdk.accountApi.getAccountProfileByPhone(person.phone), 1043);
  });

  test('when its window has passed', async () => {
    const stale = await sdk.helper.getSott({}, '2020/1/2 3:04:05', '2020/1/2 3:14:05');
    await refused(sdk.authenticationApi.userRegistrationByEmail(emailRegistration(newcomer()), stale), 1049);
  });

  test('when it is none', async () => {
    await refused(sdk.authenticationApi.userRegistrationByEmail(emailRegistration(newcomer()), 'no*sott'), 1049);
  });
});

test('an address and a phone number register once', async () => {
  const { person } = await createdByBackEnd(sdk);
  const { Sott } = await sdk.sottApi.generateSott(10);
  const { email, phone } = person;
  await refused(sdk.authenticationApi.userRegistrationByEmail(emailRegistration({ ...newcomer(), email }), Sott), 936);
  await refused(sdk.phoneAuthenticationApi.userRegistrationByPhone(phoneRegistration({ ...newcomer(), phone }), Sott), 1058);
});

describe('the code of the registration message', () => {
  test('verifies the phone number, which signs nobody in before, and opens a session', async () => {
    const person = newcomer();
    const mailbox = new Mailbox(person.phone);
    const { Sott } = await sdk.sottApi.generateSott(10);
    await sdk.phoneAuthenticationApi.userRegistrationByPhone(phoneRegistration(person), Sott);
    const code = await mailbox.nextCode();

    await refused(sdk.phoneAuthenticationApi.loginByPhone({ phone: person.phone, password: person.password }), 1066);
    await refused(sdk.phoneAuthenticationApi.phoneVerificationByOTP(wrongCode(code), person.phone), 1067);
    const session = await sdk.phoneAuthenticationApi.phoneVerificationByOTP(code, person.phone);

    assert.equal(session.Profile.PhoneId, person.phone);
    assert.equal(session.Profile.PhoneIdVerified, true);
    const profile = await sdk.authenticationApi.getProfileByAccessToken(session.access_token);
    assert.equal(profile.Uid, session.Profile.Uid);
  });
});

describe('a code asked for again', () => {
  test('verifies the phone number', async () => {
    const { person } = await createdByBackEnd(sdk, { PhoneIdVerified: false });
    const mailbox = new Mailbox(person.phone);

    const sent = await sdk.phoneAuthenticationApi.phoneResendVerificationOTP(person.phone);
    assert.equal(sent.IsPosted, true);
    assert.equal(typeof sent.Data.Sid, 'string');

    const session = await sdk.phoneAuthenticationApi.phoneVerificationByOTP(await mailbox.nextCode(), person.phone);
    assert.equal(session.Profile.PhoneIdVerified, true);
  });

  test('verifies it inside a session without opening another', async () => {
    const { person } = await createdByBackEnd(sdk, { PhoneIdVerified: false });
    const mailbox = new Mailbox(person.phone);
    const session = await sdk.authenticationApi.loginByEmail({ email: person.email, password: person.password });

    const sent = await sdk.phoneAuthenticationApi.phoneResendVerificationOTPByToken(session.access_token, person.phone);
    assert.equal(sent.IsPosted, true);
    const verified = await sdk.phoneAuthenticationApi.phoneVerificationOTPByAccessToken(
      session.access_token,
      await mailbox.nextCode(),
    );

    assert.equal(verified.IsPosted, true);
    assert.equal(verified.access_token, undefined);
    const profile = await sdk.authenticationApi.getProfileByAccessToken(session.access_token);
    assert.equal(profile.PhoneIdVerified, true);
  });
});
