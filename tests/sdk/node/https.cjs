'use strict';

// Preloaded (`node --require`) under the client, which stays as published: it speaks https by Node's own `https.request`
// and names no port, so the process tells which one is meant. `NODE_EXTRA_CA_CERTS` makes it trust the demo.

const https = require('node:https');

https.globalAgent.defaultPort = Number(new URL(process.env.DOORWARD_URL).port);
