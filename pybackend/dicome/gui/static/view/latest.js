// Work that is asked for faster than it can be done: one at a time, and then only what was asked for last.

export class Latest {
  #busy = false;
  #next = null;

  constructor(work, failed = () => {}) {
    this.work = work;
    this.failed = failed;
  }

  async ask(given) {
    this.#next = { given };
    if (this.#busy) return;
    this.#busy = true;
    while (this.#next) {
      const { given: now } = this.#next;
      this.#next = null;
      try {
        await this.work(now);
      } catch (problem) {
        this.failed(problem);
      }
    }
    this.#busy = false;
  }
}
