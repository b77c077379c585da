/** What compliance asks beside leads and profiles: small tables, read whole, as often as desired state is. */
import type { ApprovedMessage, KillSwitch, OwnedCliNumber, RegisterState } from "../domain/number-facts.ts";
import { amdTestId } from "../domain/amd-label.ts";
import { campaignId } from "../domain/ids.ts";
import type { AmdTestOnRecord, ComplianceState } from "../engine/ports.ts";
import type { Queryable } from "./database.ts";
import { instantOfText, instantOf, parsed } from "./rows.ts";

export type Papers = Omit<ComplianceState, "optedOut" | "killSwitch">;

/** Of no node in particular; who opted out is each node's own. */
export const readComplianceState = async (db: Queryable): Promise<Omit<ComplianceState, "optedOut">> => ({
  killSwitch: await killSwitch(db),
  ...(await readPapers(db)),
});

const killSwitch = async (db: Queryable): Promise<KillSwitch | null> => {
  const [row] = await db.rows<{ since: Date; set_by: string; because: string }>(
    "select since, set_by, because from kill_switch where id = 1",
  );
  return row === undefined ? null : { since: instantOf(row.since), by: row.set_by, because: row.because };
};

/** As the question below makes them; `place` is what they are sorted by. */
interface Told {
  readonly message: Omit<ApprovedMessage, "saysPurpose" | "offersKeyOptOut" | "approvedAt"> & {
    readonly saysPurpose: number;
    readonly offersKeyOptOut: number;
    readonly approvedAt: string | null;
  };
  readonly cliNumber: Omit<OwnedCliNumber, "addedAt"> & { readonly addedAt: string };
  readonly register: Omit<RegisterState, "fileDate" | "loadedAt"> & {
    readonly fileDate: string;
    readonly loadedAt: string;
  };
  readonly amdTest: {
    readonly campaignId: number;
    readonly trunk: string;
    readonly build: string;
    readonly samples: number;
    readonly humansFound: number;
    readonly labelledBy: string;
    readonly testedAt: string;
  };
}

/** Of different shapes, and one question all the same: a daemon asks it about once a second, whatever it does. */
const PAPERS_QUESTION = `
  select 'message' as what, json_object('media', media, 'sha256', sha256, 'transcript', transcript,
    'principal', principal, 'contactNumber', contact_number, 'saysPurpose', says_purpose,
    'offersKeyOptOut', offers_key_opt_out, 'approvedBy', approved_by, 'approvedAt', cast(approved_at as char)) as told
  from information_message
  union all
  select 'cliNumber', json_object('cliNumber', cli_number, 'trunk', trunk, 'proof', proof,
    'addedAt', cast(added_at as char))
  from cli_number
  union all
  select 'register', json_object('name', r.name, 'fileDate', cast(f.file_date as char),
    'loadedAt', cast(f.loaded_at as char), 'numbers', f.numbers, 'sha256', f.sha256)
  from register r join register_file f on f.file_id = r.file_id
  union all
  select 'amdTest', json_object('campaignId', campaign_id, 'trunk', trunk, 'build', build, 'samples', samples,
    'humansFound', humans_found, 'labelledBy', labelled_by, 'testedAt', cast(tested_at as char))
  from amd_test`;

export const readPapers = async (db: Queryable): Promise<Papers> => {
  const rows = await db.rows<{ what: keyof Told; told: string }>(PAPERS_QUESTION);
  // The server promises no order; two readings of the same come out the same.
  const of = <What extends keyof Told>(what: What, place: (told: Told[What]) => string): Told[What][] =>
    rows
      .filter((row) => row.what === what)
      .map(({ told }) => parsed(told) as Told[What])
      .map((told) => ({ told, place: place(told) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ told }) => told);
  return {
    messages: of("message", ({ media }) => media).map(messageOf),
    cliNumbers: of("cliNumber", ({ cliNumber, trunk }) => `${cliNumber} ${trunk}`).map(cliNumberOf),
    registers: of("register", ({ name }) => name).map(registerOf),
    amdTests: of("amdTest", testPlace).map(amdTestOf),
  };
};

const testPlace = ({ campaignId, trunk, build }: Told["amdTest"]): string =>
  `${String(campaignId).padStart(10, "0")} ${trunk} ${build}`;

const messageOf = (told: Told["message"]): ApprovedMessage => ({
  ...told,
  saysPurpose: told.saysPurpose === 1,
  offersKeyOptOut: told.offersKeyOptOut === 1,
  approvedAt: told.approvedAt === null ? null : instantOfText(told.approvedAt),
});

const cliNumberOf = (told: Told["cliNumber"]): OwnedCliNumber => ({ ...told, addedAt: instantOfText(told.addedAt) });

const registerOf = (told: Told["register"]): RegisterState => ({
  ...told,
  fileDate: instantOfText(told.fileDate),
  loadedAt: instantOfText(told.loadedAt),
});

const amdTestOf = ({ campaignId: campaign, trunk, build, ...told }: Told["amdTest"]): AmdTestOnRecord => {
  const testedAt = instantOfText(told.testedAt);
  const { samples: sampled, humansFound, labelledBy } = told;
  const testId = amdTestId(campaign, testedAt, sampled, humansFound);
  return {
    campaignId: campaignId(campaign),
    trunk,
    build,
    test: { testId, testedAt, sampled, humansFound, labelledBy },
  };
};
