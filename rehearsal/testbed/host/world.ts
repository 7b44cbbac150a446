import { AWS, NAME_SERVERS, PEBBLE, REGIONS, WORLD } from '../network';
import { run } from './run';

const BRIDGE = 'lb0';
const BRIDGE_MAC = '02:00:0a:c9:00:01';

/** Makes the world's network: one bridge that the Regions are plugged into, and an address for each service. */
export async function makeWorld(): Promise<void> {
  await ip('link set lo up');
  // An address of its own: else it takes one of its ports', and the kernel forgets all neighbours with each change.
  await ip(`link add ${BRIDGE} address ${BRIDGE_MAC} type bridge`);
  for (const address of [WORLD, AWS.address, PEBBLE.address, ...NAME_SERVERS]) {
    await ip(`addr add ${address}/24 dev ${BRIDGE}`);
  }
  await ip(`link set ${BRIDGE} up`);
  for (const { node, pods, mac } of Object.values(REGIONS)) {
    await ip(`route add ${pods} via ${node}`);
    // Without it the kernel says "no route to host" after three seconds; a Region that is gone says nothing at all.
    await ip(`neigh replace ${node} lladdr ${mac} dev ${BRIDGE} nud permanent`);
  }
}

/** Plugs a Region's network namespace into the world. */
export async function plugIn(link: string, mac: string, pid: number): Promise<void> {
  await ip(`link add ${link} type veth peer name eth0 address ${mac} netns ${pid}`);
  await ip(`link set ${link} master ${BRIDGE} up`);
}

/** Pulls a Region's plug. The kernel takes a dead namespace's devices away too, but only when it gets round to it. */
export async function unplug(link: string): Promise<void> {
  await ip(`link del ${link}`);
}

function ip(args: string): Promise<string> {
  return run(['ip', ...args.split(' ')]);
}
