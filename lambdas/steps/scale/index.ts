import { lambda } from '../../runtime/handler';
import { scaleStep } from './step';

export const handler = lambda('scale', scaleStep);
