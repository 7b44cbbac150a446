import {
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** A state that an execution entered. */
export interface EnteredState {
  /** Milliseconds since the epoch. */
  at: number;
  state: string;
  /** The child execution of the Distributed Map whose state it is; absent for the run's own. */
  child?: string;
}

/** The states of an execution and of the children of its Map Runs, in the order in which they were entered. */
export async function enteredStates(client: SFNClient, executionArn: string): Promise<EnteredState[]> {
  const events = await historyOf(client, executionArn);
  const runs = events.flatMap(event => event.mapRunStartedEventDetails?.mapRunArn ?? []);
  const children = (await Promise.all(runs.map(run => childrenOf(client, run)))).flat();
  const inside = await Promise.all(
    children.map(async ({ executionArn: arn, name }) => {
      const history = await historyOf(client, arn ?? '');
      return entered(history).map(each => ({ ...each, child: name ?? '' }));
    }),
  );
  // Sorting is stable: what was entered in the same millisecond stays in its history's order.
  return [...entered(events), ...inside.flat()].sort((a, b) => a.at - b.at);
}

async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, ...(nextToken ? { nextToken } : {}) }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return events;
}

async function childrenOf(client: SFNClient, mapRunArn: string): Promise<ExecutionListItem[]> {
  const { executions = [] } = await client.send(new ListExecutionsCommand({ mapRunArn, maxResults: 1000 }));
  return executions;
}

function entered(events: readonly HistoryEvent[]): EnteredState[] {
  return events.flatMap(({ timestamp, stateEnteredEventDetails: details }) =>
    details?.name && timestamp ? [{ at: timestamp.getTime(), state: details.name }] : [],
  );
}
