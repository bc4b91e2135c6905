import { createApp } from 'vue';
import App from './App.vue';
import type { Account } from './usePhone';

const given = new URLSearchParams(location.search);
const account: Account = {
  server: given.get('server') ?? 'ws://localhost:5066',
  uri: given.get('uri') ?? 'sip:alice@viasip.local',
  password: given.get('password') ?? prompt('Password') ?? '',
};
createApp(App, { account }).mount('#app');
