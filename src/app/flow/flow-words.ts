/** A flow in the words of people: what a step says, and what somebody would hear. */
import type { Flow, FlowStep, SayTable, Speech, SpeechItem } from "../../flow/flow.ts";
import { speechOf } from "../../flow/paths.ts";
import { formatDuration } from "../arguments/duration.ts";

/** `sound:digits/h-20` is called `h-20`; what follows another colon is said as it stands. */
const bare = (media: string): string => media.replace(/^(sound|recording):(.*\/)?/, "").replace(/^\w+:/, "");

export type WordsOf = ReadonlyMap<string, string>;

/** The transcripts that the flow's file gives, and names of days and months, by media. */
export const transcripts = (flow: Flow): WordsOf =>
  new Map([
    ...calendarWords(flow.sayTable),
    ...Object.values(flow.steps).flatMap((step) =>
      speechOf(step).flatMap((item) =>
        item.kind === "media" && item.says !== null ? [[item.media, item.says] as const] : [],
      ),
    ),
  ]);

/** The first Sunday of a year that begins with one. */
const SUNDAY_MS = Date.UTC(2023, 0, 1);
const DAY_MS = 86_400_000;

const calendarWords = ({ language, weekdays, months, days }: SayTable): readonly (readonly [string, string])[] => {
  const locale = language.replace("_", "-");
  const word = (part: "weekday" | "month", ms: number): string =>
    new Intl.DateTimeFormat(locale, { [part]: "long", timeZone: "UTC" }).format(ms);
  const single = (lists: readonly (readonly string[])[], name: (index: number) => string) =>
    lists.flatMap(([media, ...more], index) =>
      media === undefined || more.length > 0 ? [] : [[media, name(index)] as const],
    );
  return [
    ...single(days, (index) => `${index + 1}${language.startsWith("en") ? ordinalEnding(index + 1) : "."}`),
    ...single(weekdays, (index) => word("weekday", SUNDAY_MS + index * DAY_MS)),
    ...single(months, (index) => word("month", Date.UTC(2023, index, 1))),
  ];
};

const ENDINGS: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinals = new Intl.PluralRules("en-GB", { type: "ordinal" });
const ordinalEnding = (day: number): string => ENDINGS[ordinals.select(day)] ?? "th";

/** What is heard: the transcript, or the name of the recording. */
export const heardAs = (media: readonly string[], words: WordsOf): string =>
  media.map((each) => words.get(each) ?? bare(each)).join(" ");

const itemText = (item: SpeechItem): string => {
  switch (item.kind) {
    case "media":
      return item.says ?? `[${bare(item.media)}]`;
    case "offeredDate":
      return "{the date}";
    case "offeredKey":
      return "{its key}";
    case "money":
      return `{${item.of} in ${item.currency}}`;
    case "number":
    case "digits":
    case "characters":
    case "date":
    case "time":
      return `{${item.of} as ${item.kind}}`;
  }
};

export const speechText = (speech: Speech): string => speech.map(itemText).join(" ");

const seconds = (ms: number): string => `${ms / 1_000} s`;

/** What a step does, in one line. */
export const stepText = (step: FlowStep): string => {
  switch (step.kind) {
    case "play":
      return `says: ${speechText(step.speech)}`;
    case "menu":
    case "confirmPerson":
      return `${asks(step)} ${speechText(step.asking.prompt)}`;
    case "digits": {
      const length = step.least === step.most ? String(step.least) : `${step.least} to ${step.most}`;
      const goal = step.matches === null ? `kept as ${step.into ?? "nothing"}` : `compared with ${step.matches}`;
      return `${asks(step)} ${speechText(step.asking.prompt)} (${length} digits, ${goal})`;
    }
    case "chooseDate":
      return `${asks(step)} ${speechText([...step.asking.prompt, ...step.offer])} (up to ${step.offeredMax} of ${step.from}, kept as ${step.into})`;
    case "branch":
      return `looks at ${step.on}`;
    case "setResult":
      return `notes ${Object.entries(step.results)
        .map(([name, value]) => `${name} = ${value}`)
        .join(", ")}`;
    case "optOut":
      return "notes that they object to further calls";
    case "askCallback":
      return `asks for a callback ${step.on === null ? `after ${formatDuration(step.afterMs ?? 0)}` : `on ${step.on}`}`;
    case "leaveMessage":
      return `leaves a message: ${speechText(step.speech)} (a machine: after its beep, or ${seconds(step.beepWaitMs)})`;
    case "handOver":
      return `looks for an agent, ${seconds(step.waitMs)} at most: ${speechText(step.speech)}`;
    case "hangUp":
      return "hangs up";
  }
};

const asks = ({ asking }: Extract<FlowStep, { asking: unknown }>): string =>
  `asks${asking.tries === 1 ? "" : ` up to ${asking.tries} times`}:`;
