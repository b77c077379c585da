// The one form in which sound leaves Asterisk for us.

export const SOUND_RATE = 8_000;
/** A frame of 20 ms. */
export const SOUND_FRAME_BYTES = 2 * (SOUND_RATE / 50);
