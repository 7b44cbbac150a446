import { describeWithMiniStack } from './ministack';
import { runPython } from './python-program';

jest.setTimeout(30_000);

/** A clock that only sleeping moves, and the deliveries of one target on it. */
const DELIVERIES = `
import json, sys
from emulator import delivery, regions

class Clock:
    def __init__(self):
        self.now, self.pauses = 0.0, []
    def monotonic(self):
        return self.now
    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

def play(case):
    clock = delivery.time = Clock()
    late = regions.time = Clock()
    # While the Region is lost nothing sleeps on the clock, so the end of the wait is set by hand.
    late.now = case.get("lostUntil", 0)
    regions._lost.clear()
    if "lostUntil" in case:
        regions._lost.add("dr")
    outcomes, attempts, given_up = list(case["outcomes"]), [], []
    def attempt():
        attempts.append(clock.now)
        outcome = outcomes.pop(0) if outcomes else "fails"
        if outcome == "fails":
            raise delivery.Unavailable("no good answer")
        if outcome == "refused":
            raise delivery.Refused("NO_PERMISSIONS", "no")
    delivery.Delivery._give_up = lambda self, code, message: given_up.append(code)
    target = {"Arn": "target", "RetryPolicy": case.get("policy", {})}
    delivery.Delivery({"Name": "rule", "Arn": "rule"}, target, "{}", "dr", attempt)._run()
    return {"attempts": len(attempts), "pauses": clock.pauses, "givenUp": given_up}

print(json.dumps([play(case) for case in json.load(sys.stdin)]))
`;

interface DeliveryCase {
  outcomes: ('fails' | 'refused' | 'arrives')[];
  policy?: { MaximumEventAgeInSeconds?: number; MaximumRetryAttempts?: number };
  /** Until then the Region of the target is lost. */
  lostUntil?: number;
}
interface Played {
  attempts: number;
  pauses: number[];
  givenUp: string[];
}

const fails = (times: number) => Array.from({ length: times }, () => 'fails' as const);

const CASES: [string, DeliveryCase, Partial<Played>][] = [
  ['arrives at once', { outcomes: ['arrives'] }, { attempts: 1, pauses: [], givenUp: [] }],
  [
    'arrives after failures, each pause longer up to a minute',
    { outcomes: [...fails(8), 'arrives'] },
    { attempts: 9, pauses: [1, 2, 4, 8, 16, 32, 60, 60], givenUp: [] },
  ],
  [
    'is not tried again when it was refused',
    { outcomes: ['refused', 'arrives'] },
    { attempts: 1, pauses: [], givenUp: ['NO_PERMISSIONS'] },
  ],
  [
    'is tried so often as its policy says',
    { outcomes: [], policy: { MaximumRetryAttempts: 2 } },
    { attempts: 3, pauses: [1, 2], givenUp: ['SDK_CLIENT_ERROR'] },
  ],
  [
    'is not tried any more when the event is too old',
    { outcomes: [], policy: { MaximumEventAgeInSeconds: 60 } },
    { attempts: 6, pauses: [1, 2, 4, 8, 16], givenUp: ['SDK_CLIENT_ERROR'] },
  ],
  ['is tried 185 times by default', { outcomes: [] }, { attempts: 186, givenUp: ['SDK_CLIENT_ERROR'] }],
  [
    'is not tried in a Region that is lost for longer than the event lives',
    { outcomes: ['arrives'], policy: { MaximumEventAgeInSeconds: 60 }, lostUntil: 60 },
    { attempts: 0, givenUp: ['TIMEOUT'] },
  ],
];

/** Events for a function that always fails, with the settings that MiniStack is started with. */
const FUNCTION_EVENTS = `
import json, threading, time
from emulator import main
main.settle_environment()
from ministack.services import lambda_svc
pauses, calls, over = [], [], threading.Event()
def execute(function, event):
    calls.append(event)
    if len(calls) == 3:
        over.set()
    return {"error": True, "body": {}}
lambda_svc._execute_function = execute
class Time:
    time = staticmethod(time.time)
    sleep = staticmethod(pauses.append)
lambda_svc.time = Time
lambda_svc.invoke_async_with_retry({"config": {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:f"}}, {})
if not over.wait(10):
    raise TimeoutError("the event was not tried three times")
print(json.dumps(pauses))
`;

/** A function of a lost Region: what was asked of the trust policy before the Region was back, and after. */
const LOST_FUNCTION = `
import json, threading
from emulator import regions, trust
from hooks import functions
from ministack.services import lambda_svc
functions.install()
order, waits = [], threading.Event()
def refuse(config):
    order.append("runs")
    raise trust.NotTrusted("no role")
functions._session = refuse
class Changed(type(regions._changed)):
    def wait(self, timeout=None):
        waits.set()
        return super().wait(timeout)
regions._changed = Changed()
regions._lost.add("eu-west-1")
function = {"config": {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:f"}, "code_zip": b"zip"}
def run():
    lambda_svc._execute_function_warm(function, {}, "id")
    waits.set()
thread = threading.Thread(target=run)
thread.start()
waits.wait(10)
order.append("the Region is back")
with regions._changed:
    regions._lost.clear()
    regions._changed.notify_all()
thread.join(10)
print(json.dumps(order))
`;

describeWithMiniStack('What AWS tries again', python => {
  test('deliveries of EventBridge: a delivery', () => {
    const input = CASES.map(([, each]) => each);
    const played = runPython<Played[]>(python, DELIVERIES, input);
    const seen = CASES.map(([name], index) => [name, played[index]]);
    expect(seen).toEqual(CASES.map(([name, , wanted]) => [name, expect.objectContaining(wanted)]));
  });

  test('events for a function: after one minute, and after two more', () => {
    expect(runPython(python, FUNCTION_EVENTS)).toEqual([60, 120]);
  });

  test("functions: a lost Region's wait until it is back", () => {
    expect(runPython(python, LOST_FUNCTION)).toEqual(['the Region is back', 'runs']);
  });
});
