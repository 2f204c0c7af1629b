import type { StateWords } from "./state-words.ts"

export const statesDe: StateWords = {
  labels: {
    synced: "Synchron",
    unconfirmed: "Nicht bestätigt",
    partly: "Teils ausgenommen",
    paused: "Pausiert",
    unreleased: { medusa: "Nicht freigegeben", directus: "Noch nicht sichtbar" },
    waiting: "Wartet",
    archived: "In {{peer}} gelöscht",
    unknown: "Noch nicht in {{peer}}",
    left_alone: "Ausgenommen",
    conflict: "Konflikt",
    stopped: "Angehalten",
    off: "Aus",
    unmapped: "Nicht synchronisiert",
  },
  record: {
    synced: "Medusa und Directus stimmen überein.",
    unconfirmed: "Ob in {{peer}} etwas wartet, sagt es nicht.",
    partly: {
      medusa: "Synchron, bis auf Varianten oder Bilder, die ausgenommen sind.",
      directus: "Synchron, bis auf Teile, die ausgenommen sind.",
    },
    paused: "Nichts wartet, aber die nächste Änderung wird warten: Die Synchronisierung pausiert.",
    unreleased: {
      medusa:
        "Es kam aus Directus, wo es seither niemand in den Verkauf gegeben hat. Veröffentlichen Sie es, um es im Shop zu zeigen.",
      directus:
        "Der Shop hat es als Entwurf, denn niemand hat es in den Verkauf gegeben. Veröffentlichen Sie es dort, oder speichern Sie seinen Status hier einmal als Entwurf und dann als veröffentlicht.",
    },
    waiting: "Eine Änderung ist unterwegs.",
    archived: {
      medusa: "Der Datensatz wurde in Directus gelöscht; Medusa zeigt ihn so, wie es die Zuordnung sagt.",
      directus: "Der Eintrag wurde in Medusa gelöscht und bleibt hier als archiviert.",
    },
    unknown: {
      medusa: "Die nächste Änderung überträgt den Datensatz nach Directus, oder drücken Sie „Jetzt synchronisieren“.",
      directus: "Der Eintrag geht zu Medusa, sobald er wieder gespeichert wird, oder mit einer Erstübertragung.",
    },
    left_alone: "Jemand hat ihn ausgenommen: Seine Änderungen werden nicht übertragen.",
    conflict: [
      "Beide Seiten haben dasselbe Feld geändert. Ein Wert gilt, der andere ist für Sie aufgehoben.",
      "Beide Seiten haben dieselben {{count}} Felder geändert. Je ein Wert gilt, die anderen sind für Sie aufgehoben.",
    ],
    stopped: {
      medusa:
        "Der Datensatz wurde mehrmals abgelehnt und wartet auf Sie. Beheben Sie die Ursache und drücken Sie „Jetzt synchronisieren“.",
      directus: "Der Eintrag wurde mehrmals abgelehnt und wartet auf eine Änderung oder auf die Administration.",
    },
    off: "Die Synchronisierung ist aus. Änderungen werden aufgehoben und übertragen, wenn sie wieder an ist.",
    unmapped: "Die Zuordnung lässt Datensätze dieser Art aus.",
    new: "Speichern überträgt den Eintrag zu {{peer}}.",
  },
  waiting: {
    soon: "Eine Änderung ist unterwegs.",
    pause: "Eine Änderung wartet, weil die Synchronisierung pausiert.",
    peer_away: "Eine Änderung wartet, weil {{peer}} nicht antwortet. Sie wird gesendet, sobald es wieder da ist.",
    retry: {
      medusa: "Directus hat eine Änderung abgelehnt. Der nächste Versuch ist {{when}}.",
      directus: "Medusa hat eine Änderung noch nicht angenommen. Es wird von selbst nochmals versucht.",
    },
    other_record: "Eine Änderung wartet auf einen anderen Datensatz, den {{peer}} noch nicht hat.",
    new_place:
      "Felder sind hier neu, und {{peer}} wurde noch nicht gefragt, was es darin hat. Der nächste Abgleich fragt danach, oder „Jetzt synchronisieren“.",
  },
  needs: {
    stopped:
      "Es wartet auf „{{title}}“, und das ist selbst angehalten. Beheben Sie die Ursache dort, dann geht es hier weiter.",
    left_alone:
      "Es wartet auf „{{title}}“, und das ist ausgenommen. Nehmen Sie es wieder auf, oder verweisen Sie auf etwas anderes.",
    archived:
      "Es wartet auf „{{title}}“, und das wurde gelöscht. Holen Sie es zurück, oder verweisen Sie auf etwas anderes.",
    other:
      "Es wartet auf „{{title}}“, und {{peer}} hat das nicht. Drücken Sie dort „Jetzt synchronisieren“, oder verweisen Sie auf etwas anderes.",
    unknown:
      "Es wartet auf einen anderen Datensatz, den {{peer}} nicht hat und den nichts überträgt. Übertragen Sie ihn, oder verweisen Sie auf einen anderen.",
  },
  part: {
    stopped: ["{{count}} {{part}} ist angehalten.", "{{count}} {{parts}} sind angehalten."],
    conflict: ["{{count}} {{part}} hat einen Konflikt.", "{{count}} {{parts}} haben einen Konflikt."],
    waiting: ["{{count}} {{part}} wartet.", "{{count}} {{parts}} warten."],
    partly: ["{{count}} {{part}} ist ausgenommen.", "{{count}} {{parts}} sind ausgenommen."],
  },
  peer: {
    conflict: "Ein Konflikt wartet in {{peer}} auf eine Entscheidung.",
    stopped: "In {{peer}} angehalten; dort steht, warum.",
    waiting: "In {{peer}} wartet etwas, oder es ist von dort unterwegs.",
    unreleased: {
      medusa: "Der Eintrag in Directus ist veröffentlicht, und der Shop zeigt das Produkt noch nicht.",
      directus: "Der Shop zeigt es noch nicht.",
    },
    left_alone: "In {{peer}} ausgenommen: Änderungen werden nicht übertragen.",
  },
  peer_part: {
    stopped: ["{{count}} {{part}} ist in {{peer}} angehalten.", "{{count}} {{parts}} sind in {{peer}} angehalten."],
    conflict: [
      "{{count}} {{part}} hat in {{peer}} einen Konflikt.",
      "{{count}} {{parts}} haben in {{peer}} einen Konflikt.",
    ],
    waiting: ["{{count}} {{part}} wartet in {{peer}}.", "{{count}} {{parts}} warten in {{peer}}."],
    partly: ["{{count}} {{part}} ist in {{peer}} ausgenommen.", "{{count}} {{parts}} sind in {{peer}} ausgenommen."],
  },
  pauses: {
    here: "Hier pausiert von {{who}}, {{when}}.",
    there: "In {{peer}} pausiert von {{who}}, {{when}}. Änderungen von dort kommen, wenn es dort weitergeht.",
    somebody: "jemandem",
    itself: "der Synchronisierung selbst",
  },
  lost: "Jetzt gilt der Wert aus {{peer}}. Der aus {{host}} ist in {{peer}} aufgehoben: {{fields}}.",
}

export const partsDe = {
  medusa: { part: "Variante oder Bild", parts: "Varianten oder Bilder" },
  directus: { part: "seiner Teile", parts: "seiner Teile" },
} as const
