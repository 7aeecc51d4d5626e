import { startComponents } from "@lanyard/pages/browser";
import { followLiveRegions, reloadWhenRestored } from "./live/live-regions.ts";

startComponents();
reloadWhenRestored();
followLiveRegions();
