'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Mailbox, client, createdByBackEnd, refused, wrongCode } = require('./demo.cjs');

const NO_TOKEN = '00000000-0000-0000-0000-000000000000';

const sdk = client();
const mfa = sdk.multiFactorAuthenticationApi;

function login({ email, password }) {
  return mfa.mfaLoginByEmail(email, password);
}

/** A person whose second factor are codes by email, the messages to them, and the session that it was set up in. */
async function withCodesByEmail() {
  const { person, profile } = await createdByBackEnd(sdk);
  const mailbox = new Mailbox(person.email);
  const session = await login(person);
  const posted = await mfa.mfaEmailOtpByAccessToken(session.access_token, person.email);
  assert.equal(posted.IsPosted, true);
  const proof = { EmailId: person.email, Otp: await mailbox.nextCode() };
  assert.equal((await mfa.mfaValidateEmailOtpByAccessToken(session.access_token, proof)).Uid, profile.Uid);
  return { person, profile, mailbox, session };
}

test('a login waits for the code that goes to the only address', async () => {
  const { person, profile, mailbox } = await withCodesByEmail();
  const waiting = await login(person);
  assert.equal(waiting.access_token, NO_TOKEN);
  const block = waiting.SecondFactorAuthentication;
  assert.equal(block.IsEmailOtpAuthenticatorVerified, true);
  assert.match(block.Email[0], /^a\*+.@e\*+e\.c\*m$/);
  assert.equal(block.EmailOTPStatus.Email, block.Email[0]);
  const token = block.SecondFactorAuthenticationToken;
  const code = await mailbox.nextCode();

  const wrong = { emailid: person.email, otp: wrongCode(code) };
  await refused(mfa.mfaValidateEmailOtp(wrong, token), 1067);
  const right = { emailid: person.email, otp: code };
  const session = await mfa.mfaValidateEmailOtp(right, token);
  assert.equal(session.Profile.Uid, profile.Uid);
  assert.equal((await sdk.authenticationApi.getProfileByAccessToken(session.access_token)).Uid, profile.Uid);
  await refused(mfa.mfaValidateEmailOtp(right, token), 1103);
});

test('another code is sent to an address of the account, and to no other', async () => {
  const { person } = await withCodesByEmail();
  const token = (await login(person)).SecondFactorAuthentication.SecondFactorAuthenticationToken;
  assert.equal((await mfa.mfaEmailOTP({ emailid: person.email }, token)).IsPosted, true);
  await refused(mfa.mfaEmailOTP({ emailid: 'nobody@example.com' }, token), 1340);
});

test('a person sees and removes codes by email', async () => {
  const { person, session } = await withCodesByEmail();
  const settings = await mfa.mfaConfigureByAccessToken(session.access_token);
  assert.deepEqual(settings.Email, [person.email]);
  assert.equal((await mfa.mfaResetEmailOtpAuthenticatorByAccessToken(session.access_token)).IsDeleted, true);
  assert.notEqual((await login(person)).access_token, NO_TOKEN);
});

test('the back end removes them', async () => {
  const { person, profile } = await withCodesByEmail();
  assert.equal((await mfa.mfaResetEmailOtpAuthenticatorByUid(profile.Uid)).IsDeleted, true);
  assert.notEqual((await login(person)).access_token, NO_TOKEN);
});
