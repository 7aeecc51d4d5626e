import { contentSecurityPolicy } from "@lanyard/pages";
import type { Config } from "../config.ts";

/** On every response. Pages are never stored: after a sign-out, Back shows nothing. */
export function securityHeaders(config: Config): Readonly<Record<string, string>> {
  return {
    "content-security-policy": contentSecurityPolicy({
      // The browser is sent on to the agent after a POST, and Chromium checks redirects of forms too.
      formAction: [config.agentOrigin],
      scripts: true,
    }),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), usb=(), serial=()",
    "cache-control": "no-store",
    ...(config.origin.startsWith("https:")
      ? { "strict-transport-security": "max-age=63072000; includeSubDomains" }
      : {}),
  };
}
