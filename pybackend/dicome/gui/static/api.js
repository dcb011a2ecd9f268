// Asking the server: JSON, pixels, long work; and noticing when it is gone.

export class ServerError extends Error {
  constructor(message, kind) {
    super(message);
    this.kind = kind;
  }
}

// "lost" where the server does not answer, "found" when it does again, "refused" where it does not know this page.
export const connection = new EventTarget();
let state = "found";

function become(next) {
  if (next === state) return;
  state = next;
  connection.dispatchEvent(new Event(next));
}

export const isConnected = () => state === "found";

async function ask(path, options) {
  let reply;
  try {
    reply = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    become("lost");
    throw new ServerError("The server does not answer.", "lost");
  }
  if (reply.status === 403) {
    become("refused");
    throw new ServerError("The server does not know this page.", "refused");
  }
  become("found");
  if (reply.ok) return reply;
  let told = {};
  try {
    told = await reply.json();
  } catch { /* no JSON, no more to tell */ }
  throw new ServerError(told.error ?? `The server failed (${reply.status}).`, told.kind ?? "server");
}

const address = (path, given) => `${path}?${new URLSearchParams(given)}`;

export const get = async (path, given = {}, signal) => (await ask(address(path, given), { signal })).json();

export const post = async (path, given = {}) =>
  (await ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) })).json();

const ARRAYS = {
  u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array,
  f4: Float32Array, f8: Float64Array, u8: BigUint64Array, i8: BigInt64Array,
};

// Facts and an array in one reply: length of the JSON, JSON, array (see replies.binary of the server).
export async function binary(path, given, signal) {
  const buffer = await (await ask(address(path, given), { signal })).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let values = new ARRAYS[facts.dtype](buffer, 4 + length);
  if (facts.dtype.endsWith("8") && facts.dtype !== "f8") values = Float64Array.from(values, Number);
  return { ...facts, values };
}

const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

// Begins long work and follows it. told(job) is called now and then; gives the result, null when it was stopped.
export async function work(path, given, told = () => {}) {
  let job = await post(path, given);
  for (let pause = 40; job.state === "running"; pause = Math.min(pause * 1.5, 300)) {
    told(job);
    await wait(pause);
    try {
      job = await get("/api/job", { key: job.key });
    } catch (problem) {
      if (problem.kind !== "lost") throw problem;
      await wait(1000);
    }
  }
  told(job);
  if (job.state === "failed") throw new ServerError(job.error, "job");
  return job.state === "done" ? job.result : null;
}

export const stop = (job) => post("/api/job/stop", { key: job.key });

// Looks now and then whether the server is there, and whether it is still the same one.
export async function watch(restarted) {
  let born = null;
  for (;;) {
    try {
      const found = (await get("/api/alive")).server;
      if (born !== null && found !== born) restarted();
      born = found;
    } catch { /* told by its event */ }
    await wait(isConnected() ? 2000 : 700);
  }
}
