import type { LibraryHandle, TypeObject } from "koffi";
import { PLATFORMS, type PlatformFacts } from "./platform.ts";
import { type Turns, turns } from "./pool-turns.ts";
import { PcscError, pcscError } from "./return-codes.ts";

/** An SCARDCONTEXT or SCARDHANDLE: a number that only the service understands. */
export type NativeHandle = number | bigint;

/** The functions called, without the W of their wide form. */
type NativeFunction =
  | "SCardEstablishContext"
  | "SCardReleaseContext"
  | "SCardCancel"
  | "SCardListReaders"
  | "SCardGetStatusChange"
  | "SCardConnect"
  | "SCardReconnect"
  | "SCardDisconnect"
  | "SCardBeginTransaction"
  | "SCardEndTransaction"
  | "SCardTransmit";

/**
 * Which share of libuv's threads a call may use. A call holds one of the four threads that file system, DNS and
 * node:crypto live on for as long as the service takes, and a card that hangs takes for ever. So cards get two turns
 * and asking the service about its readers gets one (it never waits: time-out 0), and one thread is always left.
 */
export type Lane = "cards" | "status";

/** The PC's PC/SC library. Every call runs off the event loop. */
export interface NativePcsc {
  readonly facts: PlatformFacts;
  /** Rejects with {@link PcscError} when the function does not return success. */
  call(lane: Lane, name: NativeFunction, ...args: readonly unknown[]): Promise<void>;
}

type Callable = ReturnType<LibraryHandle["func"]>;

/**
 * Loads koffi and the library: only who opens PC/SC readers pays their memory.
 *
 * @throws {PcscError} `pcsc/no_library`
 */
export async function openNativePcsc(
  platform: string = globalThis.process.platform,
): Promise<NativePcsc> {
  const facts = PLATFORMS[platform];
  if (facts === undefined)
    throw new PcscError("pcsc/no_library", `PC/SC is not known on ${platform}.`);
  const functions = await bind(facts);
  const lanes: Readonly<Record<Lane, Turns>> = { cards: turns(2), status: turns(1) };
  return {
    facts,
    async call(lane, name, ...args) {
      const returnCode = await lanes[lane].take(() => started(functions[name], args));
      if (returnCode !== 0) throw pcscError(returnCode, name);
    },
  };
}

async function bind(facts: PlatformFacts): Promise<Readonly<Record<NativeFunction, Callable>>> {
  try {
    const { default: koffi } = await import("koffi");
    const library = firstOf(facts.libraries, (name) => koffi.load(name));
    return declarations(koffi, library, facts);
  } catch (error) {
    throw new PcscError("pcsc/no_library", "The PC's PC/SC library cannot be loaded.", {
      cause: error,
    });
  }
}

function firstOf<Result>(names: readonly string[], load: (name: string) => Result): Result {
  const [name = "", ...others] = names;
  try {
    return load(name);
  } catch (error) {
    if (others.length === 0) throw error;
    return firstOf(others, load);
  }
}

/** Runs one function on a thread of the pool. What `args` refer to is kept alive until it returns. */
function started(callable: Callable, args: readonly unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    callable.async(...args, (error: unknown, returnCode: unknown) => {
      kept.delete(args);
      if (error !== null) reject(error);
      else resolve(Number(returnCode));
    });
    kept.add(args);
  });
}

/** Native code reads and writes these buffers: the garbage collector must not take them meanwhile. */
const kept = new Set<readonly unknown[]>();

type Koffi = typeof import("koffi")["default"];
type ArgumentType = string | TypeObject | ReturnType<Koffi["out"]>;

function declarations(koffi: Koffi, library: LibraryHandle, facts: PlatformFacts) {
  const { long, dword, handle } = facts;
  const text = facts.isWide ? "str16" : "str";
  const wide = facts.isWide ? "W" : "";
  const bytes = koffi.pointer("uint8_t");
  const outDword = koffi.out(koffi.pointer(dword));
  const inoutDword = koffi.inout(koffi.pointer(dword));
  const outHandle = koffi.out(koffi.pointer(handle));
  const states = koffi.inout(koffi.pointer(readerState(koffi, facts)));
  const pci = koffi.pointer(koffi.struct({ dwProtocol: dword, cbPciLength: dword }));
  const declare = (name: string, args: ArgumentType[]) =>
    library.func("__stdcall", name, long, args);
  // biome-ignore format: one line per function, as in the C header
  return {
    SCardEstablishContext: declare("SCardEstablishContext",       [dword, "void *", "void *", outHandle]),
    SCardReleaseContext:   declare("SCardReleaseContext",         [handle]),
    SCardCancel:           declare("SCardCancel",                 [handle]),
    SCardListReaders:      declare(`SCardListReaders${wide}`,     [handle, text, bytes, inoutDword]),
    SCardGetStatusChange:  declare(`SCardGetStatusChange${wide}`, [handle, dword, states, dword]),
    SCardConnect:          declare(`SCardConnect${wide}`,         [handle, text, dword, dword, outHandle, outDword]),
    SCardReconnect:        declare("SCardReconnect",              [handle, dword, dword, dword, outDword]),
    SCardDisconnect:       declare("SCardDisconnect",             [handle, dword]),
    SCardBeginTransaction: declare("SCardBeginTransaction",       [handle]),
    SCardEndTransaction:   declare("SCardEndTransaction",         [handle, dword]),
    SCardTransmit:         declare("SCardTransmit",               [handle, pci, bytes, dword, "void *", bytes, inoutDword]),
  };
}

/** SCARD_READERSTATE [PCSC]. */
function readerState(koffi: Koffi, facts: PlatformFacts): TypeObject {
  const members = {
    szReader: facts.isWide ? "str16" : "str",
    pvUserData: "void *",
    dwCurrentState: facts.dword,
    dwEventState: facts.dword,
    cbAtr: facts.dword,
    rgbAtr: koffi.array("uint8_t", facts.atrBytes, "Typed"),
  };
  return facts.isPacked ? koffi.pack(members) : koffi.struct(members);
}
