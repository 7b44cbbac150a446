import type { SiteName } from '../../core/config';

/** Who has which address in the bed. Nothing of it is routed anywhere else. */
export const WORLD = '10.201.0.1';
export const AWS = { address: '10.201.0.2', port: 4566 };
export const TOKEN_WEBHOOK = { address: '10.201.0.2', port: 4567 };
export const PEBBLE = { address: '10.201.0.14', port: 14000, managementPort: 15000 };
/** Route 53's authoritative servers; the first is everybody's resolver too. */
export const NAME_SERVERS = ['10.201.0.53', '10.201.0.54'];
/** As the emulator's NS records name them. */
export const NAME_SERVER_NAMES: Record<string, string> = {
  'ns-1.awsdns-1.com': '10.201.0.53',
  'ns-2.awsdns-2.net': '10.201.0.54',
  'ns-3.awsdns-3.org': '10.201.0.53',
  'ns-4.awsdns-4.co.uk': '10.201.0.54',
};
export const RESOLVER = '10.201.0.53';

export interface RegionNetwork {
  node: string;
  /** Fixed, so that a lost Region's neighbours go on sending into the void, as the Internet does. */
  mac: string;
  pods: string;
  link: string;
}

export const REGIONS: Record<SiteName, RegionNetwork> = {
  primary: { node: '10.201.0.11', mac: '02:00:0a:c9:00:0b', pods: '10.201.1.0/24', link: 'lb-primary' },
  dr: { node: '10.201.0.12', mac: '02:00:0a:c9:00:0c', pods: '10.201.2.0/24', link: 'lb-dr' },
};

export const SERVICES = '10.96.0.0/16';
export const API_SERVICE = '10.96.0.1';
export const API_PORT = 6443;
