import { lambda } from '../../runtime/handler';
import { backupStep } from './step';

export const handler = lambda('backup', backupStep);
