'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newcomer, refused, wrongCode } = require('./demo.cjs');

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PIN = '2580';

const sdk = client();
const reauth = sdk.reAuthenticationApi;

/** A person with everything verified, and the session of a login. */
async function signedIn() {
  const { person, profile } = await createdByBackEnd(sdk);
  const session = await sdk.multiFactorAuthenticationApi.mfaLoginByEmail(person.email, person.password);
  return { person, profile, token: session.access_token };
}

/** What the person shows to the back end. */
function shown(proof) {
  assert.match(proof.SecondFactorValidationToken, GUID);
  assert.ok(Date.parse(proof.ExpireIn) > Date.now());
  return { secondFactorValidationToken: proof.SecondFactorValidationToken };
}

test('the password proves who one is, and the back end learns of it once', async () => {
  const { person, profile, token } = await signedIn();
  await refused(reauth.mfaReAuthenticateByPassword(token, { password: 'not it' }), 1205);
  const proof = shown(await reauth.mfaReAuthenticateByPassword(token, { password: person.password }));
  await refused(reauth.verifyMultiFactorPINReauthentication(proof, profile.Uid), 1193);
  const valid = await reauth.verifyMultiFactorPasswordReauthentication(proof, profile.Uid);
  assert.equal(valid.IsValid, true);
  await refused(reauth.verifyMultiFactorPasswordReauthentication(proof, profile.Uid), 1193);
});

test('the PIN does', async () => {
  const { profile, token } = await signedIn();
  await sdk.authenticationApi.updateProfileByAccessToken(token, { PINInfo: { PIN } });
  await refused(reauth.verifyPINAuthentication(token, { pin: '9371' }), 1236);
  const proof = shown(await reauth.verifyPINAuthentication(token, { pin: PIN }));
  assert.equal((await reauth.verifyMultiFactorPINReauthentication(proof, profile.Uid)).IsValid, true);
});

test('the code that goes to the second phone does', async () => {
  const { profile, token } = await signedIn();
  const second = newcomer().phone;
  const mailbox = new Mailbox(second);
  await refused(reauth.mfaReAuthenticate(token), 1101);
  await sdk.multiFactorAuthenticationApi.mfaUpdatePhoneNumberByToken(token, second);
  await sdk.multiFactorAuthenticationApi.mfaUpdateSetting(token, { otp: await mailbox.nextCode() });

  const factors = await reauth.mfaReAuthenticate(token);
  assert.equal(factors.IsOTPAuthenticatorVerified, true);
  assert.equal(factors.OTPPhoneNo, second);
  const otp = await mailbox.nextCode();
  await refused(reauth.mfaReAuthenticateByOTP(token, { otp: wrongCode(otp) }), 1067);
  const proof = shown(await reauth.mfaReAuthenticateByOTP(token, { otp }));
  assert.equal((await reauth.verifyMultiFactorOtpReauthentication(proof, profile.Uid)).IsValid, true);
  await refused(reauth.mfaReAuthenticateByOTP(token, { otp }), 1068);
});
