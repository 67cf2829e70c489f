'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { client, createdByBackEnd, refused } = require('./demo.cjs');
const { signInOnThePage } = require('./hosted-pages.cjs');

const sdk = client();

test('the code of a sign-in on the hosted pages is exchanged for tokens, once', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const code = await signInOnThePage(person);
  const session = await sdk.socialApi.exchangeAccessToken(code);
  assert.ok(Date.parse(session.expires_in) > Date.now());
  const own = await sdk.authenticationApi.getProfileByAccessToken(session.access_token);
  assert.equal(own.Uid, profile.Uid);
  await sdk.accountApi.refreshAccessTokenByRefreshToken(session.refresh_token);
  await refused(sdk.socialApi.exchangeAccessToken(code), 903);
});

test('a code of nobody is refused', async () => {
  await refused(sdk.socialApi.exchangeAccessToken('no-such-code'), 903);
});
