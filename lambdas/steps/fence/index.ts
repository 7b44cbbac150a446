import { lambda } from '../../runtime/handler';
import { fenceStep } from './step';

export const handler = lambda('fence', fenceStep);
