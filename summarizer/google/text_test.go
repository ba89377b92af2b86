package google

import (
	"cmp"
	"testing"

	"foreday/summarizer"
)

func TestATitleMayTellThatAnEventIsCancelled(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Canceled: Team sync":           "Team sync",
		"CANCELLED : Team sync":         "Team sync",
		"[Cancelled] Team sync":         "Team sync",
		"Abgesagt: Jour fixe: Vertrieb": "Jour fixe: Vertrieb",
		"Annulé\u00a0: Point d’équipe":  "Point d’équipe",
		"Cancelado: Reunión":            "Reunión",
		"キャンセル済み: 定例会議":                 "定例会議",
		"已取消：周会":                        "周会",
		"בוטל: פגישת צוות":              "פגישת צוות",
		"İptal edildi: Ekip toplantısı": "Ekip toplantısı",
		"Canceled:":                     untitled,
		"Canceled: Canceled: Team sync": "Canceled: Team sync",
	} {
		got, status := titleOf(title, "confirmed")
		if status != summarizer.Cancelled || got != want {
			t.Errorf("%q is %q, %s; want %q, cancelled", title, got, status, want)
		}
	}
	for _, title := range []string{"Cancel gym membership", "Cancelled flights, a talk", "Annulé", "Uncancelled: the story",
		"Flight cancelled: rebook", ""} {
		if got, status := titleOf(title, "tentative"); status != summarizer.Tentative || got != cmp.Or(title, untitled) {
			t.Errorf("%q is %q, %s", title, got, status)
		}
	}
}
