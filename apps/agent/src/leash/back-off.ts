/** How long to wait before dialling again: doubling from half a second to thirty, for a broken leash. */
export const REDIAL = {
  firstMs: 500,
  longestMs: 30_000,
  refusedMs: 60_000,
  unknownMs: 10_000,
} as const;

/** After a refusal. A desk that is not known yet waits less: somebody may be letting it in at this moment. */
export function refusedDelayMs(code: string): number {
  return code === "desk_unknown" ? REDIAL.unknownMs : REDIAL.refusedMs;
}

/**
 * The wait before attempt number `attempt` (0 is the first redial), with jitter: anywhere between half of it and
 * all of it, so that a thousand agents do not come back in the same second. `random` is 0 to 1.
 */
export function redialDelayMs(attempt: number, random: number): number {
  const whole = Math.min(REDIAL.longestMs, REDIAL.firstMs * 2 ** Math.min(attempt, 20));
  return whole / 2 + (whole / 2) * random;
}
