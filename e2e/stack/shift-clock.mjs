// Loaded into one host by NODE_OPTIONS: its clock is off by CLOCK_SHIFT milliseconds. The database's is not.
const shift = Number(process.env.CLOCK_SHIFT)
const Real = globalThis.Date

globalThis.Date = new Proxy(Real, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [Real.now() + shift] : args, newTarget),
  apply: () => new Real(Real.now() + shift).toString(),
  get: (target, key) => (key === "now" ? () => Real.now() + shift : Reflect.get(target, key)),
})
Real.prototype.constructor = globalThis.Date
