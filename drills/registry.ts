import type { Drill } from "./drill.ts";
import { readers } from "./readers.ts";

/** Every drill, in the order of docs/assurance.md. */
export const DRILLS: readonly Drill[] = [readers];
