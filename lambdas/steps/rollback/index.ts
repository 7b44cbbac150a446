import { lambda } from '../../runtime/handler';
import { rollbackStep } from './step';

export const handler = lambda('rollback', rollbackStep);
