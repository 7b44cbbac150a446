/** One JSON line on stdout: CloudWatch Logs Insights reads its fields. */
export function log(event: string, fields: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}
