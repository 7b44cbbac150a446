import { lambda } from '../../runtime/handler';
import { startStep } from './step';

export const handler = lambda('start', startStep);
