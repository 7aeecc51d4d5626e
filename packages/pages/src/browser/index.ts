import { Button, Checkboxes, createAll, ErrorSummary, Radios, SkipLink } from "nhsuk-frontend";

/**
 * Brings the page's components to life: double-press protection, the focus on the problem, the skip link.
 * The class goes on first, because the components refuse to start without it. Every page reads and works without this.
 */
export function startComponents(): void {
  document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
  createAll(Button);
  createAll(Checkboxes);
  createAll(ErrorSummary);
  createAll(Radios);
  createAll(SkipLink);
}
