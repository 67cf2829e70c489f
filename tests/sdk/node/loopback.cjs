'use strict';

// Preloaded (`node --require`) under the client, which stays as published. It speaks only https on port 443 and
// reads the configuration from a second host that is written into it, so both go to the demo's port here.

const http = require('node:http');
const https = require('node:https');

const demo = new URL(process.env.DOORWARD_URL);
const CLIENT_HOSTS = new Set([demo.hostname, 'config.lrcontent.com']);

https.request = (options, onAnswer) => {
  if (!CLIENT_HOSTS.has(options.hostname)) {
    throw new Error(`a journey must stay on loopback, not call ${options.hostname}`);
  }
  return http.request({ ...options, hostname: demo.hostname, port: demo.port }, onAnswer);
};
