import { lambda } from '../../runtime/handler';
import { guardStep } from './step';

export const handler = lambda('guard', guardStep);
