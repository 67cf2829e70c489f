'use strict';

// What the back end does to accounts beyond making, reading, changing and deleting them.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newPassword, newcomer, refused } = require('./demo.cjs');

const sdk = client();
const accounts = sdk.accountApi;

function login({ email }, password) {
  return sdk.authenticationApi.loginByEmail({ email, password });
}

test('a password is set by the back end, which sees its hash alone', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const newSecret = newPassword();

  await accounts.setAccountPasswordByUid(newSecret, profile.Uid);

  const { PasswordHash } = await accounts.getAccountPasswordHashByUid(profile.Uid);
  assert.match(PasswordHash, /^\$argon2id\$/);
  await refused(login(person, person.password), 966);
  await login(person, newSecret);
});

test('addresses are added and removed by the back end', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const { email } = newcomer();
  const Email = [
    { Type: 'Primary', Value: person.email },
    { Type: 'Work', Value: email },
  ];

  const more = await accounts.upsertEmail({ Email }, profile.Uid);
  assert.deepEqual(more.UnverifiedEmail, [{ Type: 'Work', Value: email }]);
  const fewer = await accounts.removeEmail(email, profile.Uid);

  assert.deepEqual(fewer.Email.map(({ Value }) => Value), [person.email]);
  assert.equal(fewer.UnverifiedEmail, null);
});

test('a login phone is changed by the back end', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const { phone } = newcomer();

  assert.equal((await accounts.updatePhoneIDByUid(phone, profile.Uid)).PhoneId, phone);

  await refused(sdk.phoneAuthenticationApi.loginByPhone({ phone: person.phone, password: person.password }), 966);
});

test('a proof is taken back by the back end, and asked for again', async () => {
  const { person, profile } = await createdByBackEnd(sdk);

  assert.equal((await accounts.resetPhoneIDVerificationByUid(profile.Uid)).IsPosted, true);
  await refused(sdk.phoneAuthenticationApi.loginByPhone({ phone: person.phone, password: person.password }), 1066);

  const code = await new Mailbox(person.phone).nextCode();
  await sdk.phoneAuthenticationApi.phoneVerificationByOTP(code, person.phone);
});

test('a session is opened in a person’s name', async () => {
  const { profile } = await createdByBackEnd(sdk);

  const { access_token: token } = await accounts.getAccessTokenByUid(profile.Uid);

  assert.equal((await sdk.authenticationApi.getProfileByAccessToken(token)).Uid, profile.Uid);
});

test('refresh tokens are revoked one by one and all at once', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const [one, two] = [await login(person, person.password), await login(person, person.password)];

  assert.equal((await accounts.revokeRefreshToken(one.refresh_token)).IsDeleted, true);
  await refused(accounts.refreshAccessTokenByRefreshToken(one.refresh_token), 1217);
  await accounts.refreshAccessTokenByRefreshToken(two.refresh_token);
  await accounts.revokeAllRefreshToken(profile.Uid);

  await refused(accounts.refreshAccessTokenByRefreshToken(two.refresh_token), 1217);
});

test('an account gets another uid', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const newUid = `uid-${person.userName}`;

  await accounts.accountUpdateUid({ NewUid: newUid }, profile.Uid);

  assert.equal((await accounts.getAccountProfileByUid(newUid)).PhoneId, person.phone);
  assert.ok((await accounts.getAccountIdentitiesByEmail(person.email)).Data.some(({ Uid }) => Uid === newUid));
});

test('the back end sends the verification in its own words', async () => {
  const { person, profile } = await createdByBackEnd(sdk, { EmailVerified: false });

  const { VerificationToken } = await accounts.getEmailVerificationToken(person.email);
  const verified = await sdk.authenticationApi.verifyEmail(VerificationToken);

  assert.equal(verified.Data.Profile.Uid, profile.Uid);
});
