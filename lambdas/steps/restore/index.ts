import { lambda } from '../../runtime/handler';
import { restoreStep } from './step';

export const handler = lambda('restore', restoreStep);
