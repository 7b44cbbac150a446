import type { Zone } from '../../../core/config';
import { RecordChanged } from '../../../core/errors';
import { flipPlan } from '../../../core/flip';
import type { Asserted, FlipRequest, Switch, Withdrawn } from '../../../core/switch';
import type { HostedZone } from '../aws/zone';

/** `cname`: one CNAME, changed by compare-and-swap through Route 53's control plane. */
export class CnameSwitch implements Switch {
  constructor(private readonly zone: (zone: Zone) => HostedZone) {}

  async assert({ endpoint, activate }: FlipRequest): Promise<Asserted> {
    const zone = this.zone(endpoint.zone);
    const plan = flipPlan(endpoint, activate, await zone.read(endpoint.main));
    if (plan.action === 'refuse') throw new RecordChanged(`${plan.reason} It was left as it is.`);
    if (plan.action === 'none') return {};
    await zone.swap(plan.remove, plan.create);
    const { main } = endpoint;
    return { changed: `${main}: CNAME ${plan.remove.target} → ${plan.create.target}; Route 53 spreads it.` };
  }

  /** Route 53 takes a batch or does not: the name servers, which were asked before, are the answer. */
  async withdraw(): Promise<Withdrawn> {
    return { certain: true, detail: '' };
  }

  async tidy(): Promise<undefined> {
    return undefined;
  }
}
