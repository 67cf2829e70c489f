'use strict';

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newcomer, refused, wrongCode } = require('./demo.cjs');

const sdk = client();
const { oneTouchLoginApi: oneTouch, smartLoginApi: smart, authenticationApi } = sdk;

test('a device is signed in when its smart link is opened', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const guid = randomUUID();
  assert.equal((await smart.smartLoginByEmail(guid, person.email)).IsPosted, true);
  await refused(smart.smartLoginPing(guid), 1139);

  const token = await new Mailbox(person.email).nextToken();
  assert.deepEqual(await smart.smartLoginTokenVerification(token), { IsPosted: true, IsVerified: true });

  const session = await smart.smartLoginPing(guid);
  assert.equal(session.Profile.Uid, profile.Uid);
  const own = await authenticationApi.getProfileByAccessToken(session.access_token);
  assert.equal(own.Uid, profile.Uid);

  await refused(smart.smartLoginPing(guid), 1136);
  await refused(smart.smartLoginTokenVerification(token), 1137);
});

test('a user name leads to the mailbox of its account', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const guid = randomUUID();
  await smart.smartLoginByUserName(guid, person.userName);
  await smart.smartLoginTokenVerification(await new Mailbox(person.email).nextToken());
  assert.equal((await smart.smartLoginPing(guid)).Profile.Uid, profile.Uid);
});

test('a GUID that is not random is refused', async () => {
  await refused(smart.smartLoginByEmail('my-device', newcomer().email), 1140);
  await refused(smart.smartLoginPing('my-device'), 1140);
});

test('somebody new signs up at one touch by email', async () => {
  const { email } = newcomer();
  const clientguid = randomUUID();
  assert.equal((await oneTouch.oneTouchLoginByEmail({ clientguid, email, name: 'Ann' })).IsPosted, true);
  await refused(oneTouch.oneTouchLoginPing(clientguid), 1139);

  const token = await new Mailbox(email).nextToken();
  assert.equal((await oneTouch.oneTouchEmailVerification(token)).IsVerified, true);

  const { Profile, access_token: accessToken } = await oneTouch.oneTouchLoginPing(clientguid);
  assert.deepEqual(Profile.Email, [{ Type: 'Primary', Value: email }]);
  assert.equal(Profile.EmailVerified, true);
  assert.equal(Profile.FirstName, 'Ann');
  assert.equal((await authenticationApi.getProfileByAccessToken(accessToken)).Uid, Profile.Uid);
  await refused(oneTouch.oneTouchEmailVerification(token), 1145);
});

test('somebody new signs up at one touch by phone, and signs in the same way again', async () => {
  const { phone } = newcomer();
  const mailbox = new Mailbox(phone);
  const ask = async () => {
    const sent = await oneTouch.oneTouchLoginByPhone({ phone, name: 'Ann' });
    assert.equal(sent.IsPosted, true);
    return mailbox.nextCode();
  };
  const code = await ask();
  await refused(oneTouch.oneTouchLoginOTPVerification(wrongCode(code), phone), 1067);
  const first = await oneTouch.oneTouchLoginOTPVerification(code, phone);
  assert.equal(first.Profile.PhoneIdVerified, true);
  const second = await oneTouch.oneTouchLoginOTPVerification(await ask(), phone);
  assert.equal(second.Profile.Uid, first.Profile.Uid);
});
