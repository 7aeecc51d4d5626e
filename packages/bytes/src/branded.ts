declare const brand: unique symbol;

/** A value that only its own parser may make: `Branded<string, "CareId">`. */
export type Branded<Value, Name extends string> = Value & { readonly [brand]: Name };
