'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const {
  Mailbox,
  client,
  createdByBackEnd,
  newPassword,
  newcomer,
  refused,
  registeredByPhone,
  wrongCode,
} = require('./demo.cjs');

const TOP_LEVEL_PROFILE_FIELDS = 149;
const TRIES_BEFORE_SUSPENSION = 10;

const sdk = client();
const phones = sdk.phoneAuthenticationApi;

function reset(phone, otp, password) {
  return phones.resetPasswordByPhoneOTP({ phone, otp, password });
}

async function codeAsked(person, mailbox) {
  const sent = await phones.forgotPasswordByPhoneOTP(person.phone);
  assert.equal(sent.IsPosted, true);
  assert.equal(typeof sent.Data.Sid, 'string');
  assert.ok('AccountSid' in sent.Data);
  return mailbox.nextCode();
}

async function forgetful() {
  const { person, profile } = await createdByBackEnd(sdk);
  return { person, profile, mailbox: new Mailbox(person.phone) };
}

test('a forgotten password is reset by phone, and the person is signed in', async () => {
  const { person, mailbox, session } = await registeredByPhone(sdk);
  const newSecret = newPassword();

  const answer = await reset(person.phone, await codeAsked(person, mailbox), newSecret);

  assert.equal(answer.IsPosted, true);
  assert.equal(Object.keys(answer.Data.Profile).length, TOP_LEVEL_PROFILE_FIELDS);
  assert.equal(answer.Data.Profile.PhoneId, person.phone);
  const profile = await sdk.authenticationApi.getProfileByAccessToken(answer.Data.access_token);
  assert.equal(profile.Uid, session.Profile.Uid);
  const refreshed = await sdk.accountApi.refreshAccessTokenByRefreshToken(answer.Data.refresh_token);
  await sdk.authenticationApi.authValidateAccessToken(refreshed.access_token);

  await refused(phones.loginByPhone({ phone: person.phone, password: person.password }), 966);
  const login = await phones.loginByPhone({ phone: person.phone, password: newSecret });
  assert.equal(login.Profile.Uid, session.Profile.Uid);
});

test('a reset ends every session from before it', async () => {
  const { person, mailbox, session } = await registeredByPhone(sdk);
  const other = await phones.loginByPhone({ phone: person.phone, password: person.password });

  await reset(person.phone, await codeAsked(person, mailbox), newPassword());

  for (const dead of [session, other]) {
    await refused(sdk.authenticationApi.getProfileByAccessToken(dead.access_token), 905);
    await refused(sdk.accountApi.refreshAccessTokenByRefreshToken(dead.refresh_token), 1217);
  }
});

describe('a code is refused', () => {
  test('when it is wrong, and the right one still works', async () => {
    const { person, mailbox } = await forgetful();
    const code = await codeAsked(person, mailbox);

    await refused(reset(person.phone, wrongCode(code), newPassword()), 1409);
    await sdk.phoneAuthenticationApi.loginByPhone({ phone: person.phone, password: person.password });
    const answer = await reset(person.phone, code, newPassword());
    assert.equal(answer.IsPosted, true);
  });

  test('when it was used', async () => {
    const { person, mailbox } = await forgetful();
    const code = await codeAsked(person, mailbox);

    await reset(person.phone, code, newPassword());
    await refused(reset(person.phone, code, newPassword()), 1409);
  });

  test('when a newer one was sent', async () => {
    const { person, mailbox } = await forgetful();
    const older = await codeAsked(person, mailbox);
    const newer = await codeAsked(person, mailbox);

    await refused(reset(person.phone, older, newPassword()), 1409);
    const answer = await reset(person.phone, newer, newPassword());
    assert.equal(answer.IsPosted, true);
  });

  test('when it was sent to verify the phone number', async () => {
    const { person } = await createdByBackEnd(sdk, { PhoneIdVerified: false });
    const mailbox = new Mailbox(person.phone);
    await phones.phoneResendVerificationOTP(person.phone);

    await refused(reset(person.phone, await mailbox.nextCode(), newPassword()), 1409);
  });
});

test('asking for a code does not tell whether the phone number is known', async () => {
  const { phone } = newcomer();

  const sent = await phones.forgotPasswordByPhoneOTP(phone);
  assert.equal(sent.IsPosted, true);
  assert.equal(typeof sent.Data.Sid, 'string');

  await refused(reset(phone, '123456', newPassword()), 1409);
  assert.deepEqual(await new Mailbox(phone).messages(), []);
});

test('a password that the policy refuses leaves the code usable', async () => {
  const { person, mailbox } = await forgetful();
  const code = await codeAsked(person, mailbox);

  const refusal = await refused(reset(person.phone, code, 'short'), 1134);
  assert.match(refusal.Errors[0].FieldName, /^password$/i);
  const answer = await reset(person.phone, code, newPassword());
  assert.equal(answer.IsPosted, true);
});

test('a reset opens an account that guessing had suspended', async () => {
  const { person, mailbox } = await forgetful();
  const { phone, password } = person;
  for (let guess = 0; guess < TRIES_BEFORE_SUSPENSION; guess += 1) {
    await refused(phones.loginByPhone({ phone, password: newPassword() }), 966);
  }

  const suspended = await refused(phones.loginByPhone({ phone, password }), 1198);
  assert.ok(Date.parse(suspended.Data.LoginLockedTimeout) > Date.now(), JSON.stringify(suspended.Data));

  const newSecret = newPassword();
  await reset(phone, await codeAsked(person, mailbox), newSecret);
  const login = await phones.loginByPhone({ phone, password: newSecret });
  assert.equal(login.Profile.IsLoginLocked, false);
});
