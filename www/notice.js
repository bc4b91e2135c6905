// Notifications of the system, while the page is hidden.
const possible = typeof Notification !== 'undefined';

/** Asks for the permission, in a click of the user's. */
export function allow() {
  if (possible && Notification.permission === 'default') Notification.requestPermission().catch(() => {});
}

/** Shows one if nobody sees the page; null otherwise. */
export function notify(title, body) {
  if (!possible || !document.hidden || Notification.permission !== 'granted') return null;
  try {
    const notice = new Notification(title, { body, tag: title });
    notice.onclick = () => window.focus();
    return notice;
  } catch {
    // Chromium on Android has them only from service workers.
    return null;
  }
}
