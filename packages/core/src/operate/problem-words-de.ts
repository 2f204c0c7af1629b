import type { AllProblemWords, Terms } from "./problem-words.ts"

export const termsDe: Terms = {
  peerAddress: { medusa: "directusUrl in medusa-config", directus: "MEDUSA_URL in Directus" },
  records: { medusa: "Datensätze", directus: "Einträge" },
  page: { medusa: "Einstellungen → Directus", directus: "im Modul Medusa" },
}

export const problemsDe: AllProblemWords = {
  unknown: { title: "Etwas braucht Ihre Aufmerksamkeit", text: "{{message}}", fix: "" },
  sync_off: {
    title: "Die Synchronisierung ist aus",
    text: "Sie konnte nicht starten oder ist ausgeschaltet. Die Details sagen, warum.",
    fix: "Beheben Sie das, und starten Sie {{host}} neu.",
  },
  by_person: {
    title: "Die Synchronisierung ist pausiert",
    text: "Änderungen werden aufgehoben und übertragen, sobald sie fortgesetzt wird.",
    fix: "Setzen Sie sie fort, wenn Sie fertig sind.",
    variants: { by: { title: "{{by}} hat die Synchronisierung pausiert" } },
  },
  peer_paused: {
    title: "Die Synchronisierung ist in {{peer}} pausiert",
    text: "Änderungen werden aufgehoben und übertragen, sobald sie dort fortgesetzt wird.",
    fix: "Setzen Sie sie in {{peer}} fort: {{page}}.",
    variants: {
      by: { title: "{{by}} hat die Synchronisierung in {{peer}} pausiert" },
      cause: {
        text: "Sie hat sich selbst pausiert ({{cause}}). Änderungen werden aufgehoben und übertragen, sobald sie dort fortgesetzt wird.",
      },
    },
  },
  peer_unreachable: {
    title: "{{peer}} antwortet nicht",
    text: "Es geht nichts verloren: Änderungen werden aufgehoben und übertragen, sobald es antwortet.",
    fix: "Prüfen Sie, ob {{peer}} läuft, ob dort die Synchronisierung an ist und ob {{address}} dorthin führt.",
    variants: { never: { title: "{{peer}} hat noch nie geantwortet" } },
  },
  peer_not_heard: {
    title: "{{peer}} erreicht {{host}} nicht",
    text: "{{peer}} antwortet, kommt aber nicht von selbst hierher. Seine Änderungen warten dort.",
    fix: "Prüfen Sie, ob {{theirAddress}} hierher führt, und sehen Sie dort nach dem Zustand.",
    variants: { never: { title: "{{peer}} hat {{host}} noch nie erreicht" } },
  },
  changes_wait: {
    title: "Eine Änderung wartet schon lange",
    text: "{{peer}} antwortet, und nichts Erkennbares hält sie auf.",
    fix: "Sehen Sie im Verlauf nach, was wartet. Steht dort nichts, sehen Sie in das Log von {{host}}.",
  },
  capture_missing: {
    title: "Änderungen in {{host}} werden nicht erfasst",
    text: "Die Trigger in der Datenbank fehlen oder sind von einer anderen Version. Der nächste Abgleich findet, was gefehlt hat.",
    fix: "Starten Sie {{host}} neu, das sie anlegt. Sein Log sagt, was es daran hindert.",
  },
  fields_left_out: {
    title: "Einige Felder werden nicht synchronisiert",
    text: "Die Sammlungen haben keinen Platz für diese zugeordneten Felder: {{fields}}.",
    fix: "Legen Sie die Felder an, oder nehmen Sie sie auf beiden Seiten aus der Zuordnung. Starten Sie dann {{host}} neu.",
  },
  new_places: {
    title: "Felder, die hier neu sind: {{fields}}",
    text: "So viele {{records}} warten auf das, was {{peer}} darin hat: {{count}}.",
    fix: "Es ist nichts zu tun: Der nächste Abgleich fragt danach. Um jetzt zu fragen, suchen Sie nach Abweichungen und reparieren Sie sie.",
    command: "npx medusa-directus diff --repair",
  },
  doubled_texts: {
    title: "Einige Texte gibt es zweimal",
    text: "Zwei Übersetzungen einer Sprache lauten verschieden: {{where}}. Der Shop zeigt die mit dem kleineren Schlüssel.",
    fix: "Öffnen Sie jeden Eintrag, und behalten Sie eine Übersetzung je Sprache.",
  },
  plain_http: {
    title: "Was an {{peer}} geht, kann unterwegs gelesen werden",
    text: "{{address}} führt ohne Verschlüsselung (http) zu {{at}}. Die signierten Nachrichten kann niemand ändern, im Netz dazwischen aber jeder lesen.",
    fix: "Geben Sie die Adresse mit https an, es sei denn, in diesem Netz ist sonst niemand.",
    variants: {
      key: {
        title: "Ein geheimer Schlüssel kann auf dem Weg zu {{peer}} gelesen werden",
        text: "{{address}} führt ohne Verschlüsselung (http) zu {{at}}, und der geheime API-Schlüssel von {{peer}} geht dorthin. Im Netz dazwischen kann ihn jeder lesen und alles tun, was er erlaubt.",
        fix: "Geben Sie die Adresse mit https an und ersetzen Sie den Schlüssel, es sei denn, in diesem Netz ist sonst niemand.",
      },
    },
  },
  clock_skew: {
    title: "Die Uhren beider Server gehen verschieden",
    text: "Die Uhr von {{peer}} geht {{seconds}} s vor. Die Synchronisierung läuft weiter.",
    fix: "Stellen Sie beide Uhren per NTP.",
    variants: { behind: { text: "Die Uhr von {{peer}} geht {{seconds}} s nach. Die Synchronisierung läuft weiter." } },
  },
  quarantined: {
    title: "Angehaltene {{records}}: {{count}}",
    text: "Jeder wurde mehrmals abgelehnt oder wartet auf einen anderen und sagt, warum.",
    fix: "Beheben Sie die Ursache, dann ändern Sie ihn oder versuchen es erneut.",
    variants: {
      both: { title: "Angehaltene {{records}}: {{count}}, und {{there}} weitere in {{peer}}" },
      there: {
        title: "Angehalten in {{peer}}: {{there}}",
        text: "Jeder sagt dort, warum er abgelehnt wurde. Hier ist keiner angehalten.",
      },
    },
  },
  open_conflicts: {
    title: "Offene Konflikte: {{count}}",
    text: "Die Synchronisierung läuft weiter.",
    fix: "Behalten Sie jeweils den jetzigen Wert, oder übernehmen Sie den anderen.",
    variants: {
      both: { title: "Offene Konflikte: {{count}}, und {{there}} weitere in {{peer}}" },
      there: {
        title: "Offene Konflikte in {{peer}}: {{there}}",
        text: "Hier wartet keiner. Die Synchronisierung läuft weiter.",
      },
    },
  },
  unauthorized: {
    title: "Die Geheimnisse sind verschieden",
    text: "{{peer}} hat ein anderes Geheimnis als {{host}}, oder etwas anderes antwortet an seiner Stelle.",
    fix: "Geben Sie beiden Seiten dasselbe Geheimnis (secret in medusa-config, MEDUSA_SYNC_SECRET in Directus), und starten Sie die geänderte neu. Prüfen Sie, ob ein Proxy eine Anmeldung verlangt.",
  },
  wrong_receiver: {
    title: "Eine Adresse führt zum falschen Host",
    text: "Eine Nachricht kam dort an, wohin sie nicht sollte.",
    fix: "Prüfen Sie {{address}} und {{theirAddress}}.",
  },
  config_mismatch: {
    title: "Die Zuordnungen sind verschieden",
    text: "Die Details nennen die ersten Zeilen, die sich unterscheiden.",
    fix: "Geben Sie beiden Seiten dieselbe Zuordnung (mapping in medusa-config, MEDUSA_SYNC_MAPPING in Directus). Dann geht es binnen einer Minute von selbst weiter.",
  },
  epoch_mismatch: {
    title: "{{peer}} hat eine andere Datenbank als vorher",
    text: "Ihre Datensätze sind nicht die, mit denen diese Seite verbunden war.",
    fix: "Wenn das stimmt (eine neue oder eine wiederhergestellte), nehmen Sie sie auf beiden Seiten an. Wenn nicht, verbinden Sie die richtige.",
  },
  database_moved: {
    title: "Die Datenbank von {{host}} ist woanders als vorher",
    text: "Nichts wird gesendet oder angenommen, bis Sie sagen, ob sie umgezogen oder eine Kopie ist.",
    fix: "Ist sie umgezogen, bestätigen Sie es. Ist sie eine Kopie, etwa zum Testen, verbinden Sie sie mit einem anderen {{peer}} oder schalten Sie ihre Synchronisierung aus.",
  },
  mass_delete: {
    title: "Viele {{records}} würden in {{peer}} verschwinden",
    text: "Sie wurden hier innerhalb von zehn Minuten gelöscht, archiviert oder zurückgezogen. {{peer}} weiß noch nichts davon.",
    fix: "Ist das gewollt, bestätigen Sie es. Wenn nicht, holen Sie sie zurück und setzen dann fort.",
  },
  mass_change: {
    title: "Viele {{records}} haben sich unbemerkt geändert",
    text: "Das tut ein Import mit SQL, eine wiederhergestellte Tabelle oder eine neue Spalte. {{peer}} weiß noch nichts davon.",
    fix: "Soll {{peer}} diese Werte bekommen, setzen Sie fort. Wenn nicht, stellen Sie sie hier zuerst richtig.",
  },
}
