'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Mailbox, client, createdByBackEnd, newPassword, newcomer, refused, wrongCode } = require('./demo.cjs');

const sdk = client();
const people = sdk.authenticationApi;
const page = new URL('/reset', process.env.DOORWARD_URL).href;

async function forgetful() {
  const { person, profile } = await createdByBackEnd(sdk);
  return { person, uid: profile.Uid, mailbox: new Mailbox(person.email) };
}

test('a forgotten password is reset by the link in the message, which works once', async () => {
  const { person, uid, mailbox } = await forgetful();
  const newSecret = newPassword();

  assert.equal((await people.forgotPassword(person.email, page)).IsPosted, true);
  const link = new URL(await mailbox.nextLink());
  assert.equal(link.pathname, '/reset');
  const resettoken = link.searchParams.get('vtoken');
  const answer = await people.resetPasswordByResetToken({ resettoken, password: newSecret });

  assert.equal(answer.Data.Profile.Uid, uid);
  await refused(people.resetPasswordByResetToken({ resettoken, password: newPassword() }), 974);
  await refused(people.loginByEmail({ email: person.email, password: person.password }), 966);
  await people.loginByEmail({ email: person.email, password: newSecret });
});

test('a link leads to a page of the tenant only', async () => {
  const { person } = await forgetful();

  await refused(people.forgotPassword(person.email, 'https://thief.example/reset'), 1252);
});

test('the back end makes a token and tells it in its own words', async () => {
  const { person, uid } = await forgetful();

  const made = await sdk.accountApi.getForgotPasswordToken(person.email);
  const answer = await people.resetPasswordByResetToken({ resettoken: made.ForgotToken, password: newPassword() });

  assert.equal(answer.Data.Profile.Uid, uid);
  assert.deepEqual((await new Mailbox(person.email).messages()).filter(({ link }) => link), []);
});

test('a code that the back end made resets the password by address', async () => {
  const { person } = await forgetful();
  const newSecret = newPassword();

  const made = await sdk.accountApi.multipurposeSMSOTPGeneration({ Phone: person.phone }, 'forgotpassword');
  const reset = (otp) =>
    sdk.phoneAuthenticationApi.resetPasswordByPhoneOTP({ phone: person.phone, otp, password: newSecret });
  await refused(reset(wrongCode(made.Token)), 1409);
  await reset(made.Token);

  await people.loginByEmail({ email: person.email, password: newSecret });
});

test('asking does not tell whether the address is known', async () => {
  const { email } = newcomer();

  assert.equal((await people.forgotPassword(email, page)).IsPosted, true);

  assert.deepEqual(await new Mailbox(email).messages(), []);
  await refused(people.resetPasswordByEmailOTP({ email, otp: '123456', password: newPassword() }), 1185);
});
