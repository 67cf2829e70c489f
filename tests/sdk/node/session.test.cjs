'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { client, createdByBackEnd, newPassword, newcomer, refused } = require('./demo.cjs');

const TOP_LEVEL_PROFILE_FIELDS = 149;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const sdk = client();

async function signedIn() {
  const { person, profile } = await createdByBackEnd(sdk);
  const session = await sdk.authenticationApi.loginByEmail({ email: person.email, password: person.password });
  return { person, profile, session };
}

describe('a person signs in', () => {
  const doors = {
    phone: ({ phone, password }) => sdk.phoneAuthenticationApi.loginByPhone({ phone, password }),
    email: ({ email, password }) => sdk.authenticationApi.loginByEmail({ email, password }),
    'user name': ({ userName, password }) => sdk.authenticationApi.loginByUserName({ username: userName, password }),
  };

  for (const [door, login] of Object.entries(doors)) {
    test(`by ${door}`, async () => {
      const { person, profile } = await createdByBackEnd(sdk);
      const session = await login(person);

      assert.match(session.access_token, GUID);
      assert.match(session.refresh_token, GUID);
      assert.ok(Date.parse(session.expires_in) > Date.now(), session.expires_in);
      assert.equal(session.Profile.Uid, profile.Uid);
      assert.equal(Object.keys(session.Profile).length, TOP_LEVEL_PROFILE_FIELDS);
    });

    test(`by ${door} only with the right password`, async () => {
      const { person } = await createdByBackEnd(sdk);
      await refused(login({ ...person, password: newPassword() }), 966);
    });

    test(`by ${door} only when known, and the answer does not tell`, async () => {
      await refused(login(newcomer()), 966);
    });
  }
});

test('a session reads its own profile, whole or in part', async () => {
  const { person, profile, session } = await signedIn();

  const whole = await sdk.authenticationApi.getProfileByAccessToken(session.access_token);
  assert.equal(whole.Uid, profile.Uid);
  assert.deepEqual(whole.Email, [{ Type: 'Primary', Value: person.email }]);

  const part = await sdk.authenticationApi.getProfileByAccessToken(session.access_token, 'firstname,Uid');
  assert.deepEqual({ ...part }, { FirstName: 'Ann', Uid: profile.Uid });
});

test('an access token is validated and told about', async () => {
  const { session } = await signedIn();

  const valid = await sdk.authenticationApi.authValidateAccessToken(session.access_token);
  assert.equal(valid.access_token, session.access_token);
  assert.equal(valid.expires_in, session.expires_in);

  const info = await sdk.authenticationApi.getAccessTokenInfo(session.access_token);
  assert.equal(info.access_token, session.access_token);
  assert.equal(info.isrememberme, false);
  assert.equal(info.expires_in, session.expires_in);
});

describe('an access token that is given up', () => {
  test('is dead, while its refresh token lives', async () => {
    const { session } = await signedIn();

    // An argument left out travels as `preventRefresh=`.
    const given = await sdk.authenticationApi.authInValidateAccessToken(session.access_token);
    assert.equal(given.IsPosted, true);

    await refused(sdk.authenticationApi.authValidateAccessToken(session.access_token), 905);
    await refused(sdk.authenticationApi.getProfileByAccessToken(session.access_token), 905);
    const next = await sdk.accountApi.refreshAccessTokenByRefreshToken(session.refresh_token);
    assert.match(next.access_token, GUID);
  });

  test('takes its refresh token with it when asked', async () => {
    const { session } = await signedIn();

    await sdk.authenticationApi.authInValidateAccessToken(session.access_token, true);

    await refused(sdk.authenticationApi.authValidateAccessToken(session.access_token), 905);
    await refused(sdk.accountApi.refreshAccessTokenByRefreshToken(session.refresh_token), 1217);
  });
});

test('a refresh token is used once and followed by the next', async () => {
  const { profile, session } = await signedIn();

  const second = await sdk.accountApi.refreshAccessTokenByRefreshToken(session.refresh_token);
  assert.notEqual(second.access_token, session.access_token);
  assert.notEqual(second.refresh_token, session.refresh_token);
  const read = await sdk.authenticationApi.getProfileByAccessToken(second.access_token);
  assert.equal(read.Uid, profile.Uid);

  await refused(sdk.accountApi.refreshAccessTokenByRefreshToken(session.refresh_token), 1217);
  const third = await sdk.accountApi.refreshAccessTokenByRefreshToken(second.refresh_token);
  assert.match(third.access_token, GUID);
});
