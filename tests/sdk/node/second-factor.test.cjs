'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newcomer, refused, wrongCode } = require('./demo.cjs');

const NO_TOKEN = '00000000-0000-0000-0000-000000000000';

const sdk = client();
const mfa = sdk.multiFactorAuthenticationApi;

function login({ email, password }) {
  return mfa.mfaLoginByEmail(email, password);
}

/** A person with a second phone, the messages to it, and the session that it was set up in. */
async function withSecondPhone() {
  const { person, profile } = await createdByBackEnd(sdk);
  const second = newcomer().phone;
  const mailbox = new Mailbox(second);
  const session = await login(person);
  const posted = await mfa.mfaUpdatePhoneNumberByToken(session.access_token, second);
  assert.equal(typeof posted.Sid, 'string');
  const shown = await mfa.mfaUpdateSetting(session.access_token, { otp: await mailbox.nextCode() });
  assert.equal(shown.Uid, profile.Uid);
  return { person, profile, second, mailbox, session };
}

test('a login waits for the code that goes to the second phone', async () => {
  const { person, profile, mailbox } = await withSecondPhone();
  const waiting = await login(person);
  assert.equal(waiting.access_token, NO_TOKEN);
  assert.equal(waiting.Profile, null);
  const { SecondFactorAuthenticationToken: token, IsOTPAuthenticatorVerified } = waiting.SecondFactorAuthentication;
  assert.equal(IsOTPAuthenticatorVerified, true);
  const code = await mailbox.nextCode();

  await refused(mfa.mfaValidateOTPByPhone({ otp: wrongCode(code) }, token), 1067);
  const session = await mfa.mfaValidateOTPByPhone({ otp: code }, token);
  assert.equal(session.Profile.Uid, profile.Uid);
  assert.equal((await sdk.authenticationApi.getProfileByAccessToken(session.access_token)).Uid, profile.Uid);
  await refused(mfa.mfaValidateOTPByPhone({ otp: code }, token), 1103);
});

test('the plain login waits too', async () => {
  const { person, mailbox } = await withSecondPhone();
  const waiting = await sdk.authenticationApi.loginByEmail({ email: person.email, password: person.password });
  const { SecondFactorAuthenticationToken: token } = waiting.SecondFactorAuthentication;
  await mfa.mfaResendOTP(token);
  const session = await mfa.mfaValidateOTPByPhone({ otp: await mailbox.nextCode() }, token, 'Uid');
  assert.deepEqual(Object.keys(session.Profile), ['Uid']);
});

test('a person sees and removes the second phone', async () => {
  const { person, second, session } = await withSecondPhone();
  const settings = await mfa.mfaConfigureByAccessToken(session.access_token);
  assert.equal(settings.OTPPhoneNo, second);
  assert.equal((await mfa.mfaResetSMSAuthByToken(session.access_token, true)).IsDeleted, true);
  assert.notEqual((await login(person)).access_token, NO_TOKEN);
});

test('the back end removes it', async () => {
  const { person, profile } = await withSecondPhone();
  assert.equal((await mfa.mfaResetSMSAuthenticatorByUid(true, profile.Uid)).IsDeleted, true);
  assert.notEqual((await login(person)).access_token, NO_TOKEN);
});
