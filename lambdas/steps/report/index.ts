import { lambda } from '../../runtime/handler';
import { reportStep } from './step';

export const handler = lambda('report', reportStep);
