// A site's own compliance profile for the lab: the British one, but open at any hour of any day, for people made of sound
// files. Written as an administrator would write it; the daemon is told of it by `profiles:` in its configuration.

export type SiteProfile = {
  readonly name: string;
  /** Least ringing; the British fifteen seconds unless a test has no time for them. */
  readonly ringMinMs?: number;
  /** Abandon without end, so that far more people answer than there are agents. Never outside a lab. */
  readonly overdial?: boolean;
};

/** The profile's file. */
export function siteProfile({ name, ringMinMs, overdial = false }: SiteProfile): string {
  const replaced = ["UK-HRS-1", "UK-FREQ-1", ...(ringMinMs === undefined ? [] : ["UK-RING-1"])];
  return [
    "# For the lab alone.",
    `profile: ${name}`,
    "inherits: UK",
    `without: [${[...replaced, ...(overdial ? ["UK-ACR-1", "UK-ACR-2"] : [])].join(", ")}]`,
    "rules:",
    ...row(
      "LAB-HRS-1",
      "The lab's people answer at any hour of any day.",
      ["ZONE-KNOWN", "CALLING-WINDOW", "HOLIDAY"],
      ['hours: [{ hours: "mon-sun 00:00-24:00", closedOnHolidays: false }]'],
    ),
    ...row(
      "LAB-FREQ-1",
      "The lab's people do not mind how often.",
      ["FREQUENCY"],
      ["frequency: { perDayMax: 1000, gapMinMs: 0 }"],
    ),
    ...(ringMinMs === undefined
      ? []
      : row(
          "LAB-RING-1",
          "The lab's people come to the phone quickly.",
          [],
          [`ringMinMs: ${String(ringMinMs)}`, `earlyRingMinMs: ${String(ringMinMs)}`],
        )),
    ...(overdial
      ? row(
          "LAB-ACR-1",
          "Abandon without end: whether the message comes in time is what is measured.",
          [],
          [
            "abandon:",
            "  window: calendarDay",
            "  timeZone: Europe/London",
            "  scopes: [campaign]",
            "  formula: ofcom2010",
            "  alertBasisPoints: 10000",
            "  throttleBasisPoints: 10000",
            "  stopBasisPoints: 10000",
            "  ceilingBasisPoints: 10000",
            "  safeHarbour: false",
            "  lateIsAbandoned: true",
          ],
        )
      : []),
    "",
  ].join("\n");
}

const row = (id: string, says: string, decides: readonly string[], set: readonly string[]): readonly string[] => [
  `  - id: ${id}`,
  `    says: "${says}"`,
  "    source: the lab",
  "    confidence: E",
  "    valid_from: 2026-01-01",
  ...(decides.length === 0 ? [] : [`    decides: [${decides.join(", ")}]`]),
  "    set:",
  ...set.map((line) => `      ${line}`),
];
