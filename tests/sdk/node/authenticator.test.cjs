'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { App } = require('./authenticator.cjs');
const { client, createdByBackEnd, refused, wrongCode } = require('./demo.cjs');

const NO_TOKEN = '00000000-0000-0000-0000-000000000000';

const sdk = client();
const mfa = sdk.multiFactorAuthenticationApi;

function login({ email, password }) {
  return mfa.mfaLoginByEmail(email, password);
}

/** A person with an authenticator app, and the session that it was set up in. */
async function withApp() {
  const { person, profile } = await createdByBackEnd(sdk);
  const session = await login(person);
  const settings = await mfa.mfaConfigureByAccessToken(session.access_token);
  assert.match(settings.QRCode, /^data:image\/png;base64,/);
  assert.equal(settings.IsAuthenticatorVerified, false);
  const app = new App(settings.ManualEntryCode);
  const shown = await mfa.mfaVerifyAuthenticatorCode(session.access_token, { authenticatorcode: app.code(-1) });
  assert.equal(shown.Uid, profile.Uid);
  return { person, profile, app, session };
}

async function waitingLogin(person) {
  const waiting = await login(person);
  assert.equal(waiting.access_token, NO_TOKEN);
  assert.equal(waiting.SecondFactorAuthentication.IsAuthenticatorVerified, true);
  assert.equal(waiting.SecondFactorAuthentication.QRCode, null);
  return waiting.SecondFactorAuthentication.SecondFactorAuthenticationToken;
}

test('a login waits for the code that the app shows', async () => {
  const { person, profile, app } = await withApp();
  const token = await waitingLogin(person);
  const code = app.code(0);
  await refused(mfa.mfaValidateAuthenticatorCode({ authenticatorcode: wrongCode(code) }, token), 1102);
  const session = await mfa.mfaValidateAuthenticatorCode({ authenticatorcode: code }, token);
  assert.equal(session.Profile.Uid, profile.Uid);
  const again = await waitingLogin(person);
  await refused(mfa.mfaValidateAuthenticatorCode({ authenticatorcode: code }, again), 1102);
  await mfa.mfaValidateAuthenticatorCode({ googleauthenticatorcode: app.code(1) }, again);
});

test('a person removes the app, or the back end does', async () => {
  const { person, session } = await withApp();
  assert.equal((await mfa.mfaResetAuthenticatorByToken(session.access_token, true)).IsDeleted, true);
  assert.notEqual((await login(person)).access_token, NO_TOKEN);
  const other = await withApp();
  assert.equal((await mfa.mfaResetAuthenticatorByUid(true, other.profile.Uid)).IsDeleted, true);
  assert.notEqual((await login(other.person)).access_token, NO_TOKEN);
});

test('a backup code completes a login once', async () => {
  const { person, profile, session } = await withApp();
  const { BackUpCodes: codes } = await mfa.mfaBackupCodeByAccessToken(session.access_token);
  assert.equal(new Set(codes).size, 10);
  await refused(mfa.mfaBackupCodeByAccessToken(session.access_token), 1127);
  const completed = await mfa.mfaValidateBackupCode({ backupcode: codes[0] }, await waitingLogin(person));
  assert.equal(completed.Profile.Uid, profile.Uid);
  const token = await waitingLogin(person);
  await refused(mfa.mfaValidateBackupCode({ backupcode: codes[0] }, token), 1129);
  const { BackUpCodes: others } = await mfa.mfaResetBackupCodeByAccessToken(session.access_token);
  await refused(mfa.mfaValidateBackupCode({ backupcode: codes[1] }, token), 1129);
  await mfa.mfaValidateBackupCode({ backupcode: others[0] }, token);
});

test('the back end gives backup codes to who lost theirs', async () => {
  const { person, profile } = await withApp();
  await mfa.mfaBackupCodeByUid(profile.Uid);
  const { BackUpCodes: codes } = await mfa.mfaResetBackupCodeByUid(profile.Uid);
  await mfa.mfaValidateBackupCode({ backupcode: codes[9] }, await waitingLogin(person));
});
