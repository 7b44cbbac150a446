import { lambda } from '../../runtime/handler';
import { flipStep } from './step';

export const handler = lambda('flip', flipStep);
