import type { Ceremony, PukRegisters, Records, Smartcard } from "@lanyard/identity";

export interface MemoryParts {
  readonly card: Smartcard;
  /** Asked before every statement and every commit: somebody else may go first. */
  turn(): Promise<void>;
  isUnderWay(ceremony: Ceremony): boolean;
}

/**
 * One card and its ceremonies as PostgreSQL keeps them at READ COMMITTED, row locks and all, with the order of
 * everybody's statements in the drill's hand. The real database passes the same steps in other drills.
 */
export interface MemoryRecords {
  transaction<Result>(work: (records: Records) => Promise<Result>): Promise<Result>;
  /** As committed. */
  readonly card: Smartcard;
  readonly ceremonies: readonly Ceremony[];
}

/** Another ceremony of the card is under way: the database's own rule. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

export function openMemoryRecords(parts: MemoryParts): MemoryRecords {
  return new Memory(parts);
}

class Memory implements MemoryRecords {
  card: Smartcard;
  readonly #parts: MemoryParts;
  readonly #ceremonies = new Map<string, Ceremony>();
  readonly #locks = openLocks();

  constructor(parts: MemoryParts) {
    this.#parts = parts;
    this.card = parts.card;
  }

  get ceremonies(): readonly Ceremony[] {
    return [...this.#ceremonies.values()];
  }

  async transaction<Result>(work: (records: Records) => Promise<Result>): Promise<Result> {
    const { turn } = this.#parts;
    const draft = new Draft(this, { turn, locks: this.#locks });
    try {
      const audit = only<Records["audit"]>({ append: turn });
      const rotations = only<Records["rotations"]>({ setDue: turn });
      // Nobody is on record here, so nobody is told: the outbox has tests of its own.
      const people = only<Records["people"]>({ find: () => turn().then(() => undefined) });
      const ceremonies = this.#ceremoniesOf(draft);
      const records = { people, cards: this.#cards(draft), ceremonies, rotations, audit };
      const result = await work(only<Records>(records));
      await turn();
      for (const [id, ceremony] of draft.ceremonies) this.#ceremonies.set(id, ceremony);
      this.card = draft.cardNow();
      return result;
    } finally {
      draft.end();
    }
  }

  #cards(draft: Draft): Records["cards"] {
    return only<Records["cards"]>({
      find: () => this.#read(() => draft.cardNow()),
      lock: async () => {
        await draft.hold("card");
        return draft.cardNow();
      },
      saveRegisters: async (_serial, registers) => {
        await draft.hold("card");
        const { n, hi } = draft.cardNow().registers;
        const rise = { n: Math.max(n, registers.n), hi: Math.max(hi, registers.hi) };
        draft.registers = { ...registers, ...rise };
      },
    });
  }

  #ceremoniesOf(draft: Draft): Records["ceremonies"] {
    const now = (id: string) => draft.ceremonies.get(id) ?? this.#ceremonies.get(id);
    const open = () => this.ceremonies.find(this.#parts.isUnderWay);
    return only<Records["ceremonies"]>({
      find: (id) => this.#read(() => now(id)),
      openOfCard: () => this.#read(open),
      ofCard: () => this.#read(() => this.ceremonies.toReversed()),
      lock: async (id) => {
        await draft.hold(id);
        return now(id);
      },
      save: async (id, change) => {
        await draft.hold(id);
        const before = now(id);
        if (before !== undefined) draft.ceremonies.set(id, { ...before, ...change });
      },
      add: async (ceremony) => {
        await draft.hold("open");
        if (open() !== undefined) throw new Conflict();
        draft.ceremonies.set(ceremony.id, ceremony);
      },
    });
  }

  async #read<Value>(what: () => Value): Promise<Value> {
    await this.#parts.turn();
    return what();
  }
}

/** What one transaction has written and locked. */
class Draft {
  readonly ceremonies = new Map<string, Ceremony>();
  registers: PukRegisters | undefined;
  readonly #committed: { readonly card: Smartcard };
  readonly #parts: { readonly locks: Locks; turn(): Promise<void> };
  readonly #held = new Map<string, () => void>();

  constructor(
    committed: { readonly card: Smartcard },
    parts: { readonly locks: Locks; turn(): Promise<void> },
  ) {
    this.#committed = committed;
    this.#parts = parts;
  }

  cardNow(): Smartcard {
    const { card } = this.#committed;
    return { ...card, registers: this.registers ?? card.registers };
  }

  async hold(name: string): Promise<void> {
    await this.#parts.turn();
    if (!this.#held.has(name)) this.#held.set(name, await this.#parts.locks.take(name));
  }

  end(): void {
    for (const giveBack of this.#held.values()) giveBack();
  }
}

/** A port of which a drill uses this much; anything else that is asked of it is a mistake. */
export function only<Port extends object>(methods: Partial<Port>): Port {
  const refuse = (name: PropertyKey): never => {
    throw new Error(`This drill's records have no ${String(name)}.`);
  };
  // TypeScript cannot see that what is missing refuses.
  return new Proxy(methods, {
    get: (target, name) => Reflect.get(target, name) ?? refuse(name),
  }) as Port;
}

interface Locks {
  /** Resolves, when it is free, with what gives it back. */
  take(name: string): Promise<() => void>;
}

function openLocks(): Locks {
  const last = new Map<string, Promise<void>>();
  return {
    take: async (name) => {
      const before = last.get(name);
      let giveBack = (): void => undefined;
      last.set(
        name,
        new Promise((free) => {
          giveBack = free;
        }),
      );
      await before;
      return giveBack;
    },
  };
}
