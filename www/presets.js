// What the address of each server looks like.
const host = location.hostname || 'example.com';
/** What the build was given, or where `npm start` has its service. */
const service =
  typeof __VIASIP_SERVICE__ === 'undefined' ? `ws://${location.hostname || '127.0.0.1'}:5066` : __VIASIP_SERVICE__;
const domain = __VIASIP_DOMAIN__;
const local = domain === 'viasip.local';

export const presets = {
  own: {
    title: 'This page’s own service',
    url: service,
    domain,
    help: local ? 'Any name, password “viasip”. A second tab is a second phone.' : `An account of ${domain}.`,
    password: local ? 'viasip' : '',
  },
  kamailio: {
    title: 'Kamailio',
    url: `wss://${host}/ws`,
    domain: host,
    help: 'The websocket module behind TLS; often at port 8443.',
  },
  asterisk: {
    title: 'Asterisk',
    url: `wss://${host}:8089/ws`,
    domain: host,
    help: 'TLS in http.conf, and an endpoint with webrtc=yes.',
  },
  freeswitch: {
    title: 'FreeSWITCH',
    url: `wss://${host}:7443`,
    domain: host,
    help: 'A sofia profile with wss-binding.',
  },
};
