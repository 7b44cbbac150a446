import { lambda } from '../../runtime/handler';
import { drillStep } from './step';

export const handler = lambda('drill', drillStep);
