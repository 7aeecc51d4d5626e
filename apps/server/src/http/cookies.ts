import { parse, type SerializeOptions, serialize } from "cookie";

/**
 * Our cookies [RFC6265BIS §4.1.3.2]: host-only, Secure, HttpOnly, and Lax, because the browser comes back from the
 * agent by a cross-site GET. `desk` lives on; the others end with the browser.
 */
export const COOKIES = {
  /** This browser: what a visit to the agent is tied to. */
  browser: { name: "__Host-browser", maxAgeSeconds: undefined },
  /** The desk this browser stands at. Knowing it grants nothing. */
  desk: { name: "__Host-desk", maxAgeSeconds: 400 * 86_400 },
  session: { name: "__Host-session", maxAgeSeconds: undefined },
} as const;

export type CookieName = keyof typeof COOKIES;

/** Only what we could have set ourselves: base64url, bounded. */
const VALUE = /^[A-Za-z0-9_-]{16,64}$/;

export function readCookies(
  header: string | undefined,
): Readonly<Partial<Record<CookieName, string>>> {
  const all = parse(header ?? "");
  const read = (name: CookieName): string | undefined => {
    const value = all[COOKIES[name].name];
    return value !== undefined && VALUE.test(value) ? value : undefined;
  };
  const entries = (["browser", "desk", "session"] as const).flatMap((name) => {
    const value = read(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** A `Set-Cookie` value; without a value, the one that takes the cookie away. */
export function setCookie(name: CookieName, value: string | undefined): string {
  const { name: header, maxAgeSeconds } = COOKIES[name];
  const options: SerializeOptions = { path: "/", secure: true, httpOnly: true, sameSite: "lax" };
  if (value === undefined) return serialize(header, "", { ...options, maxAge: 0 });
  return serialize(header, value, {
    ...options,
    ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
  });
}
