/** How one platform's PC/SC library is called [PCSC]: same functions everywhere, other widths. */
export interface PlatformFacts {
  /** Tried in this order. */
  readonly libraries: readonly string[];
  /** C types of LONG (what every function returns) and of DWORD. */
  readonly long: "long" | "int32";
  readonly dword: "ulong" | "uint32";
  /** C type of SCARDCONTEXT and of SCARDHANDLE. */
  readonly handle: "long" | "int32" | "uintptr";
  /** Bytes of the ATR in SCARD_READERSTATE, and whether that struct is laid out without gaps. */
  readonly atrBytes: number;
  readonly isPacked: boolean;
  /** Functions that take text come in a wide (UTF-16) form, named with a W at the end. */
  readonly isWide: boolean;
}

/**
 * One row per platform, by `process.platform`. Linux is tested. The Windows and macOS rows are read out of their
 * headers (winscard.h; PCSC.framework's pcsclite.h) and have never been run.
 */
// biome-ignore format: the columns are the documentation
export const PLATFORMS: Readonly<Record<string, PlatformFacts>> = {
  linux:  { libraries: ["libpcsclite.so.1"],                       long: "long",  dword: "ulong",  handle: "long",    atrBytes: 33, isPacked: false, isWide: false },
  win32:  { libraries: ["winscard.dll"],                           long: "int32", dword: "uint32", handle: "uintptr", atrBytes: 36, isPacked: false, isWide: true },
  darwin: { libraries: ["/System/Library/Frameworks/PCSC.framework/PCSC"], long: "int32", dword: "uint32", handle: "int32", atrBytes: 33, isPacked: true,  isWide: false },
};
