/** What a line of a log or a journal holds beside its words. */
export type Facts = Readonly<Record<string, unknown>>;
