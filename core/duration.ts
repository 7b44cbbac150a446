/** @returns seconds as people say them: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d`. */
export function spoken(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return join(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 172_800) return join(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return join(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
