import { expect, it } from "vitest"
import * as core from "../src/index.ts"

it("the public names are these and no others", () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "CLOSED",
      "HEADERS",
      "LIMITS",
      "SyncError",
      "capture",
      "checkSecrets",
      "defineEntity",
      "directionKey",
      "fingerprint",
      "fromDocument",
      "generateSyncMetadata",
      "hasMembers",
      "isExternalSync",
      "isTombstone",
      "makeConfig",
      "makeEndpoint",
      "makeTransport",
      "needsPush",
      "otherSide",
      "parseMessage",
      "parseTextKey",
      "planApply",
      "planPush",
      "pushOnce",
      "readHeaders",
      "receive",
      "resolveConfig",
      "retryDelay",
      "runSender",
      "settleApply",
      "sign",
      "textKey",
      "toDocument",
      "verify",
      "webhookSecret",
      "whereFrom",
    ]
  `)
})
