'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newcomer, refused, wrongCode } = require('./demo.cjs');

const TOP_LEVEL_PROFILE_FIELDS = 149;

const sdk = client();
const passwordless = sdk.passwordLessLoginApi;

async function isSignedIn(session, uid) {
  assert.equal(session.Profile.Uid, uid);
  const profile = await sdk.authenticationApi.getProfileByAccessToken(session.access_token);
  assert.equal(profile.Uid, uid);
}

test('a person signs in by phone, without a password', async () => {
  const { person, profile } = await createdByBackEnd(sdk);

  const sent = await passwordless.passwordlessLoginByPhone(person.phone);
  assert.equal(sent.IsPosted, true);
  assert.equal(typeof sent.Data.Sid, 'string');
  const otp = await new Mailbox(person.phone).nextCode();

  await refused(passwordless.passwordlessLoginPhoneVerification({ phone: person.phone, otp: wrongCode(otp) }), 1067);
  const session = await passwordless.passwordlessLoginPhoneVerification({ phone: person.phone, otp });
  assert.equal(Object.keys(session.Profile).length, TOP_LEVEL_PROFILE_FIELDS);
  await isSignedIn(session, profile.Uid);
  await refused(passwordless.passwordlessLoginPhoneVerification({ phone: person.phone, otp }), 1068);
});

test('a person signs in by address, without a password', async () => {
  const { person, profile } = await createdByBackEnd(sdk);

  assert.equal((await passwordless.passwordlessLoginByEmail(person.email)).IsPosted, true);
  const otp = await new Mailbox(person.email).nextCode();

  const wrong = { email: person.email, otp: wrongCode(otp) };
  await refused(passwordless.passwordlessLoginVerificationByEmailAndOTP(wrong), 1185);
  await isSignedIn(await passwordless.passwordlessLoginVerificationByEmailAndOTP({ email: person.email, otp }), profile.Uid);
});

test('a person signs in by user name, without a password', async () => {
  const { person, profile } = await createdByBackEnd(sdk);

  assert.equal((await passwordless.passwordlessLoginByUserName(person.userName)).IsPosted, true);
  const otp = await new Mailbox(person.email).nextCode();

  const answer = { username: person.userName, otp };
  await isSignedIn(await passwordless.passwordlessLoginVerificationByUserNameAndOTP(answer), profile.Uid);
});

test('asking does not tell whether somebody is known', async () => {
  const { phone, email } = newcomer();

  assert.equal((await passwordless.passwordlessLoginByPhone(phone)).IsPosted, true);
  assert.equal((await passwordless.passwordlessLoginByEmail(email)).IsPosted, true);

  await refused(passwordless.passwordlessLoginPhoneVerification({ phone, otp: '123456' }), 1067);
  await refused(passwordless.passwordlessLoginVerificationByEmailAndOTP({ email, otp: '123456' }), 1185);
  assert.deepEqual(await new Mailbox(phone).messages(), []);
  assert.deepEqual(await new Mailbox(email).messages(), []);
});

test('an unknown link is refused', async () => {
  await refused(passwordless.passwordlessLoginVerification('0'.repeat(32)), 1063);
});
