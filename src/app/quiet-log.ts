/** For work that a command does and tells of itself: nothing goes to a log. */
import type { Log } from "../engine/ports.ts";

const nothing = (): void => undefined;

export const QUIET_LOG: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
