import type { World } from "./world.ts";

/** Gives equal values one number, so that a state of the search is a handful of them. */
class Numbered<Value extends object> {
  readonly #byText = new Map<string, number>();
  readonly #known = new WeakMap<Value, number>();
  readonly #values: Value[] = [];

  numberOf(value: Value): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(value);
    const number = this.#byText.get(text) ?? this.#add(text, value);
    this.#known.set(value, number);
    return number;
  }

  valueOf(number: number): Value {
    const value = this.#values[number];
    if (value === undefined) throw new Error(`No value has the number ${number}.`);
    return value;
  }

  #add(text: string, value: Value): number {
    const number = this.#values.push(value) - 1;
    if (number > 0xffff) throw new Error("Too many values for one code unit.");
    this.#byText.set(text, number);
    return number;
  }
}

/** A world as a string of five code units, and back. */
export class Interner {
  readonly #registers = new Numbered<World["registers"]>();
  readonly #cards = new Numbered<World["card"]>();
  readonly #desks = new Numbered<World["desks"][0]>();

  keyOf({ registers, card, desks, newest, failedOver }: World): string {
    return String.fromCharCode(
      this.#registers.numberOf(registers),
      this.#cards.numberOf(card),
      this.#desks.numberOf(desks[0]),
      this.#desks.numberOf(desks[1]),
      newest + (failedOver ? 2 : 0),
    );
  }

  /** The part that outlives everything under way. */
  keyOfQuiet(registers: World["registers"], card: World["card"]): string {
    return String.fromCharCode(this.#registers.numberOf(registers), this.#cards.numberOf(card));
  }

  worldOf(key: string): World {
    const flags = key.charCodeAt(4);
    return {
      registers: this.#registers.valueOf(key.charCodeAt(0)),
      card: this.#cards.valueOf(key.charCodeAt(1)),
      desks: [this.#desks.valueOf(key.charCodeAt(2)), this.#desks.valueOf(key.charCodeAt(3))],
      newest: (flags & 1) === 1 ? 1 : 0,
      failedOver: flags > 1,
    };
  }
}
