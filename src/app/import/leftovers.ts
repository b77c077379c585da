/**
 * What an import that a signal ends would leave behind: personal data in files that nobody knows of. The transaction
 * needs no such care, because the database undoes it when the connection breaks.
 */
const cleanUps = new Set<() => void>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const onSignal = (signal: NodeJS.Signals): void => {
  for (const cleanUp of cleanUps) cleanUp();
  listen(false);
  // Now it ends us as if nobody had listened, and whoever called us sees by which signal.
  process.kill(process.pid, signal);
};

const listen = (wanted: boolean): void => {
  for (const signal of SIGNALS) {
    if (wanted) process.on(signal, onSignal);
    else process.off(signal, onSignal);
  }
};

/** `cleanUp` must not wait for anything. Returns how to do without it: what it would remove is gone, or to be kept. */
export const whenInterrupted = (cleanUp: () => void): (() => void) => {
  if (cleanUps.size === 0) listen(true);
  cleanUps.add(cleanUp);
  return () => {
    if (cleanUps.delete(cleanUp) && cleanUps.size === 0) listen(false);
  };
};
