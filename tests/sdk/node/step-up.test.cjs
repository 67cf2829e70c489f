'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { App } = require('./authenticator.cjs');
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

test('the authenticator app does, and a backup code', async () => {
  const { profile, token } = await signedIn();
  const mfa = sdk.multiFactorAuthenticationApi;
  await refused(reauth.mfaReAuthenticateByAuthenticatorCode(token, { authenticatorcode: '123456' }), 1099);
  await refused(reauth.mfaReAuthenticateByBackupCode(token, { backupCode: '00000-00000' }), 1128);
  const app = new App((await mfa.mfaConfigureByAccessToken(token)).ManualEntryCode);
  await mfa.mfaVerifyAuthenticatorCode(token, { authenticatorcode: app.code(-1) });
  const { BackUpCodes: codes } = await mfa.mfaBackupCodeByAccessToken(token);

  const code = app.code();
  await refused(reauth.mfaReAuthenticateByAuthenticatorCode(token, { authenticatorcode: wrongCode(code) }), 1102);
  const byApp = shown(await reauth.mfaReAuthenticateByAuthenticatorCode(token, { authenticatorcode: code }));
  assert.equal((await reauth.verifyMultiFactorOtpReauthentication(byApp, profile.Uid)).IsValid, true);
  await refused(reauth.mfaReAuthenticateByAuthenticatorCode(token, { authenticatorcode: code }), 1102);

  const onPaper = shown(await reauth.mfaReAuthenticateByBackupCode(token, { backupCode: codes[0] }));
  assert.equal((await reauth.verifyMultiFactorOtpReauthentication(onPaper, profile.Uid)).IsValid, true);
  await refused(reauth.mfaReAuthenticateByBackupCode(token, { backupCode: codes[0] }), 1129);
});
