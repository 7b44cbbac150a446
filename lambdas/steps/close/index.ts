import { lambda } from '../../runtime/handler';
import { closeStep } from './step';

export const handler = lambda('close', closeStep);
