import { startComponents } from "@lanyard/pages/browser";

startComponents();
