import { randomBytes } from "node:crypto";
import { asciiBytes, fromHex, Secret } from "@lanyard/bytes";
import { nodeBlockCipher, nodeCardCrypto } from "@lanyard/crypto";
import { certificateIn, type Person, type Smartcard } from "@lanyard/identity";
import { issueCard } from "@lanyard/server/issuance";
import {
  blankCardState,
  CARD_PROFILES,
  type CardProfile,
  type CardState,
  createVirtualCard,
  createVirtualReader,
  FACTORY,
  openVirtualSession,
  type VirtualCard,
} from "@lanyard/virtual-card";
import type { Hit } from "./boundaries.ts";
import { commandName, type Exchange, watchedCard } from "./watched-card.ts";
import type { World } from "./world.ts";

/** A genuine card, on record, with somebody at its contacts. */
export interface DrillCard {
  readonly person: Person;
  readonly serial: string;
  /** The chip as it is now. */
  readonly card: VirtualCard;
  /** What else happens at the moment the card is cut off. */
  whenCut: () => void;
  /** Commands and answers since the last {@link DrillCard.forget}. */
  readonly exchanges: readonly Exchange[];
  forget(): void;
  /** Locks it, as three wrong passcodes would; its PUK stays as it is. It must lie on the table. */
  lock(): void;
  takesPasscode(passcode: string): boolean;
  /** Whether the chip holds one of the PUKs that the records say it may hold. */
  holdsKnownPuk(): Promise<boolean>;
  /** PUK tries that wrong PUKs cost since the last {@link DrillCard.forget}. */
  triesBurned(): number;
  record(): Promise<Smartcard>;
}

/** Chosen to pass every rule; the operator's is the first. */
export const PASSCODES = {
  operator: "r7k2mz",
  holder: "h4v9qd",
  chosen: ["t8w3kf", "p5x2vb", "k9m4zr", "w6q3hd"],
} as const;

let serials = 20_000_000;

export async function makeCard(
  world: World,
  person: Person,
  { name = "holder", passcode = PASSCODES.holder, profile = CARD_PROFILES.care }: CardWish = {},
): Promise<DrillCard> {
  serials += 1;
  const serial = String(serials);
  const blank = blankCardState(profile, {
    ...{ serial, guid: randomBytes(16), expires: "2036-01-01" },
    managementKey: { algorithm: "aes256", value: randomBytes(32).toString("hex") },
  });
  const chip = chipOf(blank);
  await issue(world, chip, { person, serial, passcode });
  return new IssuedDrillCard(world, { person, serial, state: chip.state, name });
}

export interface CardWish {
  /** What its commands are called by. */
  readonly name?: string;
  readonly passcode?: string;
  readonly profile?: CardProfile;
}

function chipOf(state: CardState): VirtualCard {
  return createVirtualCard({ state, crypto: nodeCardCrypto, save: async () => undefined });
}

interface Issuing {
  readonly person: Person;
  readonly serial: string;
  readonly passcode: string;
}

async function issue(
  world: World,
  chip: VirtualCard,
  { person, serial, passcode }: Issuing,
): Promise<void> {
  const reader = createVirtualReader("Issuing");
  reader.insert(chip);
  const session = openVirtualSession(reader);
  const { profile, managementKey } = chip.state;
  const issued = await issueCard(
    session,
    {
      ...{ careId: person.careId, serial, issuedAt: world.now() },
      notBefore: yearsFrom(world.now(), -1),
      notAfter: yearsFrom(world.now(), 5),
      passcode: new Secret(asciiBytes(passcode)),
      profile: {
        ...{ name: profile.name, passcodeRule: profile.passcodeRule },
        ...{ passcodeTries: profile.passcodeTries, pukTries: profile.pukTries },
        pukChangeable: profile.pukChangeable,
        pukTriesComeBack: profile.resetsPukCounterOnSuccess,
        hint: profile.hasHintObject,
      },
    },
    {
      ...{ authority: world.authority, secrets: world.secrets },
      blank: {
        management: {
          algorithm: managementKey.algorithm,
          key: new Secret(fromHex(managementKey.value)),
          cipher: nodeBlockCipher,
        },
        passcode: new Secret(asciiBytes(FACTORY.passcode)),
        puk: new Secret(asciiBytes(FACTORY.puk)),
      },
    },
  );
  await session.close();
  reader.remove();
  await world.store.transaction(({ cards }) => cards.add(issued.card, issued.seed));
}

function yearsFrom(now: Date, years: number): Date {
  return new Date(now.getTime() + years * 365 * 86_400_000);
}

interface Issued {
  readonly person: Person;
  readonly serial: string;
  readonly state: CardState;
  readonly name: string;
}

class IssuedDrillCard implements DrillCard {
  readonly person: Person;
  readonly serial: string;
  readonly exchanges: Exchange[] = [];
  card: VirtualCard;
  whenCut: () => void = () => undefined;
  readonly #world: World;
  readonly #name: string;

  constructor(world: World, { person, serial, state, name }: Issued) {
    this.#world = world;
    this.#name = name;
    this.person = person;
    this.serial = serial;
    this.card = this.#watched(state);
  }

  forget(): void {
    this.exchanges.length = 0;
  }

  lock(): void {
    const { state } = this.card;
    this.card = this.#watched({ ...state, passcode: { ...state.passcode, triesLeft: 0 } });
  }

  takesPasscode(passcode: string): boolean {
    const { value, triesLeft } = this.card.state.passcode;
    return (
      triesLeft > 0 && value === Buffer.from(passcode.padEnd(8, "\u{ff}"), "latin1").toString("hex")
    );
  }

  async holdsKnownPuk(): Promise<boolean> {
    const record = await this.record();
    const seed = await this.#world.store.transaction(({ cards }) => cards.seedOf(this.serial));
    const cardKeyHash = certificateIn(record, "9E")?.keyHash ?? "";
    if (seed === undefined) return false;
    const { careId, issuanceId, registers } = record;
    for (let index = registers.n; index <= registers.hi; index += 1) {
      const of = { ...seed, careId, issuanceId, cardKeyHash };
      const puk = await this.#world.secrets.derivePuk(of, index);
      if (Buffer.from(puk.reveal()).toString("hex") === this.card.state.puk.value) return true;
    }
    return false;
  }

  triesBurned(): number {
    return this.exchanges.filter(
      ({ command, statusWord = 0 }) =>
        PUK_COMMANDS.has(commandName(command)) && (statusWord & 0xfff0) === 0x63c0,
    ).length;
  }

  async record(): Promise<Smartcard> {
    const found = await this.#world.store.transaction(({ cards }) => cards.find(this.serial));
    if (found === undefined) throw new Error("The card is not on record.");
    return found;
  }

  #watched(state: CardState): VirtualCard {
    let hit: Hit | undefined;
    return watchedCard(chipOf(state), {
      cut: (command) => {
        hit = this.#world.boundaries.pass("apdu", `${this.#name} ${commandName(command)}`);
        return hit;
      },
      seen: (exchange) => this.exchanges.push(exchange),
      gone: () => {
        this.whenCut();
        if (hit?.pc !== undefined) this.#world.losePcs(hit.pc);
      },
    });
  }
}

/** RESET RETRY COUNTER of the passcode, CHANGE REFERENCE DATA of the PUK: what a wrong PUK costs a try in. */
const PUK_COMMANDS: ReadonlySet<string> = new Set(["2c 80", "24 81"]);
