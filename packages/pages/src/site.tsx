import type { ReactElement } from "react";
import { type HiddenFields, PostForm } from "./forms.tsx";

/** Who is signed in, for the header. */
export interface Operator {
  readonly name: string;
  readonly role: string;
  /** Where "Sign out" posts to, with the hidden fields (CSRF) that go along. */
  readonly signOut?: { readonly action: string; readonly hidden?: HiddenFields } | undefined;
}

export interface NavigationItem {
  readonly text: string;
  readonly href: string;
  readonly current?: boolean | undefined;
}

interface SiteHeaderProps {
  readonly service: string;
  readonly homeHref: string;
  readonly operator: Operator | undefined;
}

export function SiteHeader({ service, homeHref, operator }: SiteHeaderProps): ReactElement {
  return (
    <header className="lanyard-header">
      <div className="lanyard-header__row nhsuk-width-container">
        <a className="lanyard-header__home" href={homeHref}>
          <Mark />
          <span className="lanyard-header__names">
            <span className="lanyard-header__name">Lanyard</span>
            <span className="lanyard-header__service">{service}</span>
          </span>
        </a>
        {operator === undefined ? null : <SignedIn {...operator} />}
      </div>
    </header>
  );
}

function SignedIn({ name, role, signOut }: Operator): ReactElement {
  return (
    <div className="lanyard-operator">
      <p className="lanyard-operator__who">
        <span className="nhsuk-u-visually-hidden">Signed in as </span>
        <span className="lanyard-operator__name">{name}</span>
        <span className="nhsuk-u-visually-hidden">, </span>
        <span className="lanyard-operator__role">{role}</span>
      </p>
      {signOut === undefined ? null : (
        <PostForm action={signOut.action} hidden={signOut.hidden}>
          <button className="lanyard-operator__out" type="submit">
            Sign out
          </button>
        </PostForm>
      )}
    </div>
  );
}

/** A card on a strap: Lanyard's own mark. */
function Mark(): ReactElement {
  return (
    <svg
      className="lanyard-header__mark"
      viewBox="0 0 40 48"
      width="40"
      height="48"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d="M20 19C3 11 8 2 20 2s17 9 0 17"
        fill="none"
        stroke="currentColor"
        strokeWidth="3.5"
      />
      <rect x="5" y="20" width="30" height="26" rx="4" fill="currentColor" />
      <rect x="16" y="16.5" width="8" height="7" rx="2" className="lanyard-header__clip" />
      <circle cx="14" cy="31.5" r="3.5" className="lanyard-header__ink" />
      <path d="M8.5 41.5a5.5 5.5 0 0 1 11 0z" className="lanyard-header__ink" />
      <path d="M23 31h8M23 36h8M23 41h5" className="lanyard-header__line" />
    </svg>
  );
}

export function NavigationTabs({
  items,
}: {
  readonly items: readonly NavigationItem[];
}): ReactElement | null {
  if (items.length === 0) return null;
  return (
    <nav className="lanyard-tabs" aria-label="Main">
      <ul className="lanyard-tabs__list nhsuk-width-container">
        {items.map(({ text, href, current = false }) => (
          <li key={href} className="lanyard-tabs__item">
            <a
              className="lanyard-tabs__link"
              href={href}
              aria-current={current ? "page" : undefined}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Hand-made: the library's footer would claim NHS England's copyright. */
export function SiteFooter(): ReactElement {
  return (
    <footer className="lanyard-footer">
      <div className="nhsuk-width-container">
        <p>
          Lanyard is an open-source project. It is not affiliated with, or endorsed by, the NHS or
          any other organisation.
        </p>
        <p>© Lanyard contributors. Apache-2.0.</p>
      </div>
    </footer>
  );
}
