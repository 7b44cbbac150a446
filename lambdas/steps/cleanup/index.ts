import { lambda } from '../../runtime/handler';
import { cleanupOrPeace } from './entry';

export const handler = lambda('cleanup', cleanupOrPeace);
