import type { StateWords } from "./state-words.ts"

export const statesEn: StateWords = {
  labels: {
    synced: "In sync",
    unconfirmed: "Not confirmed",
    partly: "Partly left alone",
    paused: "Paused",
    unreleased: { medusa: "Not released", directus: "Not shown yet" },
    waiting: "Waiting",
    archived: "Deleted in {{peer}}",
    unknown: "Not in {{peer}} yet",
    left_alone: "Left alone",
    conflict: "Conflict",
    stopped: "Stopped",
    off: "Off",
    unmapped: "Not synced",
  },
  record: {
    synced: "Medusa and Directus agree.",
    unconfirmed: "{{peer}} does not say whether something waits there.",
    partly: {
      medusa: "It is in sync, except for variants or images that were left alone.",
      directus: "It is in sync, except for parts that were left alone.",
    },
    paused: "Nothing waits, but the next change will: the sync is paused.",
    unreleased: {
      medusa: "It came from Directus, where nobody has put it on sale since. Publish it to show it in the shop.",
      directus:
        "The shop has it as a draft, since nobody has put it on sale. Publish it there, or save its status here once as draft and then as published.",
    },
    waiting: "A change is on its way.",
    archived: {
      medusa: "It was deleted in Directus, and Medusa shows it as the mapping says.",
      directus: "It was deleted in Medusa, and stays here as archived.",
    },
    unknown: {
      medusa: "Its next change sends it to Directus, or press Sync now.",
      directus: "It goes to Medusa when it is saved the next time, or with a backfill.",
    },
    left_alone: "Somebody took it out of the sync: its changes are not sent.",
    conflict: [
      "Both sides changed a field. One value is in use, the other one is kept for you.",
      "Both sides changed {{count}} fields. One value of each is in use, the others are kept for you.",
    ],
    stopped: {
      medusa: "It was refused several times and waits for you. Fix the cause, then press Sync now.",
      directus: "It was refused several times, and waits for a change or for an administrator.",
    },
    off: "The sync is off. Changes are kept, and sent when it is on again.",
    unmapped: "The mapping leaves out records of this kind.",
    new: "Saving sends it to {{peer}}.",
  },
  waiting: {
    soon: "A change is on its way.",
    pause: "A change waits because the sync is paused.",
    peer_away: "A change waits because {{peer}} does not answer. It is sent when {{peer}} is back.",
    retry: {
      medusa: "Directus refused a change. It is retried {{when}}.",
      directus: "Medusa has not taken a change yet. It is retried automatically.",
    },
    other_record: "A change waits for another record that {{peer}} does not have yet.",
    new_place:
      "Fields are new here, and {{peer}} was not asked yet for what it has in them. The next sweep asks, or Sync now.",
  },
  needs: {
    stopped: "It waits for “{{title}}”, which is stopped itself. Mend that one, and this one goes with it.",
    left_alone: "It waits for “{{title}}”, which was left alone. Take that one up again, or refer to another one.",
    archived: "It waits for “{{title}}”, which was deleted. Bring that one back, or refer to another one.",
    other: "It waits for “{{title}}”, which {{peer}} does not have. Press Sync now there, or refer to another one.",
    unknown:
      "It waits for another record that {{peer}} does not have, and nothing sends that one. Send it, or refer to another one.",
  },
  part: {
    stopped: ["{{count}} {{part}} is stopped.", "{{count}} {{parts}} are stopped."],
    conflict: ["{{count}} {{part}} has a conflict.", "{{count}} {{parts}} have a conflict."],
    waiting: ["{{count}} {{part}} waits.", "{{count}} {{parts}} wait."],
    partly: ["{{count}} {{part}} was left alone.", "{{count}} {{parts}} were left alone."],
  },
  peer: {
    conflict: "A conflict waits for a decision in {{peer}}.",
    stopped: "It is stopped in {{peer}}, which says why.",
    waiting: "Something waits in {{peer}}, or is on its way from there.",
    unreleased: {
      medusa: "Its item in Directus is published, and the shop does not show it yet.",
      directus: "The shop does not show it yet.",
    },
    left_alone: "It was taken out of the sync in {{peer}}: its changes are not sent.",
  },
  peer_part: {
    stopped: ["{{count}} {{part}} is stopped in {{peer}}.", "{{count}} {{parts}} are stopped in {{peer}}."],
    conflict: ["{{count}} {{part}} has a conflict in {{peer}}.", "{{count}} {{parts}} have a conflict in {{peer}}."],
    waiting: ["{{count}} {{part}} waits in {{peer}}.", "{{count}} {{parts}} wait in {{peer}}."],
    partly: ["{{count}} {{part}} was left alone in {{peer}}.", "{{count}} {{parts}} were left alone in {{peer}}."],
  },
  pauses: {
    here: "Paused here by {{who}}, {{when}}.",
    there: "Paused in {{peer}} by {{who}}, {{when}}. Its changes come here when it is resumed there.",
    somebody: "somebody",
    itself: "the sync itself",
  },
  lost: "{{peer}}'s value is in use. The one from {{host}} is kept in {{peer}}: {{fields}}.",
}

export const partsEn = {
  medusa: { part: "variant or image", parts: "variants or images" },
  directus: { part: "of its parts", parts: "of its parts" },
} as const
