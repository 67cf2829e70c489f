'use strict';

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { test } = require('node:test');
const { apiKey, apiSecret, client, createdByBackEnd, newcomer, refused } = require('./demo.cjs');

const sdk = client();

test('credentials that leak onto a call that needs none do no harm', async () => {
  const { person } = await createdByBackEnd(sdk);
  const body = { email: person.email, password: person.password };

  for (const leaking of [apiSecret, randomUUID()]) {
    const { config } = client({ apiSecret: leaking });
    const session = await config.request(
      'POST',
      'identity/v2/auth/login',
      { apiKey, apiSecret: leaking, sott: 'left from a registration' },
      body,
    );
    assert.equal(session.Profile.UserName, person.userName);
  }
});

test('the optional settings of the client do no harm', async () => {
  const { person } = await createdByBackEnd(sdk);
  const fussy = client({ originIp: '203.0.113.7', serverRegion: 'eu', PreventWebhook: true });

  const session = await fussy.authenticationApi.loginByEmail({ email: person.email, password: person.password });
  assert.equal(session.Profile.UserName, person.userName);
});

test('a body cut short by the client is refused, and the next call is untouched by its tail', async () => {
  // The client counts characters where Content-Length counts bytes: every letter past ASCII leaves bytes behind,
  // which would be read as the start of the next request on that connection.
  const person = newcomer();
  const account = { Email: [{ Type: 'Primary', Value: person.email }], FirstName: 'Zoë' };

  await refused(sdk.accountApi.createAccount(account), 965);
  await refused(sdk.accountApi.getAccountProfileByEmail(person.email), 1023);
});
