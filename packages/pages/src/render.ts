import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";

/** The whole HTML document for a `<Page>`, doctype included. Text is escaped by React; nothing is hydrated. */
export function renderPage(page: ReactElement): string {
  return `<!DOCTYPE html>${renderToStaticMarkup(page)}`;
}
