// Playing an axis: a frame is asked for when the one before has come and its time is over.

export class Cine {
  axis = null;
  rate = 10;

  // drawn(): a promise that the frame asked for last is on the screen.
  constructor(state, drawn) {
    this.state = state;
    this.drawn = drawn;
  }

  toggle(axis = this.state.axis) {
    if (this.axis === axis) this.stop();
    else this.#play(axis);
  }

  stop() {
    this.axis = null;
    this.state.tell("cine");
  }

  async #play(axis) {
    if ((this.state.image?.axes[axis]?.size ?? 0) < 2) return;
    const running = this.axis !== null;
    this.axis = axis;
    this.state.set("axis", axis);
    this.state.tell("cine");
    if (running) return;
    while (this.axis !== null) {
      const next = performance.now() + 1000 / this.rate;
      this.state.step(this.axis, 1, true);
      try {
        await this.drawn();
      } catch {
        this.stop();
      }
      await new Promise((done) => { setTimeout(done, Math.max(next - performance.now(), 0)); });
    }
  }
}
