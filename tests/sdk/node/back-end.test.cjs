'use strict';

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { describe, test } = require('node:test');
const { client, createdByBackEnd, newcomer, refused } = require('./demo.cjs');

const sdk = client();
const accounts = sdk.accountApi;

test('an account is created with what the back end says', async () => {
  const { person, profile } = await createdByBackEnd(sdk);

  assert.equal(profile.FullName, 'Ann Marlow');
  assert.deepEqual(profile.Email, [{ Type: 'Primary', Value: person.email }]);
  assert.equal(profile.EmailVerified, true);
  assert.equal(profile.PhoneId, person.phone);
  assert.equal(profile.PhoneIdVerified, true);
  assert.equal(profile.UserName, person.userName);
  assert.notEqual(profile.Password, person.password);
});

describe('an account is found', () => {
  const ways = {
    email: ({ person }) => accounts.getAccountProfileByEmail(person.email),
    phone: ({ person }) => accounts.getAccountProfileByPhone(person.phone),
    'user name': ({ person }) => accounts.getAccountProfileByUserName(person.userName),
    uid: ({ profile }) => accounts.getAccountProfileByUid(profile.Uid),
  };

  for (const [way, find] of Object.entries(ways)) {
    test(`by ${way}`, async () => {
      const created = await createdByBackEnd(sdk);
      const found = await find(created);
      assert.equal(found.Uid, created.profile.Uid);
      assert.equal(found.PhoneId, created.person.phone);
    });
  }

  const codes = { email: 1023, phone: 1043, 'user name': 1022, uid: 984 };
  for (const [way, code] of Object.entries(codes)) {
    test(`by ${way} only when there is one`, async () => {
      await refused(ways[way]({ person: newcomer(), profile: { Uid: randomUUID() } }), code);
    });
  }
});

test('an account is updated, and a null erases only with null support', async () => {
  const { profile } = await createdByBackEnd(sdk);

  const renamed = await accounts.updateAccountByUid({ FirstName: 'Anne', LastName: null }, profile.Uid);
  assert.equal(renamed.FirstName, 'Anne');
  assert.equal(renamed.LastName, 'Marlow');

  const shortened = await accounts.updateAccountByUid({ LastName: null }, profile.Uid, '', true);
  assert.equal(shortened.LastName, null);
  const read = await accounts.getAccountProfileByUid(profile.Uid);
  assert.equal(read.FirstName, 'Anne');
  assert.equal(read.LastName, null);
});

describe('a deleted account', () => {
  const ways = {
    uid: ({ profile }) => accounts.deleteAccountByUid(profile.Uid),
    email: ({ person }) => accounts.accountDeleteByEmail(person.email),
  };

  for (const [way, erase] of Object.entries(ways)) {
    test(`is gone when it was deleted by ${way}, with its sessions, and its names are free`, async () => {
      const created = await createdByBackEnd(sdk);
      const { email, phone, userName, password } = created.person;
      const session = await sdk.authenticationApi.loginByEmail({ email, password });

      const deleted = await erase(created);
      assert.equal(deleted.IsDeleted, true);
      assert.equal(deleted.RecordsDeleted, 1);

      await refused(accounts.getAccountProfileByUid(created.profile.Uid), 984);
      await refused(sdk.authenticationApi.loginByEmail({ email, password }), 966);
      await refused(sdk.authenticationApi.getProfileByAccessToken(session.access_token), 905);
      const again = await accounts.createAccount({
        Email: [{ Type: 'Primary', Value: email }],
        PhoneId: phone,
        UserName: userName,
        Password: password,
      });
      assert.notEqual(again.Uid, created.profile.Uid);
    });
  }
});

test('a wrong secret opens nothing', async () => {
  const { person, profile } = await createdByBackEnd(sdk);
  const stranger = client({ apiSecret: randomUUID() });

  await refused(stranger.accountApi.getAccountProfileByUid(profile.Uid), 902);
  await refused(stranger.accountApi.accountDeleteByEmail(person.email), 902);
  await refused(stranger.sottApi.generateSott(10), 902);
  const found = await accounts.getAccountProfileByUid(profile.Uid);
  assert.equal(found.Uid, profile.Uid);
});
