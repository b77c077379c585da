/** How far back the records of attempts to one number are looked at (`NumberFacts.attemptsAt`). */
export const ATTEMPTS_REMEMBERED_MS = 48 * 3_600_000;
