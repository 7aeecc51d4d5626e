import { canary } from "./canary.ts";
import { clock } from "./clock.ts";
import { databaseFailOver } from "./db-fail-over.ts";
import type { Drill } from "./drill.ts";
import { interleavings } from "./interleavings.ts";
import { kill } from "./kill.ts";
import { lies } from "./lies.ts";
import { model } from "./model.ts";
import { operatorPulled } from "./operator-pulled.ts";
import { powerCut } from "./power-cut.ts";
import { readers } from "./readers.ts";
import { swap } from "./swap.ts";
import { tampering } from "./tampering.ts";

/** Every drill, in the order of docs/assurance.md. */
export const DRILLS: readonly Drill[] = [
  model,
  powerCut,
  kill,
  interleavings,
  swap,
  lies,
  operatorPulled,
  clock,
  canary,
  databaseFailOver,
  tampering,
  readers,
];
