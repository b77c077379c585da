/** What the daemon answers to those who pass people on, and to those who listen: whether it was done, and in a sentence. */
export const TRANSFER_RESULTS: Readonly<Record<string, readonly [isDone: boolean, sentence: string]>> = {
  "in-transfer": [false, "is passing somebody on already: complete it, or take them back"],
  "no-transfer": [false, "passes nobody on"],
  "not-now": [false, "cannot do that at this moment of the transfer"],
  "on-the-way": [false, "has somebody who is on the way at this moment; ask again"],
  "not-your-call": [false, "is in another agent's call, and can only leave it"],
  "nobody-free": [false, "found nobody free to take them"],
  "other-not-free": [false, "cannot pass them on: that agent is not free, or not logged in on this node"],
  "not-to-themselves": [false, "and the other must be two agents"],
  "unknown-transfer-key": [false, "pressed a key for which the campaign has no --transfer-key"],
  "number-not-allowed": [
    false,
    "may not pass anybody on to that number: it is not among the campaign's --outside-number",
  ],
  "may-not-dial": [false, "may not pass anybody on to a number now: the campaign may not dial (fairdial why campaign)"],
  "premium-number": [false, "may not pass anybody on to that number: it is premium rate, or none"],
  "country-not-allowed": [
    false,
    "may not pass anybody on to that number: the campaign's profile does not cover its country",
  ],
  "toll-guard": [
    false,
    "may not pass anybody on to that number: this node or the campaign does not pay for such (tollGuard)",
  ],
  "outside-limit": [false, "must wait: as many people are with outside numbers as --outside-max allows"],
  "no-line": [false, "must wait: the trunk has no free line on this node"],
  "supervisor-not-paused": [false, "must be on a pause to listen, so that no call comes meanwhile"],
  "other-not-logged-in": [false, "cannot listen: that agent is not logged in on this node"],
  "other-not-on-a-call": [false, "cannot listen: that agent is not on a call; --follow waits for the next"],
  "supervision-forbidden": [false, "may not listen to that call: its campaign or its profile forbids it"],
};
