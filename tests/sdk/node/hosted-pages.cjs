'use strict';

const assert = require('node:assert/strict');

const demo = new URL(process.env.DOORWARD_URL);
const BACK = new URL('/dev/application/back', demo).href;

/** Signs the person in on the demo's hosted page, as a browser does; gives the code that it is sent back with. */
async function signInOnThePage({ email, password }) {
  const page = new URL('/hosted/demo/sign-in', demo);
  page.searchParams.set('redirect_url', BACK);
  const shown = await fetch(page);
  assert.equal(shown.status, 200);
  const cookie = shown.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const [, form] = /name="form" value="([^"]+)"/.exec(await shown.text());
  const body = new URLSearchParams({ form, identifier: email, password });
  const sent = await fetch(page, { method: 'POST', body, headers: { cookie }, redirect: 'manual' });
  const back = new URL(sent.headers.get('location'));
  assert.equal(back.origin + back.pathname, BACK);
  return back.searchParams.get('code');
}

module.exports = { signInOnThePage };
