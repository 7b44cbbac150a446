import { lambda } from '../../runtime/handler';
import { verifyStep } from './step';

export const handler = lambda('verify', verifyStep);
