import { lambda } from '../../runtime/handler';
import { turnStep } from './step';

export const handler = lambda('turn', turnStep);
