/** What the server's stream may say: see its `live/stream.ts`. */
const FRAGMENT_EVENT = "desk";
const SIGNED_OUT_EVENT = "signed-out";

/** A break shorter than this is mended by the browser itself and not worth saying. */
const GRACE_MS = 3000;
/** The browser gives up on a stream that answers with an error; then we ask again this often. */
const RETRY_MS = 10_000;

/** The stream itself, for pages that show no reader. */
const EVENTS = "/desk/events";
const SIGNED_OUT_PAGE = "/signed-out";
const LOST = "Live view lost. Reload the page.";

/** Keeps every status region that names a source up to date, for as long as the page is shown. */
export function followLiveRegions(): void {
  for (const region of document.querySelectorAll<HTMLElement>("[role=status][data-source]")) {
    const source = region.getAttribute("data-source");
    if (source !== null) follow(region, source);
  }
}

/** Every page of a signed-in operator ends with the session, with readers on it or without. */
export function followSession(): void {
  const isSignedIn = document.querySelector('form[action="/sign-out"]') !== null;
  const isFollowed = document.querySelector("[role=status][data-source]") !== null;
  if (!isSignedIn || isFollowed) return;
  const stream = new EventSource(EVENTS);
  endWithSession(stream);
  window.addEventListener("pagehide", () => stream.close());
}

function endWithSession(stream: EventSource): void {
  stream.addEventListener(SIGNED_OUT_EVENT, () => {
    stream.close();
    location.replace(SIGNED_OUT_PAGE);
  });
}

/**
 * A page brought back from the browser's memory shows what was true when it was left, maybe to somebody else: it is
 * asked for again instead.
 */
export function reloadWhenRestored(): void {
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

function follow(region: HTMLElement, source: string): void {
  let stream: EventSource | undefined;
  let lostTimer: number | undefined;
  let retryTimer: number | undefined;
  const close = (): void => {
    stream?.close();
    clearTimeout(lostTimer);
    clearTimeout(retryTimer);
  };
  const broke = (): void => {
    lostTimer ??= window.setTimeout(() => showLost(region), GRACE_MS);
    if (stream?.readyState === EventSource.CLOSED) retryTimer = window.setTimeout(open, RETRY_MS);
  };
  const open = (): void => {
    stream = new EventSource(source);
    stream.addEventListener("error", broke);
    stream.addEventListener(FRAGMENT_EVENT, ({ data }: MessageEvent<string>) => {
      clearTimeout(lostTimer);
      lostTimer = undefined;
      show(region, data);
    });
    endWithSession(stream);
  };
  window.addEventListener("pagehide", close);
  open();
}

/** The same content again is not put in again, so that it is not read out again. */
function show(region: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  if (template.innerHTML !== region.innerHTML) region.replaceChildren(template.content);
}

function showLost(region: HTMLElement): void {
  const notice = document.createElement("div");
  notice.className = "lanyard-notice lanyard-notice--attention";
  const sentence = document.createElement("p");
  sentence.textContent = LOST;
  notice.append(sentence);
  show(region, notice.outerHTML);
}
