/**
 * The one machine every ceremony runs on. A ceremony is a table: rows are phases, columns are events, a cell decides.
 * What is not in the table is refused: no event can happen out of order, twice, or after the end.
 */
export type Table<State extends HasPhase, Event extends HasType, Outcome> = {
  readonly [Phase in State["phase"]]: {
    readonly [Type in Event["type"]]?: (
      state: State,
      event: Extract<Event, { type: Type }>,
    ) => Outcome;
  };
};

interface HasPhase {
  readonly phase: string;
}

interface HasType {
  readonly type: string;
}

/** Looks the cell up and lets it decide; `undefined` when the table has no cell: the event is out of order. */
export function decide<State extends HasPhase, Event extends HasType, Outcome>(
  table: Table<State, Event, Outcome>,
  state: State,
  event: Event,
): Outcome | undefined {
  const row: { readonly [type: string]: unknown } = table[state.phase as State["phase"]];
  // The table's type ties each column to its event; TypeScript cannot follow that through an index.
  const cell = row[event.type] as ((state: State, event: Event) => Outcome) | undefined;
  return cell?.(state, event);
}
