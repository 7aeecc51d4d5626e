export const PRIVATE_NETWORK_ENV: Readonly<Record<string, string>>;
export function isInPrivateNetwork(): boolean;
export function privateNetwork(): readonly string[];
export function runAgainInPrivate(): number | undefined;
