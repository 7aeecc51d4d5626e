const HOUR_MS = 3_600_000;

export interface RateLimits {
  /** Cards whose PUK is sealed within an hour on one operator's signatures, and at one organisation. */
  readonly perOperator: number;
  readonly perSite: number;
}

export interface RateRequest {
  readonly ceremony: string;
  readonly operator: string;
  readonly site: string;
  readonly at: Date;
}

/**
 * Counts releases in memory, where no database can be made to say otherwise. A ceremony counts once, however often its
 * release is asked for.
 */
export class ReleaseRate {
  readonly #limits: RateLimits;
  #taken: readonly RateRequest[] = [];

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** Whether it may be sealed; counts nothing. */
  allows(request: RateRequest): boolean {
    const since = request.at.getTime() - HOUR_MS;
    const others = this.#taken.filter(
      ({ at, ceremony }) => at.getTime() > since && ceremony !== request.ceremony,
    );
    const byOperator = others.filter(({ operator }) => operator === request.operator).length;
    const atSite = others.filter(({ site }) => site === request.site).length;
    return byOperator < this.#limits.perOperator && atSite < this.#limits.perSite;
  }

  take(request: RateRequest): void {
    const since = request.at.getTime() - HOUR_MS;
    this.#taken = [
      ...this.#taken.filter(
        ({ at, ceremony }) => at.getTime() > since && ceremony !== request.ceremony,
      ),
      request,
    ];
  }
}
