import { main } from "../../apps/cli/src/main.ts";
import type { FromServer, ToServer } from "./failpoint.ts";

// `lanyard server` from source, which takes a while to load: it loads, and begins when it is told to.
await import("@lanyard/server");
const begun = new Promise<void>((begin) => {
  process.on("message", ({ order }: ToServer) => {
    if (order === "begin") begin();
  });
});
const loaded: FromServer = { state: "loaded" };
process.send?.(loaded);
await begun;
process.exitCode = await main(["server"]);
