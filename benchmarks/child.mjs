/** Measures one case in a process of its own: the case as JSON in, its figures as JSON out. */
const cases = {
  backlog: "backlog",
  detection: "detection",
  durable: "durable",
  finished: "memory",
  goOn: "resume",
  insertion: "insertion",
  leave: "resume",
  longRun: "longRun",
  makespan: "makespan",
  peak: "memory",
  replay: "replay",
  resume: "resume",
  speed: "speed",
  stall: "stall",
  waiting: "memory",
  written: "replay",
};

const { name, ...options } = JSON.parse(process.argv[2]);
const { [name]: measure } = await import(`./cases/${cases[name]}.mjs`);
const figures = await measure(options);
process.stdout.write(`${JSON.stringify(figures)}\n`);
