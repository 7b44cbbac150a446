import { lambda } from '../../runtime/handler';
import { tellStep } from './step';

export const handler = lambda('tell', tellStep);
