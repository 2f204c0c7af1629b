import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { record, receiver } from "./receiver.ts"

const OTHER = "00000000-0000-4000-8000-00000000000e"

describe("a message as a whole", () => {
  it("that its own side has sent, or that is for another one, is refused", async () => {
    const { ask } = receiver()
    expect(await ask({ from: "directus:b" })).toMatchObject({
      code: "wrong_receiver",
      message: "This message comes from Directus and was sent to Directus. Check the configured addresses.",
    })
    expect(await ask({ to: "medusa:" })).toMatchObject({
      code: "wrong_receiver",
      message: "This message is not for Directus.",
    })
    expect(await ask({ to: "the-directus:" })).toMatchObject({ code: "wrong_receiver" })
    expect(await ask({ to: "directus:b" })).toMatchObject({ kind: "results" })
  })

  it("is refused with the reason while this host may not take anything", async () => {
    const { ask, directus } = receiver()
    const paused = (code: "database_moved" | "by_person"): void => {
      directus.control = { ...directus.control, paused: { code, message: "It was cloned.", since: "", both: true } }
    }
    paused("database_moved")
    expect(await ask({})).toEqual({ kind: "refused", code: "database_moved", message: "It was cloned." })
    paused("by_person")
    expect(await ask({})).toEqual({
      kind: "refused",
      code: "peer_paused",
      message: "A person has paused the sync in Directus. Changes are kept here, and follow when it is resumed there.",
    })
  })

  it("without records is answered with this host's past, where it has one", async () => {
    const { ask, directus } = receiver()
    expect(await ask({})).not.toHaveProperty("past")
    directus.control = { ...directus.control, past: [OTHER] }
    expect(await ask({})).toMatchObject({ past: [OTHER] })
    expect(await ask({}, [record()])).not.toHaveProperty("past")
  })

  it("that knows this database by another epoch is refused; one that met it before its restore may ask, and not tell", async () => {
    const { ask, directus } = receiver()
    directus.control = { ...directus.control, past: [OTHER] }
    expect(await ask({ peer_epoch: randomUUID() })).toMatchObject({
      code: "epoch_mismatch",
      message: expect.stringMatching(/^The database of Directus is another one than before/) as string,
    })
    expect(await ask({ peer_epoch: OTHER })).toMatchObject({ kind: "results", past: [OTHER] })
    expect(await ask({ peer_epoch: OTHER }, [record()])).toMatchObject({ code: "epoch_mismatch" })
    expect(await ask({ peer_epoch: null }, [record()])).toMatchObject({ kind: "results" })
  })

  it("of another database than the one that this host is linked with is refused", async () => {
    const { ask, directus } = receiver()
    await ask({})
    const known = directus.control.peerEpoch
    expect(await ask({ epoch: OTHER })).toMatchObject({
      code: "epoch_mismatch",
      message: expect.stringMatching(/linked with/) as string,
    })
    expect(directus.control.peerEpoch).toBe(known)
  })

  it("that has heard more of this database than it remembers tells that it was restored", async () => {
    const { ask, directus } = receiver()
    const { epoch } = directus.control
    expect(await ask({ peer_beat: 1 })).toMatchObject({
      code: "restored",
      message: "The database of Directus was restored; it compares its links first.",
    })
    expect(directus.control).toMatchObject({ repair: "restored", past: [epoch] })
    expect(await ask({ peer_beat: 1, peer_epoch: epoch }, [record()])).toMatchObject({ code: "epoch_mismatch" })
  })

  it("that is older than what was heard is refused with what was heard", async () => {
    const { ask } = receiver()
    await ask({ beat: 5 })
    expect(await ask({ beat: 4 })).toEqual({
      kind: "refused",
      code: "old_beat",
      message: "This message is older than the last one from Medusa. Was its database restored?",
      beat: 5,
    })
  })

  it("is not taken while links are compared, but a question is answered", async () => {
    const { ask, directus } = receiver()
    directus.control = { ...directus.control, repair: "peer_restored" }
    expect(await ask({}, [record()])).toMatchObject({
      code: "restored",
      message: "directus compares its links first, because a database was restored.",
    })
    expect(await ask({ ask: { kind: "digest" } })).toMatchObject({ kind: "results", answer: { kind: "digest" } })
    expect(directus.table("product").rows.size).toBe(0)
  })

  it("with another mapping is refused with this side's", async () => {
    const { ask, directus } = receiver()
    expect(await ask({ config: "another" }, [record()])).toMatchObject({
      code: "config_mismatch",
      message: "The mapping differs. Give both sides the same mapping.",
      mapping: directus.ports.config.description,
    })
    expect(directus.control.peerEpoch).toBeNull()
  })
})
