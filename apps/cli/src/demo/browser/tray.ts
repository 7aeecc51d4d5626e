import { startComponents } from "@lanyard/pages/browser";

startComponents();
letCardsBeDragged();
void showCardsAsTheyAre();

/** Dragging a card onto a reader presses the button that its card has for it: one way to move cards, not two. */
function letCardsBeDragged(): void {
  let dragged: HTMLElement | undefined;
  for (const card of document.querySelectorAll<HTMLElement>("[data-serial]"))
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      event.dataTransfer?.setData("text/plain", card.dataset["serial"] ?? "");
    });
  for (const reader of document.querySelectorAll<HTMLElement>("[data-reader]"))
    letDropOn(reader, () => dragged);
}

const OVER = "lanyard-tray__reader--over";

function letDropOn(reader: HTMLElement, dragged: () => HTMLElement | undefined): void {
  reader.addEventListener("dragover", (event) => {
    event.preventDefault();
    reader.classList.add(OVER);
  });
  reader.addEventListener("dragleave", () => reader.classList.remove(OVER));
  reader.addEventListener("drop", (event) => {
    event.preventDefault();
    reader.classList.remove(OVER);
    const action = `/readers/${reader.dataset["reader"] ?? ""}/insert`;
    dragged()?.querySelector<HTMLFormElement>(`form[action="${action}"]`)?.requestSubmit();
  });
}

/** A card may have changed while its unlock was in another tab: whoever comes back sees it as it is now. */
async function showCardsAsTheyAre(): Promise<void> {
  const shown = await readState();
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState === "visible" && (await readState()) !== shown)
      window.location.reload();
  });
}

/** Nothing, if the demo has ended meanwhile. */
async function readState(): Promise<string | undefined> {
  try {
    return await (await fetch("/state")).text();
  } catch {
    return undefined;
  }
}
