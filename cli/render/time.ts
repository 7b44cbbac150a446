// Times for people: always UTC, as the logs of AWS have them.

/** `02:40:03` */
export function timeOfDay(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** `2026-03-29 02:40:03 UTC` */
export function dateAndTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `2026-03-29 02:40`, for tables. */
export function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
