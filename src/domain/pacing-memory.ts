/** How much of what pacing learned is kept for one campaign on one node: one bound and one sentence for every store. */

/** Of its JSON; twenty times what a campaign of a few hundred agents takes. What is longer is not kept. */
export const PACING_MEMORY_CHARACTERS_MAX = 1_000_000;

export const pacingMemoryTooLong = (campaign: number, characters: number): string =>
  `what pacing learned of campaign ${campaign} takes ${characters} characters, and at most ${PACING_MEMORY_CHARACTERS_MAX} are kept: what was saved before stays`;
