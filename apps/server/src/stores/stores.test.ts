import { storeContract } from "@lanyard/testkit";
import { describeEachDatabase } from "../sql/testing.ts";
import { openStore } from "./index.ts";

describeEachDatabase("openStore", (database) => {
  storeContract("SQL", () => openStore(database()));
});
