'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newPassword, newcomer, refused } = require('./demo.cjs');

const sdk = client();
const people = sdk.authenticationApi;
const phones = sdk.phoneAuthenticationApi;

async function signedIn() {
  const { person, profile } = await createdByBackEnd(sdk);
  const { access_token: token } = await people.loginByEmail({ email: person.email, password: person.password });
  return { person, token, uid: profile.Uid };
}

test('a profile is changed by its owner', async () => {
  const { token } = await signedIn();

  const answer = await people.updateProfileByAccessToken(token, { NickName: 'Ash', Uid: 'somebody-else' });

  assert.equal(answer.Data.NickName, 'Ash');
  assert.notEqual(answer.Data.Uid, 'somebody-else');
});

test('a password is changed by whoever knows the old one, and the other sessions end', async () => {
  const { person, token } = await signedIn();
  const other = await people.loginByEmail({ email: person.email, password: person.password });
  const newSecret = newPassword();

  await refused(people.changePassword(token, newSecret, newPassword()), 967);
  assert.equal((await people.changePassword(token, newSecret, person.password)).IsPosted, true);

  await refused(people.getProfileByAccessToken(other.access_token), 905);
  await people.getProfileByAccessToken(token);
  await people.loginByEmail({ email: person.email, password: newSecret });
});

test('a user name is taken by one person alone', async () => {
  const { token } = await signedIn();
  const { userName } = newcomer();
  assert.equal((await people.checkUserNameAvailability(userName)).IsExist, false);

  assert.equal((await people.setOrChangeUserName(token, userName)).IsPosted, true);

  assert.equal((await people.checkUserNameAvailability(userName)).IsExist, true);
  const { token: rival } = await signedIn();
  await refused(people.setOrChangeUserName(rival, userName), 1017);
});

describe('an address', () => {
  test('that was added signs in once it is proved', async () => {
    const { person, token, uid } = await signedIn();
    const { email } = newcomer();

    assert.equal((await people.addEmail(token, email, 'Work')).IsPosted, true);
    assert.equal((await people.checkEmailAvailability(email)).IsExist, true);
    const link = await new Mailbox(email).nextLink();
    const verified = await people.verifyEmail(new URL(link).searchParams.get('vtoken'));

    assert.equal(verified.Data.Profile.Uid, uid);
    const login = await people.loginByEmail({ email, password: person.password });
    assert.equal(login.Profile.Uid, uid);
  });

  test('that was removed signs in no more, and the last one stays', async () => {
    const { person, token } = await signedIn();
    const { email } = newcomer();
    await people.addEmail(token, email, 'Work');

    await refused(people.removeEmail(token, person.email), 1005);
    assert.equal((await people.removeEmail(token, email)).IsDeleted, true);

    await refused(people.removeEmail(token, email), 1340);
  });
});

describe('a login phone', () => {
  test('changes when the code that went to the new number comes back', async () => {
    const { person, token, uid } = await signedIn();
    const { phone } = newcomer();
    const mailbox = new Mailbox(phone);

    assert.equal((await phones.updatePhoneNumber(token, phone)).IsPosted, true);
    await phones.loginByPhone({ phone: person.phone, password: person.password });
    assert.equal((await phones.phoneVerificationOTPByAccessToken(token, await mailbox.nextCode())).IsPosted, true);

    const login = await phones.loginByPhone({ phone, password: person.password });
    assert.equal(login.Profile.Uid, uid);
    await refused(phones.loginByPhone({ phone: person.phone, password: person.password }), 966);
    assert.equal((await phones.checkPhoneNumberAvailability(person.phone)).IsExist, false);
  });

  test('that was removed signs in no more', async () => {
    const { person, token } = await signedIn();

    assert.equal((await phones.removePhoneIDByAccessToken(token)).IsDeleted, true);

    await refused(phones.loginByPhone({ phone: person.phone, password: person.password }), 966);
  });
});

test('an account is deleted by the link in the message', async () => {
  const { person, token } = await signedIn();
  const page = new URL('/goodbye', process.env.DOORWARD_URL);

  const asked = await people.deleteAccountWithEmailConfirmation(token, page.href);
  assert.equal(asked.IsDeleteRequestAccepted, true);
  const link = new URL(await new Mailbox(person.email).nextLink());
  assert.equal(link.pathname, '/goodbye');
  assert.equal((await people.deleteAccountByDeleteToken(link.searchParams.get('vtoken'))).IsPosted, true);

  await refused(people.loginByEmail({ email: person.email, password: person.password }), 966);
});

test('an account that is not locked has nothing to unlock', async () => {
  const { token } = await signedIn();

  await refused(people.unlockAccountByToken(token, { securityanswer: {} }), 1221);
});
