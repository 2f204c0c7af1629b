import type { ProblemCode } from "medusa-directus-core"

interface Told {
  /** What is wrong, in a few words. */
  title: string
  /** What to do. */
  fix: string
}

type Problems = Partial<Record<ProblemCode, Told>>

/** For people; the engine's own message stands below it. */
export const problemsEn: Problems = {
  sync_off: { title: "The sync is off", fix: "Mend what the message names, then restart Directus." },
  by_person: { title: "Somebody has paused the sync", fix: "Changes are kept. Resume it when you are done." },
  peer_paused: { title: "The sync is paused in Medusa", fix: "Resume it there: Settings → Directus." },
  peer_unreachable: {
    title: "Medusa does not answer",
    fix: "Nothing is lost. Check that Medusa runs and that MEDUSA_URL is its address.",
  },
  peer_not_heard: {
    title: "Medusa does not reach this Directus",
    fix: "Its changes wait there. Check directusUrl in Medusa's plugin.",
  },
  unauthorized: {
    title: "The secrets differ",
    fix: "Give both sides the same secret, and restart the one you changed.",
  },
  wrong_receiver: {
    title: "A message went to the wrong place",
    fix: "Check MEDUSA_URL here and directusUrl in Medusa.",
  },
  config_mismatch: {
    title: "The mappings differ",
    fix: "Give both sides the same mapping. It goes on by itself within a minute.",
  },
  epoch_mismatch: {
    title: "Medusa has another database than before",
    fix: "If it was restored or set up anew, say so here and in Medusa. If not, connect the right one.",
  },
  database_moved: {
    title: "This database is elsewhere than before",
    fix: "If it has moved, say so. If it is a copy, switch the sync off here (MEDUSA_SYNC_ENABLED=false).",
  },
  mass_delete: {
    title: "Many items would go out of sight in Medusa",
    fix: "The items were deleted, archived or unpublished here within ten minutes. If that is meant, say so. If not, bring them back, then resume.",
  },
  mass_change: {
    title: "Many items changed without a word of it",
    fix: "An import by SQL, a restored table or a new column does that, and Medusa has not been told. If Medusa is to have these values, resume. If not, put them right here first.",
  },
  changes_wait: { title: "A change waits for long", fix: "Look at the log of Directus, or check the connection." },
  quarantined: { title: "Some items are stopped", fix: "Each one says why. Mend it, then try again." },
  open_conflicts: { title: "Conflicts wait for a decision", fix: "Nothing stands still because of that." },
  plain_http: {
    title: "What goes to Medusa can be read on the way",
    fix: "Give MEDUSA_URL with https, unless nobody else is on the network between the two. Replace an API key that went over plain http.",
  },
  clock_skew: { title: "The clocks differ", fix: "The sync goes on. Set both clocks by NTP." },
  fields_left_out: {
    title: "Some fields have no place here",
    fix: "Make the fields, or take them out of the mapping on both sides. Then restart Directus.",
  },
  doubled_texts: {
    title: "Some texts are there twice",
    fix: "Open the item, and keep one translation of each language.",
  },
}

export const problemsDe: Problems = {
  sync_off: { title: "Der Abgleich ist aus", fix: "Beheben Sie, was die Meldung nennt, und starten Sie Directus neu." },
  by_person: {
    title: "Jemand hat den Abgleich angehalten",
    fix: "Änderungen werden aufgehoben. Setzen Sie ihn fort, wenn Sie fertig sind.",
  },
  peer_paused: {
    title: "Der Abgleich ist in Medusa angehalten",
    fix: "Setzen Sie ihn dort fort: Einstellungen → Directus.",
  },
  peer_unreachable: {
    title: "Medusa antwortet nicht",
    fix: "Nichts ist verloren. Prüfen Sie, ob Medusa läuft und ob MEDUSA_URL seine Adresse ist.",
  },
  peer_not_heard: {
    title: "Medusa erreicht dieses Directus nicht",
    fix: "Seine Änderungen warten dort. Prüfen Sie directusUrl in Medusas Plugin.",
  },
  unauthorized: {
    title: "Die Geheimnisse sind verschieden",
    fix: "Geben Sie beiden Seiten dasselbe Geheimnis, und starten Sie die geänderte neu.",
  },
  wrong_receiver: {
    title: "Eine Nachricht ging an die falsche Stelle",
    fix: "Prüfen Sie MEDUSA_URL hier und directusUrl in Medusa.",
  },
  config_mismatch: {
    title: "Die Zuordnungen sind verschieden",
    fix: "Geben Sie beiden Seiten dieselbe Zuordnung. Es geht in einer Minute von selbst weiter.",
  },
  epoch_mismatch: {
    title: "Medusa hat eine andere Datenbank als vorher",
    fix: "Wurde sie wiederhergestellt oder neu angelegt, sagen Sie es hier und in Medusa. Wenn nicht, verbinden Sie die richtige.",
  },
  database_moved: {
    title: "Diese Datenbank ist woanders als vorher",
    fix: "Ist sie umgezogen, sagen Sie es. Ist sie eine Kopie, schalten Sie den Abgleich hier aus (MEDUSA_SYNC_ENABLED=false).",
  },
  mass_delete: {
    title: "Viele Einträge würden in Medusa verschwinden",
    fix: "Die Einträge wurden hier innerhalb von zehn Minuten gelöscht, archiviert oder zurückgezogen. Ist das gewollt, bestätigen Sie es. Wenn nicht, holen Sie sie zurück und setzen dann fort.",
  },
  mass_change: {
    title: "Viele Einträge haben sich unbemerkt geändert",
    fix: "Das tut ein Import mit SQL, eine zurückgespielte Tabelle oder eine neue Spalte; Medusa weiß noch nichts davon. Soll Medusa diese Werte bekommen, setzen Sie fort. Wenn nicht, stellen Sie sie hier zuerst richtig.",
  },
  changes_wait: {
    title: "Eine Änderung wartet schon lange",
    fix: "Sehen Sie in das Protokoll von Directus, oder prüfen Sie die Verbindung.",
  },
  quarantined: {
    title: "Einige Einträge sind angehalten",
    fix: "Jeder sagt, warum. Beheben Sie es, und versuchen Sie es nochmals.",
  },
  open_conflicts: { title: "Konflikte warten auf eine Entscheidung", fix: "Deswegen steht nichts still." },
  plain_http: {
    title: "Was an Medusa geht, kann unterwegs gelesen werden",
    fix: "Geben Sie MEDUSA_URL mit https an, es sei denn, im Netz zwischen den beiden ist sonst niemand. Ersetzen Sie einen API-Schlüssel, der unverschlüsselt übertragen wurde.",
  },
  clock_skew: {
    title: "Die Uhren gehen verschieden",
    fix: "Der Abgleich läuft weiter. Stellen Sie beide Uhren über NTP.",
  },
  fields_left_out: {
    title: "Einige Felder haben hier keinen Platz",
    fix: "Legen Sie die Felder an, oder nehmen Sie sie auf beiden Seiten aus der Zuordnung. Starten Sie dann Directus neu.",
  },
  doubled_texts: {
    title: "Einige Texte gibt es zweimal",
    fix: "Öffnen Sie den Eintrag, und behalten Sie eine Übersetzung jeder Sprache.",
  },
}
