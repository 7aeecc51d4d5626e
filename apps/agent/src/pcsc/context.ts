import type { Lane, NativeHandle, NativePcsc } from "./native.ts";
import { PcscError } from "./return-codes.ts";

const SCOPE_SYSTEM = 2;
const SHARE_EXCLUSIVE = 1;
const PROTOCOL_T0_OR_T1 = 3;
const LEAVE = 0;
const RESET = 1;
const UNPOWER = 2;
const STATE = { unknown: 0x04, unavailable: 0x08, present: 0x20, mute: 0x200 } as const;
/** pcsc-lite has at most 16 readers with names of 128 bytes; this is room for 64 of them in UTF-16. */
const READER_LIST_BYTES = 16_384;
/** The longest answer there is: 65536 bytes and a status word [7816-4 §5.1]. */
const ANSWER_BYTES = 65_538;
/** No command is shorter than its header; vpcd hangs for ever on an empty one. */
const COMMAND_BYTES_MIN = 4;

/** What the service says about one reader at one moment. */
export interface ReaderStatus {
  readonly name: string;
  readonly isPresent: boolean;
  readonly isMute: boolean;
  /** Cards put in and taken out since the service has known the reader, modulo 65536. */
  readonly eventCount: number;
}

/**
 * One connection to the PC's smartcard service. The service handles the calls of one context one after the other, so
 * each card has its own. After a restart of the service every call fails: make a new one.
 *
 * Every function but `release` throws {@link PcscError} when PC/SC does not return success.
 */
export interface PcscContext {
  /** The readers and what is in them, now: never waits for a change. */
  readers(): Promise<readonly ReaderStatus[]>;
  /** As `readers`, for one reader; `undefined` when it is gone. */
  reader(name: string): Promise<ReaderStatus | undefined>;
  /** Connects exclusively: fails at once, with `pcsc/sharing_violation`, when somebody else is connected. */
  connect(readerName: string): Promise<PcscCard>;
  /** Makes a call that waits for a change return. */
  cancel(): Promise<void>;
  /** Never throws: a context whose service is gone is gone too. */
  release(): Promise<void>;
}

/** One connected card. Every function throws {@link PcscError} when PC/SC does not return success. */
export interface PcscCard {
  begin(): Promise<void>;
  /** Ends the transaction and leaves the card as it is. */
  end(): Promise<void>;
  /**
   * Sends one APDU of 4 bytes or more; brings what the card answered, status word included. Fewer than two bytes
   * mean that the card was taken out while it worked: some drivers call that success.
   */
  transmit(apdu: Uint8Array): Promise<Uint8Array>;
  /** Power off and on, on this handle. */
  powerCycle(): Promise<void>;
  /** Resets the card, so that nothing verified is left behind, and ends the connection. */
  disconnect(): Promise<void>;
  /**
   * Ends the connection to a card that is out. A reset here would make pcscd 1.9.9 show a card in the empty reader
   * until the next one comes and goes.
   */
  abandon(): Promise<void>;
}

/**
 * Asks the service for a context.
 *
 * @throws {PcscError} `pcsc/no_service` | `pcsc/service_stopped` | `pcsc/communication_lost` | `pcsc/failed`
 */
export async function establishContext(native: NativePcsc, lane: Lane): Promise<PcscContext> {
  const made: [NativeHandle] = [0];
  await native.call(lane, "SCardEstablishContext", SCOPE_SYSTEM, null, null, made);
  const [handle] = made;
  const list = new Uint8Array(READER_LIST_BYTES);
  const statuses = async (names: readonly string[]) => {
    const states = names.map(asked);
    await native.call(lane, "SCardGetStatusChange", handle, 0, states, states.length);
    return states.map(answered).filter((status) => status !== undefined);
  };
  return {
    async readers() {
      const names = await listReaders(native, { lane, handle, list });
      return names.length === 0 ? [] : statuses(names);
    },
    async reader(name) {
      const [status] = await statuses([name]).catch(noneWhenUnknown);
      return status;
    },
    connect: (readerName) => connectCard(native, { lane, handle, readerName }),
    cancel: () => native.call(lane, "SCardCancel", handle),
    release: () => native.call(lane, "SCardReleaseContext", handle).catch(ignorePcscError),
  };
}

