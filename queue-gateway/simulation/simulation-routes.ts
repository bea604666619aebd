import { simulateSale } from '../../shared/contracts/simulation.ts';
import type { Bind } from '../http/bind.ts';
import type { SimulationService } from './simulation-service.ts';

/** A policy tried before it is in force. */
export function simulationRoutes(bind: Bind, simulations: SimulationService): void {
  bind(simulateSale, ({ params, body }) => simulations.play(params.concertId, body));
}
