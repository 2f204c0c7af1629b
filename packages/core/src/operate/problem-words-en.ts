import type { AllProblemWords, Terms } from "./problem-words.ts"

export const termsEn: Terms = {
  peerAddress: { medusa: "directusUrl in medusa-config", directus: "MEDUSA_URL in Directus" },
  records: { medusa: "records", directus: "items" },
  page: { medusa: "Settings → Directus", directus: "the module Medusa" },
}

export const problemsEn: AllProblemWords = {
  unknown: { title: "Something needs your attention", text: "{{message}}", fix: "" },
  sync_off: {
    title: "The sync is off",
    text: "It could not start, or it is switched off. The details say why.",
    fix: "Fix that, then restart {{host}}.",
  },
  by_person: {
    title: "The sync is paused",
    text: "Changes are kept. They are sent after the sync is resumed.",
    fix: "Resume it when you are done.",
    command: "{{resume}} with {}",
    variants: { by: { title: "{{by}} has paused the sync" } },
  },
  peer_paused: {
    title: "The sync is paused in {{peer}}",
    text: "Changes are kept. They are sent after the sync is resumed there.",
    fix: "Resume it in {{peer}}: {{page}}.",
    variants: {
      by: { title: "{{by}} has paused the sync in {{peer}}" },
      cause: { text: "It has paused itself ({{cause}}). Changes are kept, and sent after it is resumed there." },
    },
  },
  peer_unreachable: {
    title: "{{peer}} does not answer",
    text: "Nothing is lost: changes are kept, and sent when it answers.",
    fix: "Check that {{peer}} runs, that its half of the sync is on, and that {{address}} leads to it.",
    variants: { never: { title: "{{peer}} has never answered" } },
  },
  peer_not_heard: {
    title: "{{peer}} does not reach {{host}}",
    text: "{{peer}} answers, but does not come here by itself. Its changes wait there.",
    fix: "Check that {{theirAddress}} leads here, and look at the health of {{peer}}.",
    variants: { never: { title: "{{peer}} has never reached {{host}}" } },
  },
  changes_wait: {
    title: "A change has been waiting for a long time",
    text: "{{peer}} answers, and nothing obvious keeps the change.",
    fix: "Look at the journal of the {{records}} that wait. If it says nothing, look at {{host}}'s log.",
  },
  capture_missing: {
    title: "Changes in {{host}} are not recorded",
    text: "The database triggers that record changes are missing, or are of another version. The next sweep finds what was missed.",
    fix: "Restart {{host}}, which installs them. Its log says what prevents that.",
  },
  fields_left_out: {
    title: "Some fields are not synced",
    text: "The collections have no place for these mapped fields: {{fields}}.",
    fix: "Create the fields, or remove them from the mapping of both sides. Then restart {{host}}.",
  },
  new_places: {
    title: "Fields that are new here: {{fields}}",
    text: "Waiting for what {{peer}} has in them: {{count}} {{records}}.",
    fix: "Nothing has to be done: the next sweep asks for it. To ask now, look for drift and repair it.",
    command: "npx medusa-directus diff --repair",
  },
  doubled_texts: {
    title: "Some texts exist twice",
    text: "Two translations of one language say different things: {{where}}. The shop shows the one with the lower key.",
    fix: "Open each item, and keep one translation of each language.",
  },
  plain_http: {
    title: "Synced data can be read on its way to {{peer}}",
    text: "{{address}} leads to {{at}} by plain http. Nobody can change the signed messages, but anyone on the network in between can read them.",
    fix: "Use an https address, unless nobody else is on that network.",
    variants: {
      key: {
        title: "A secret key can be read on its way to {{peer}}",
        text: "{{address}} leads to {{at}} by plain http, and {{peer}}'s secret API key is sent there. Anyone on the network in between can read it, and do all that it allows.",
        fix: "Use an https address and replace the key, unless nobody else is on that network.",
      },
    },
  },
  clock_skew: {
    title: "The clocks of both servers differ",
    text: "{{peer}}'s clock is {{seconds}} s ahead of this one. Syncing continues.",
    fix: "Set both clocks by NTP.",
    variants: { behind: { text: "{{peer}}'s clock is {{seconds}} s behind this one. Syncing continues." } },
  },
  quarantined: {
    title: "Stopped {{records}}: {{count}}",
    text: "Each was refused several times, or waits for another record, and says why.",
    fix: "Fix the cause, then change the record or retry it.",
    command: "npx medusa-directus retry --list",
    variants: {
      both: { title: "Stopped {{records}}: {{count}}, and {{there}} more in {{peer}}" },
      there: {
        title: "Stopped in {{peer}}: {{there}}",
        text: "Each says there why it was refused. None is stopped here.",
      },
    },
  },
  open_conflicts: {
    title: "Conflicts to decide: {{count}}",
    text: "Syncing continues.",
    fix: "Keep the current value of each, or take the other one.",
    command: "npx medusa-directus conflicts",
    variants: {
      both: { title: "Conflicts to decide: {{count}}, and {{there}} more in {{peer}}" },
      there: { title: "Conflicts to decide in {{peer}}: {{there}}", text: "None waits here. Syncing continues." },
    },
  },
  unauthorized: {
    title: "The secrets differ",
    text: "{{peer}} has another secret than {{host}}, or something else answers in its place.",
    fix: "Give both sides the same secret (secret in medusa-config, MEDUSA_SYNC_SECRET in Directus), and restart the one you changed. Check that no proxy asks for a login.",
  },
  wrong_receiver: {
    title: "An address leads to the wrong host",
    text: "A message arrived where it was not meant to go.",
    fix: "Check {{address}} and {{theirAddress}}.",
  },
  config_mismatch: {
    title: "The mappings differ",
    text: "The details name the first lines that differ.",
    fix: "Give both sides the same mapping (mapping in medusa-config, MEDUSA_SYNC_MAPPING in Directus). Syncing resumes within a minute.",
  },
  epoch_mismatch: {
    title: "{{peer}} has another database than before",
    text: "Its records are not those that this side was linked with.",
    fix: "If that is right (a new one, or a restored one), accept it on both sides. If not, connect the right one.",
    command: '{{resume}} with {"acceptPeerEpoch": true}, on both sides',
  },
  database_moved: {
    title: "{{host}}'s database is elsewhere than before",
    text: "Nothing is sent or taken until you say whether it has moved or is a copy.",
    fix: "If it has moved, confirm it. If it is a copy, for example for staging, connect it with another {{peer}} or switch its sync off.",
    command: '{{resume}} with {"database": "moved"}',
  },
  mass_delete: {
    title: "Many {{records}} would disappear in {{peer}}",
    text: "They were deleted, archived or unpublished here within ten minutes. {{peer}} has not been told.",
    fix: "If that is intended, confirm it. If not, bring them back, then resume.",
    command: '{{resume}} with {"acceptDeletes": true}, or with {}',
  },
  mass_change: {
    title: "Many {{records}} have changed unnoticed",
    text: "An import by SQL, a restored table or a new column does that. {{peer}} has not been told.",
    fix: "If {{peer}} is to have these values, resume. If not, correct them here first, then resume.",
    command: "{{resume}} with {}",
  },
}
