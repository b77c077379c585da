/** One line of `fairdial check`: how it stands, what is wrong in plain words, and what to do. */
export interface Finding {
  readonly status: "ok" | "warn" | "fail";
  /** What was looked at: configuration, database, asterisk, trunk carrier-a … */
  readonly subject: string;
  readonly sentence: string;
  /** Null when there is nothing to do. */
  readonly advice: string | null;
}

export const ok = (subject: string, sentence: string): Finding => ({ status: "ok", subject, sentence, advice: null });
export const warn = (subject: string, sentence: string, advice: string): Finding => ({
  status: "warn",
  subject,
  sentence,
  advice,
});
export const fail = (subject: string, sentence: string, advice: string): Finding => ({
  status: "fail",
  subject,
  sentence,
  advice,
});
