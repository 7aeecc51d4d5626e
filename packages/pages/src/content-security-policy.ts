export interface ContentSecurityPolicy {
  /** Origins besides our own a form may go to, or be redirected to: the agent's, or the server's. */
  readonly formAction: readonly string[];
  /** False on the agent's pages, which work with no script at all. */
  readonly scripts: boolean;
}

/**
 * The `Content-Security-Policy` header every page is made to work under [CSP3].
 * Chrome checks redirects after a form against `form-action`, so the other side must be listed
 * or the way back is blocked after the work is done.
 */
export function contentSecurityPolicy(policy: ContentSecurityPolicy): string {
  const script = policy.scripts ? ["script-src 'self'", "connect-src 'self'"] : [];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    ...script,
    `form-action ${["'self'", ...policy.formAction].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
