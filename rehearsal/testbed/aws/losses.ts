interface Loss {
  lost: boolean;
  happened: Promise<void>;
  happen: () => void;
}

/** Which Regions are lost. A lost one refuses nothing: it hangs, and so would everybody who asks it something. */
export class Losses {
  private readonly regions = new Map<string, Loss>();

  lose(region: string): void {
    const loss = this.of(region);
    loss.lost = true;
    loss.happen();
  }

  find(region: string): void {
    this.regions.delete(region);
  }

  isLost(region: string): boolean {
    return this.of(region).lost;
  }

  /** What `ask` gives; `otherwise` when the Region is lost, or is lost before the answer. */
  async whileThere<T>(region: string, ask: () => Promise<T>, otherwise: T): Promise<T> {
    const { lost, happened } = this.of(region);
    return lost ? otherwise : Promise.race([ask(), happened.then(() => otherwise)]);
  }

  private of(region: string): Loss {
    const known = this.regions.get(region);
    if (known) return known;
    let happen: () => void = () => undefined;
    const happened = new Promise<void>(resolve => {
      happen = resolve;
    });
    const loss = { lost: false, happened, happen };
    this.regions.set(region, loss);
    return loss;
  }
}
