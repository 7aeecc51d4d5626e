const LONG: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };
const CALENDAR = new Intl.DateTimeFormat("en-GB", { ...LONG, timeZone: "UTC" });
const LONDON = new Intl.DateTimeFormat("en-GB", { ...LONG, timeZone: "Europe/London" });

const MOMENT = new Intl.DateTimeFormat("en-GB", {
  ...LONG,
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "Europe/London",
});

/** `1984-03-07` as `7 March 1984`; anything that is no calendar date stays as it is. */
export function formatCalendarDate(date: string): string {
  const parsed = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) ? date : CALENDAR.format(parsed);
}

/** The day of an instant, as the clocks of the United Kingdom have it. */
export function formatDay(instant: Date): string {
  return LONDON.format(instant);
}

/** Day and minute of an instant, as the clocks of the United Kingdom have it. */
export function formatMoment(instant: Date): string {
  return MOMENT.format(instant);
}
