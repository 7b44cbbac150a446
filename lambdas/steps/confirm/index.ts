import { lambda } from '../../runtime/handler';
import { confirmStep } from './step';

export const handler = lambda('confirm', confirmStep);
