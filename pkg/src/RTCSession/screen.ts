/** A screen, window or tab: in the place of the camera, or as video of its own (W3C Screen Capture). */
import { NotSupportedError } from '../Exceptions.js';
import type { RTCSession } from '../RTCSession.js';
import { devicesOf } from './devices.js';

export async function shareScreen(
  session: RTCSession,
  constraints?: DisplayMediaStreamOptions,
): Promise<MediaStreamTrack> {
  const devices = devicesOf(session);
  devices.check();
  if (!navigator.mediaDevices?.getDisplayMedia) throw new NotSupportedError('No screen can be captured here');
  // Asked for at once, while the browser still knows of the click that it takes.
  const asked = navigator.mediaDevices.getDisplayMedia(constraints);
  return devices.change(devices.open('video', asked), async (screen) => {
    const before = devices.screen;
    // Known before it is sent: who stops sharing while the far end is asked wants no camera in its place.
    devices.screen = screen;
    try {
      const replaced = await devices.send(screen, 'sendonly');
      if (before) devices.discard(replaced);
      else devices.camera = replaced;
    } catch (error) {
      devices.screen = before;
      throw error;
    }
  });
}
