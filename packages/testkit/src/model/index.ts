export { type Exploration, explore } from "./explore.ts";
export {
  atOneDesk,
  exhausting,
  isAsExpected,
  searchOf,
  VARIANTS,
  type Variant,
} from "./variants.ts";
