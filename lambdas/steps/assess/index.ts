import { lambda } from '../../runtime/handler';
import { assessStep } from './step';

export const handler = lambda('assess', assessStep);
