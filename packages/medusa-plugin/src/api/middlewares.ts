import { defineMiddlewares, validateAndTransformBody, validateAndTransformQuery } from "@medusajs/framework/http"
import { allowContent, CONTENT_ROUTES } from "../content/allow-content"
import { rememberRequest } from "../content/current-request"
import { possibleOnly } from "./admin/directus/possible-only"
import * as queryConfig from "./admin/directus/query-config"
import {
  BackfillBody,
  ConflictsQuery,
  DecisionBody,
  DriftQuery,
  JobBodies,
  JournalQuery,
  LinksQuery,
  PauseBody,
  QuarantineBody,
  QuarantineQuery,
  RepairBody,
  ResumeBody,
} from "./admin/directus/validators"

/** The signature is over the bytes; above core's own limit, so that core refuses what is too large, in its own words. */
const signedBody = { preserveRawBody: true, sizeLimit: "600kb" }

/** Where Medusa's store API shows what has content. Not by method: Medusa takes allowed fields by prefix only. */
const storefront = (Object.keys(CONTENT_ROUTES) as (keyof typeof CONTENT_ROUTES)[]).map((matcher) => ({
  matcher,
  middlewares: [allowContent(matcher)],
}))

/** Each kind is started with something else. */
const jobs = Object.entries(JobBodies).map(([kind, body]) => ({
  matcher: `/admin/directus/jobs/${kind}`,
  methods: ["POST" as const],
  middlewares: [validateAndTransformBody(body)],
}))

export default defineMiddlewares({
  routes: [
    { matcher: "/store", middlewares: [rememberRequest] },
    ...storefront,
    { matcher: "/hooks/directus", methods: ["POST"], bodyParser: signedBody },
    { matcher: "/admin/directus/records", methods: ["POST"], bodyParser: signedBody },
    { matcher: "/admin/directus", middlewares: [possibleOnly] },
    { matcher: "/admin/directus/resume", methods: ["POST"], middlewares: [validateAndTransformBody(ResumeBody)] },
    { matcher: "/admin/directus/pause", methods: ["POST"], middlewares: [validateAndTransformBody(PauseBody)] },
    { matcher: "/admin/directus/repair", methods: ["POST"], middlewares: [validateAndTransformBody(RepairBody)] },
    ...jobs,
    {
      matcher: "/admin/directus/jobs/:kind",
      methods: ["GET"],
      middlewares: [validateAndTransformQuery(DriftQuery, {})],
    },
    {
      matcher: "/admin/directus/drift",
      methods: ["GET"],
      middlewares: [validateAndTransformQuery(DriftQuery, {})],
    },
    {
      matcher: "/admin/directus/links",
      methods: ["GET"],
      middlewares: [validateAndTransformQuery(LinksQuery, queryConfig.links)],
    },
    {
      matcher: "/admin/directus/conflicts",
      methods: ["GET"],
      middlewares: [validateAndTransformQuery(ConflictsQuery, queryConfig.conflicts)],
    },
    {
      matcher: "/admin/directus/conflicts/:id",
      methods: ["POST"],
      middlewares: [validateAndTransformBody(DecisionBody)],
    },
    { matcher: "/admin/directus/backfill", methods: ["POST"], middlewares: [validateAndTransformBody(BackfillBody)] },
    {
      matcher: "/admin/directus/quarantine",
      methods: ["GET"],
      middlewares: [validateAndTransformQuery(QuarantineQuery, {})],
    },
    {
      matcher: "/admin/directus/quarantine",
      methods: ["POST"],
      middlewares: [validateAndTransformBody(QuarantineBody)],
    },
    {
      matcher: "/admin/directus/journal",
      methods: ["GET"],
      middlewares: [validateAndTransformQuery(JournalQuery, queryConfig.journal)],
    },
  ],
})
