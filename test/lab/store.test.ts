/** The store's promises, kept by a real database. */
import { describeStoreContract } from "../contract/store-suite.ts";
import { migrate } from "../../src/store/index.ts";
import { startStoreLab } from "./store-lab.ts";
import { sqlFixture } from "./store-sql-fixture.ts";

describeStoreContract("the database", async () => {
  const lab = await startStoreLab();
  const db = lab.open(await lab.create("contract"));
  await migrate(db);
  return sqlFixture(db, () => lab.stop());
});

describeStoreContract("the database with numbers hashed", async () => {
  const lab = await startStoreLab();
  const db = lab.open({
    ...(await lab.create("hashed")),
    numberHashKey: "a key of the site, thirty-two bytes and more",
  });
  await migrate(db);
  return sqlFixture(db, () => lab.stop());
});
