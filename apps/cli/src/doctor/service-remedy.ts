import { existsSync } from "node:fs";

/** Where pcscd listens; a program that may not use it sees the file all the same. */
const PCSCD_SOCKETS = ["/run/pcscd/pcscd.comm", "/var/run/pcscd/pcscd.comm"];

/** What to do about a smartcard service that cannot be reached, on this kind of PC. */
export function serviceRemedy(
  platform: string = process.platform,
  exists: (path: string) => boolean = existsSync,
): string {
  if (platform === "win32")
    return "Open Services, find “Smart Card” and start it. It starts by itself once a reader is plugged in.";
  if (platform !== "linux") return "Restart the PC. If that does not help, ask the service desk.";
  return PCSCD_SOCKETS.some(exists)
    ? "pcscd is there but does not answer this user. Log out and in, or ask for: systemctl restart pcscd"
    : "Ask for pcscd to be installed and started: apt install pcscd && systemctl start pcscd.socket";
}
