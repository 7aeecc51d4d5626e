/** What somebody waits for on something that changes: asked again whenever it does. */
export interface Changing {
  changed(): void;
  /** Resolves once `isSo`; throws when that takes longer than a person would wait. */
  until(what: string, isSo: () => boolean): Promise<void>;
}

const PATIENCE_MS = 20_000;

export function openChanging(): Changing {
  const waiting = new Set<() => void>();
  return {
    changed: () => {
      for (const look of [...waiting]) look();
    },
    until: (what, isSo) =>
      new Promise((resolve, reject) => {
        if (isSo()) return resolve();
        const stop = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`Waited in vain: ${what}.`));
        }, PATIENCE_MS);
        const look = (): void => {
          if (!isSo()) return;
          stop();
          resolve();
        };
        waiting.add(look);
      }),
  };
}
