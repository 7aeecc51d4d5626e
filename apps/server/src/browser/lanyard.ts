import { startComponents } from "@lanyard/pages/browser";
import { followLiveRegions, followSession, reloadWhenRestored } from "./live/live-regions.ts";

startComponents();
reloadWhenRestored();
followLiveRegions();
followSession();
