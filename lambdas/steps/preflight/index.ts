import { lambda } from '../../runtime/handler';
import { preflightOrPeace } from './entry';

export const handler = lambda('preflight', preflightOrPeace);
