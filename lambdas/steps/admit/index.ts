import { lambda } from '../../runtime/handler';
import { admitStep } from './step';

export const handler = lambda('admit', admitStep);
