// The jsdom of Jest 27 has no `crypto`, the newer ones do.
globalThis.crypto ??= require('node:crypto').webcrypto;
