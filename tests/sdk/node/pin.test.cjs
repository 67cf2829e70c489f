'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newPassword, refused, registeredByPhone, wrongCode } = require('./demo.cjs');

const TOP_LEVEL_PROFILE_FIELDS = 149;
const PIN = '2580';
const OTHER_PIN = '9371';
const WRONG_IN_A_ROW = 5;

const sdk = client();
const pins = sdk.pinAuthenticationApi;

function signIn({ phone, password }) {
  return sdk.phoneAuthenticationApi.loginByPhone({ phone, password });
}

function signInByPin(session, pin) {
  return pins.pinLogin({ pin }, session.session_token);
}

/** Somebody with everything verified and a PIN, and the session in which it was set. */
async function holder() {
  const { person, profile } = await createdByBackEnd(sdk);
  const session = await signIn(person);
  const { Data } = await sdk.authenticationApi.updateProfileByAccessToken(session.access_token, { PINInfo: { PIN } });
  assert.equal(Data.PIN.PIN, '********');
  return { person, profile, session };
}

test('a PIN set after signing in signs in again, and the session token lives on', async () => {
  const { profile, session } = await holder();
  assert.ok(Date.parse(session.session_expires_in) > Date.now());

  for (let time = 0; time < 2; time += 1) {
    const login = await signInByPin(session, PIN);
    assert.equal(Object.keys(login.Profile).length, TOP_LEVEL_PROFILE_FIELDS);
    assert.equal(login.Profile.Uid, profile.Uid);
    assert.ok(!('session_token' in login));
    await sdk.authenticationApi.getProfileByAccessToken(login.access_token);
    await sdk.accountApi.refreshAccessTokenByRefreshToken(login.refresh_token);
  }
});

test('a PIN given at registration signs in', async () => {
  const { session } = await registeredByPhone(sdk, { PINInfo: { PIN } });
  await signInByPin(session, PIN);
});

test('wrong PINs end the session token, and the password opens the way again', async () => {
  const { person, session } = await holder();
  for (let guess = 0; guess < WRONG_IN_A_ROW; guess += 1) {
    await refused(signInByPin(session, OTHER_PIN), 1236);
  }
  await refused(signInByPin(session, PIN), 1245);
  await signInByPin(await signIn(person), PIN);
});

test('a session token that was given up signs nobody in', async () => {
  const { session } = await holder();
  const given = await pins.inValidatePinSessionToken(session.session_token);
  assert.equal(given.IsPosted, true);
  await refused(signInByPin(session, PIN), 1245);
});

test('a PIN is changed by whoever knows it, and not to a weak one', async () => {
  const { person, session } = await holder();
  const change = (oldPIN, newPIN) => pins.changePINByAccessToken(session.access_token, { oldPIN, newPIN });

  const refusal = await refused(change(PIN, '1234'), 1134);
  assert.equal(refusal.Errors[0].FieldName, 'pin');
  await refused(change(OTHER_PIN, '8462'), 1241);
  const changed = await change(PIN, OTHER_PIN);
  assert.equal(changed.IsPosted, true);

  await refused(signInByPin(session, OTHER_PIN), 1245);
  const again = await signIn(person);
  await refused(signInByPin(again, PIN), 1236);
  await signInByPin(again, OTHER_PIN);
});

describe('a forgotten PIN is reset', () => {
  test('by phone', async () => {
    const { person, session } = await holder();
    const sent = await pins.sendForgotPINSMSByPhone({ phone: person.phone });
    assert.equal(sent.IsPosted, true);
    assert.equal(typeof sent.Data.Sid, 'string');
    const otp = await new Mailbox(person.phone).nextCode();

    const reset = (code) => pins.resetPINByPhoneAndOtp({ phone: person.phone, otp: code, pin: OTHER_PIN });
    await refused(reset(wrongCode(otp)), 1067);
    const answer = await reset(otp);
    assert.equal(answer.IsPosted, true);

    await refused(signInByPin(session, OTHER_PIN), 1245);
    await signInByPin(await signIn(person), OTHER_PIN);
  });

  test('by email and by user name', async () => {
    const { person } = await holder();
    const mailbox = new Mailbox(person.email);
    await pins.sendForgotPINEmailByEmail({ email: person.email });
    await pins.resetPINByEmailAndOtp({ email: person.email, otp: await mailbox.nextCode(), pin: OTHER_PIN });
    await signInByPin(await signIn(person), OTHER_PIN);

    await pins.sendForgotPINEmailByUsername({ userName: person.userName });
    const otp = await mailbox.nextCode();
    await pins.resetPINByUsernameAndOtp({ username: person.userName, otp, pin: PIN });
    await signInByPin(await signIn(person), PIN);
  });

  test('by the link in an email', async () => {
    const { person } = await holder();
    await pins.sendForgotPINEmailByEmail({ email: person.email }, null, 'http://localhost:4000/pin');
    const link = new URL(await new Mailbox(person.email).nextLink());
    const resetToken = link.searchParams.get('vtoken');
    await pins.resetPINByResetToken({ resetToken, PIN: OTHER_PIN });
    await refused(pins.resetPINByResetToken({ resetToken, PIN }), 1242);
    await signInByPin(await signIn(person), OTHER_PIN);
  });
});

test('a new password ends what a PIN signs in with', async () => {
  const { person, session } = await holder();
  const newSecret = newPassword();
  await sdk.authenticationApi.changePassword(session.access_token, newSecret, person.password);
  await refused(signInByPin(session, PIN), 1245);
});

test('where a PIN is required, a login waits until it is set', async () => {
  const strict = client({
    apiKey: process.env.DOORWARD_PIN_API_KEY,
    apiSecret: process.env.DOORWARD_PIN_API_SECRET,
  });
  const { person } = await createdByBackEnd(strict);
  const { phone, password } = person;
  const login = () => strict.phoneAuthenticationApi.loginByPhone({ phone, password });

  const waiting = await refused(login(), 1243);
  const token = waiting.Data.PINAuthToken;
  await refused(strict.pinAuthenticationApi.setPINByPinAuthToken({ PIN: '0000' }, token), 1134);
  const session = await strict.pinAuthenticationApi.setPINByPinAuthToken({ PIN }, token);
  assert.equal(session.Profile.NoOfLogins, 1);
  await refused(strict.pinAuthenticationApi.setPINByPinAuthToken({ PIN: OTHER_PIN }, token), 1239);
  await strict.pinAuthenticationApi.pinLogin({ pin: PIN }, session.session_token);
  await login();
});
