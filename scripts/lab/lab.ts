// The whole lab: database, PBX, network and phones. Everything it starts ends with the process, whatever happens.

import { startDatabase, type LabDatabase } from "./database.ts";
import { LabNetwork } from "./network.ts";
import { LabPbx, prepareGround, type LabGround } from "./pbx.ts";
import { TrunkRelay } from "./trunk-relay.ts";

export type Lab = {
  readonly database: LabDatabase;
  readonly pbx: LabPbx;
  readonly network: LabNetwork;
  /** The trunk `carrier`, where it was to be one that can be cut. */
  readonly trunk: TrunkRelay | null;
  /** What is shared: ports, run folder, sounds. */
  readonly ground: LabGround;
  /** Stops everything and removes the run folders. */
  stop(): Promise<void>;
};

export type LabOptions = {
  /** Leads the trunk to the network through a relay that can be cut. */
  readonly cuttableTrunk?: boolean;
};

/** Starts a lab; about two seconds. Set FAIRDIAL_LAB_KEEP=1 to keep the run folders. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const ground = await prepareGround();
  const { pbxSip, networkSip } = ground.ports;
  const trunk = options.cuttableTrunk === true ? await TrunkRelay.open({ pbx: pbxSip, network: networkSip }) : null;
  const pbx = new LabPbx(ground, trunk?.port);
  const network = new LabNetwork(ground);
  const stop = async (database: LabDatabase | null): Promise<void> => {
    await Promise.all([database?.stop(), pbx.stop(), network.stop()]);
    trunk?.close();
    ground.release();
  };
  const [database, ...servers] = await Promise.allSettled([
    startDatabase(ground.ports.database),
    pbx.start(),
    network.start(),
  ]);
  const failed = [database, ...servers].find((result) => result.status === "rejected");
  if (failed !== undefined || database.status === "rejected") {
    await stop(database.status === "fulfilled" ? database.value : null);
    throw failed?.reason;
  }
  return { database: database.value, pbx, network, trunk, ground, stop: () => stop(database.value) };
}
