import { fromHex } from "@lanyard/bytes";
import { CardError } from "@lanyard/piv";
import { type Answer, createApduChannel } from "./apdu/channel.ts";
import type { CommandApdu } from "./apdu/command-apdu.ts";
import type { CardCrypto } from "./card-crypto.ts";
import type { CardState } from "./card-state.ts";
import type { Outcome } from "./commands/command.ts";
import { runCommand } from "./commands/commands.ts";
import { VirtualCardError } from "./errors.ts";
import { createFaults, type Fault, type Faults } from "./faults.ts";
import { POWERED_ON, type SecurityStatus } from "./security-status.ts";

/** Direct convention, T=1 offered, historical bytes "Lanyard", check byte [7816-3 §8.2]. */
const ATR = fromHex("3b8780014c616e796172644b");
const NO_DATA = new Uint8Array(0);

export interface VirtualCardOptions {
  /** What {@link parseCardState} or `blankCardState` gave. */
  readonly state: CardState;
  readonly crypto: CardCrypto;
  /** Stores the card. It is awaited before the answer leaves; if it rejects, nothing has changed and 6581 goes out. */
  save(state: CardState): Promise<void>;
  readonly faults?: Faults;
}

/** A card that lies on the table. */
export interface VirtualCard {
  readonly faults: Faults;
  /** What it keeps without power, as last stored. Read it; only commands change it. */
  readonly state: CardState;
  readonly isInserted: boolean;
  /**
   * Puts it into a reader, with power on.
   *
   * @throws {VirtualCardError} `virtual-card/already_inserted`
   */
  insert(): InsertedCard;
}

/** A card's contacts, from insertion to removal. Commands and resets run one at a time, in the order they came. */
export interface InsertedCard {
  /** Its answer to reset. A fresh copy. */
  readonly atr: Uint8Array;
  /**
   * Raw command in, raw response with status word out.
   *
   * @throws {CardError} `card/removed` when the card leaves first; the command may have taken effect
   */
  transmit(apdu: Uint8Array): Promise<Uint8Array>;
  /** Power off and on, or a reset without: the card forgets what was selected, verified and half-sent. */
  reset(): Promise<void>;
  /** Takes it out. A command under way still runs to its end, but nobody hears the answer. Idempotent. */
  remove(): void;
  /** Resolves when it is out. */
  readonly removed: Promise<void>;
}

/** A PIV card in software. Nothing but `save` and the arguments' own effects leaves it. */
export function createVirtualCard(options: VirtualCardOptions): VirtualCard {
  return new SoftwareCard(options);
}

class SoftwareCard implements VirtualCard {
  readonly faults: Faults;
  readonly #options: VirtualCardOptions;
  #state: CardState;
  #inserted: SoftwareInsertion | undefined;
  /** Ends when no command runs, so that a card put in again waits for what its last insertion still does. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(options: VirtualCardOptions) {
    this.#options = options;
    this.#state = options.state;
    this.faults = options.faults ?? createFaults();
  }

  get state(): CardState {
    return this.#state;
  }

  get isInserted(): boolean {
    return this.#inserted !== undefined;
  }

  insert(): InsertedCard {
    if (this.#inserted !== undefined)
      throw new VirtualCardError("virtual-card/already_inserted", "The card is in a reader.");
    const inserted = new SoftwareInsertion(this);
    this.#inserted = inserted;
    return inserted;
  }

  takeOut(): void {
    this.#inserted = undefined;
  }

  get extendedLength(): boolean {
    return this.#state.profile.extendedLength;
  }

  /** Runs `work` when everything before it is done. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#idle.then(work);
    this.#idle = result.catch(() => undefined);
    return result;
  }

  /** One command against the stored state: decide, store, and only then let the answer go. */
  async run(command: CommandApdu, status: SecurityStatus): Promise<Outcome> {
    const { crypto } = this.#options;
    const outcome = await runCommand(command, { state: this.#state, status, crypto });
    if (outcome.state === undefined || outcome.state === this.#state) return outcome;
    try {
      await this.#options.save(outcome.state);
    } catch {
      return { statusWord: 0x6581, status: { ...POWERED_ON, selected: status.selected } };
    }
    this.#state = outcome.state;
    return outcome;
  }
}

class SoftwareInsertion implements InsertedCard {
  readonly removed: Promise<void>;
  readonly #card: SoftwareCard;
  readonly #channel;
  #status: SecurityStatus = POWERED_ON;
  #isOut = false;
  #resolveRemoved: () => void = () => undefined;

  constructor(card: SoftwareCard) {
    this.#card = card;
    this.#channel = createApduChannel({
      extendedLength: card.extendedLength,
      execute: (command) => this.#execute(command),
    });
    this.removed = new Promise((resolve) => {
      this.#resolveRemoved = resolve;
    });
  }

  get atr(): Uint8Array {
    return ATR.slice();
  }

  async transmit(apdu: Uint8Array): Promise<Uint8Array> {
    const command = apdu.slice();
    const response = await this.#card.inTurn(async () => {
      this.#checkIn();
      return this.#channel.transmit(command);
    });
    this.#checkIn();
    return response;
  }

  async reset(): Promise<void> {
    await this.#card.inTurn(async () => {
      this.#checkIn();
      this.#channel.reset();
      this.#status = POWERED_ON;
    });
  }

  remove(): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#card.takeOut();
    this.#resolveRemoved();
  }

  async #execute(command: CommandApdu): Promise<Answer> {
    const faults = this.#card.faults.take(command);
    for (const fault of faults) if (fault.kind === "delay") await fault.until();
    if (faults.some((fault) => fault.kind === "power_cut" && fault.when === "before"))
      this.remove();
    this.#checkIn();
    const forced = faults.find((fault) => fault.kind === "status_word");
    if (forced?.effect === "skipped") return { statusWord: forced.statusWord, data: NO_DATA };
    const outcome = await this.#card.run(command, this.#status);
    this.#status = outcome.status ?? this.#status;
    if (faults.some(cutsAfter)) this.remove();
    if (forced !== undefined) return { statusWord: forced.statusWord, data: NO_DATA };
    return { statusWord: outcome.statusWord, data: outcome.data ?? NO_DATA };
  }

  #checkIn(): void {
    if (this.#isOut) throw new CardError("card/removed", "The card was taken out.");
  }
}

function cutsAfter(fault: Fault): boolean {
  return fault.kind === "power_cut" && fault.when === "after";
}
