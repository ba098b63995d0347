// Timers, promises, the thread pool and a worker; prints 1, 2, 3 ... while every result is right.
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const crypto = require('crypto');
const fs = require('fs');
const util = require('util');

const digest = (data) => crypto.createHash('sha256').update(data).digest('hex');
const block = (seed) => Buffer.alloc(100000, `block ${seed} `);

if (isMainThread) {
  const shared = new SharedArrayBuffer(8);
  const counter = new BigInt64Array(shared);
  const worker = new Worker(__filename, { workerData: shared });
  const answers = new Map();
  worker.on('message', ({ id, hash }) => { answers.get(id)(hash); answers.delete(id); });
  const ask = (id) => new Promise((resolve) => { answers.set(id, resolve); worker.postMessage(id); });
  const pbkdf2 = util.promisify(crypto.pbkdf2);
  const expectedKey = crypto.pbkdf2Sync('secret', 'salt', 200, 32, 'sha256').toString('hex');
  const own = digest(fs.readFileSync(__filename));
  let ticks = 0;
  setInterval(() => ticks++, 2);
  (async () => {
    for (let line = 1; ; line++) {
      const before = ticks;
      const [hash, key, file] = await Promise.all([
        ask(line),
        pbkdf2('secret', 'salt', 200, 32, 'sha256'),
        fs.promises.readFile(__filename),
        new Promise((resolve) => setTimeout(resolve, 5)),
      ]);
      while (ticks === before) await new Promise(setImmediate);
      const right = hash === digest(block(line)) && key.toString('hex') === expectedKey
        && digest(file) === own && Atomics.load(counter, 0) === BigInt(line);
      fs.writeSync(1, right ? `${line}\n` : `wrong in line ${line}\n`);
    }
  })();
} else {
  const counter = new BigInt64Array(workerData);
  parentPort.on('message', (id) => {
    Atomics.add(counter, 0, 1n);
    parentPort.postMessage({ id, hash: digest(block(id)) });
  });
}
