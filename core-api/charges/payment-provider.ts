import type { Charge } from '../../shared/contracts/points.ts';

/** A request of the provider as it came, to be believed or not. */
export interface ProviderCall {
  header: (name: string) => string | undefined;
  body: Uint8Array;
}

/** Who takes the money for points. */
export type PaymentProvider =
  | {
      /** The money is there at once: points are credited in the call that asks for them. */
      readonly confirmsAtOnce: true;
    }
  | {
      /** It calls back: until then a charge is PENDING. */
      readonly confirmsAtOnce: false;
      /**
       * Tells the provider of a charge; safe to repeat. @returns where its client pays, if it says.
       * @throws Error when it did not take it.
       */
      tell(charge: Pick<Charge, 'chargeId' | 'amount' | 'expiresAt'>): Promise<string | null>;
      /** Whether a call back is really its. */
      isFrom(call: ProviderCall): boolean;
    };

/** Money for nothing: for development and tests. */
export const sandboxProvider: PaymentProvider = { confirmsAtOnce: true };