interface ListRequest {
  readonly lane: Lane;
  readonly handle: NativeHandle;
  readonly list: Uint8Array;
}

async function listReaders(
  native: NativePcsc,
  { lane, handle, list }: ListRequest,
): Promise<readonly string[]> {
  const { isWide } = native.facts;
  const length: [number] = [isWide ? list.length / 2 : list.length];
  try {
    await native.call(lane, "SCardListReaders", handle, null, list, length);
  } catch (error) {
    if (error instanceof PcscError && error.code === "pcsc/no_readers") return [];
    throw error;
  }
  return parseReaderList(list.subarray(0, isWide ? length[0] * 2 : length[0]), isWide);
}

/** Names that each end with a NUL; an empty one ends the list [PCSC]. */
export function parseReaderList(list: Uint8Array, isWide: boolean): readonly string[] {
  const text = new TextDecoder(isWide ? "utf-16le" : "utf-8").decode(list);
  return text.split("\0").filter((name) => name !== "");
}

interface NativeReaderState {
  readonly szReader: string;
  readonly pvUserData: null;
  readonly dwCurrentState: number;
  readonly dwEventState: number;
  readonly cbAtr: number;
  readonly rgbAtr: Uint8Array;
}

const NO_ATR = new Uint8Array(36);

/** Current state 0, "unaware": the service answers at once with what it knows. */
function asked(szReader: string): NativeReaderState {
  return {
    szReader,
    pvUserData: null,
    dwCurrentState: 0,
    dwEventState: 0,
    cbAtr: 0,
    rgbAtr: NO_ATR,
  };
}

function answered(state: NativeReaderState): ReaderStatus | undefined {
  const flags = Number(state.dwEventState);
  if ((flags & (STATE.unknown | STATE.unavailable)) !== 0) return undefined;
  return {
    name: state.szReader,
    isPresent: (flags & STATE.present) !== 0,
    isMute: (flags & STATE.mute) !== 0,
    eventCount: (flags >>> 16) & 0xffff,
  };
}

function noneWhenUnknown(error: unknown): readonly ReaderStatus[] {
  if (error instanceof PcscError && error.code === "pcsc/unknown_reader") return [];
  throw error;
}

function ignorePcscError(error: unknown): void {
  if (!(error instanceof PcscError)) throw error;
}

interface ConnectRequest {
  readonly lane: Lane;
  readonly handle: NativeHandle;
  readonly readerName: string;
}

async function connectCard(
  native: NativePcsc,
  { lane, handle, readerName }: ConnectRequest,
): Promise<PcscCard> {
  const made: [NativeHandle] = [0];
  const protocol: [number] = [0];
  const how = [SHARE_EXCLUSIVE, PROTOCOL_T0_OR_T1] as const;
  await native.call(lane, "SCardConnect", handle, readerName, ...how, made, protocol);
  const [card] = made;
  // One for all exchanges: a card does one at a time, and 64 KiB for each would be garbage.
  const answer = new Uint8Array(ANSWER_BYTES);
  return {
    begin: () => native.call(lane, "SCardBeginTransaction", card),
    end: () => native.call(lane, "SCardEndTransaction", card, LEAVE),
    async transmit(apdu) {
      if (apdu.length < COMMAND_BYTES_MIN)
        throw new PcscError("pcsc/failed", "No APDU is shorter than 4 bytes.");
      const pci = {
        dwProtocol: protocol[0],
        cbPciLength: native.facts.dword === "uint32" ? 8 : 16,
      };
      const length: [number] = [answer.length];
      const sent = [pci, apdu, apdu.length, null] as const;
      await native.call(lane, "SCardTransmit", card, ...sent, answer, length);
      const received = answer.slice(0, length[0]);
      answer.fill(0, 0, length[0]);
      return received;
    },
    powerCycle: () => native.call(lane, "SCardReconnect", card, ...how, UNPOWER, protocol),
    disconnect: () => native.call(lane, "SCardDisconnect", card, RESET),
    abandon: () => native.call(lane, "SCardDisconnect", card, LEAVE),
  };
}
