'use strict';

const { createHmac } = require('node:crypto');

const STEP_SECONDS = 30;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An authenticator app that somebody typed this key into. */
class App {
  #key;

  constructor(typed) {
    const bits = [...typed].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
    this.#key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  }

  /** The code of the step so many steps from now: each is taken once, and nobody waits for the next. */
  code(steps = 0) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_SECONDS) + steps));
    const tag = createHmac('sha1', this.#key).update(counter).digest();
    const number = tag.readUInt32BE(tag[tag.length - 1] & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
  }
}

module.exports = { App };
