package novelty

import (
	"strings"
	"testing"
)

func TestTitles(t *testing.T) {
	t.Parallel()
	const same, alike, different = "the same", "alike", "different"
	for _, c := range []struct{ a, b, want string }{
		{"Tai Chi", "8:45-9:45 -Tai Chi", same},
		{"Tai Chi", "T'ai Chi", same},
		{"Tai Chi", "T’AI CHI!", same},
		{"Tai Chi", "tai-chi", same},
		{"Tai Chi", "Taichi", same},
		{"Sync A/B", "B <> A sync", same},
		{"Lunch with Sam", "Lunch Sam", same},
		{"Yoga", "Yoga 18:00", same},
		{"Yoga", "7pm yoga", same},
		{"Yoga", "Yoga (18 Uhr)", same},
		{"Report 2026-03-01", "Report 24.12.", same},
		{"Stand-up", "Standup", same},
		{"Café", "cafe", same},
		{"ＡＢＣ　会議", "abc 会議", same},
		{"Straße", "STRASSE", same},
		{"Йога", "йога", same},
		{"دَرس العَرَبية", "درس العربية", same},
		{"【週次会議】", "週次会議", same},
		{"🎂", "🎂 ", same},
		{"", " ", same},

		{"Sprint 12 planning", "Sprint 13 planning", alike},
		{"Lesson, week 3", "Lesson, week 10", alike},
		{"勉強会 第3回", "勉強会 第4回", alike},
		{"Physiotherapy", "Physiotheraphy", alike},
		{"Team meeting", "Team meetings", alike},
		{"Русский клуб", "Русскй клуб", alike},

		{"1:1 Priya", "1:1 Petra", different},
		{"Sync A/B", "Sync A/C", different},
		{"Interview candidate A", "Interview candidate B", different},
		{"Team meeting", "Team meeting with the CEO", different},
		{"Board meeting", "Board meeting (closed session)", different},
		{"CANCELLED: Choir", "Choir", different},
		{"Yoga", "Joga", different},
		{"เรียนทำอาหาร", "เรียนทำขนม", different}, // vowels are marks, and count
		{"ガ", "カ", different},
		{"歯医者", "医者", different},
		{"Leo football", "Mia football", different},
		{"🎂", "🎄", different},
	} {
		p := newHasher(Key{})
		a, b := p.fingerprint(c.a), p.fingerprint(c.b)
		got := different
		switch {
		case a.sameTitle(b):
			got = same
		case a.alike(b):
			got = alike
		}
		if got != c.want || a.alike(b) != b.alike(a) {
			t.Errorf("%q and %q are %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestImprintsDifferByKey(t *testing.T) {
	t.Parallel()
	secret := []byte("of this deployment")
	ada, bob := NewKey(secret, "ada"), NewKey(secret, "bob")
	if ada == bob || ada == NewKey([]byte("of another"), "ada") {
		t.Fatal("two users, or two deployments, share a key")
	}
	a, b := newHasher(ada).fingerprint("Divorce lawyer"), newHasher(bob).fingerprint("Divorce lawyer")
	if a.Words == b.Words || a.Letters == b.Letters || a.Kind == b.Kind || a.Parts[0] == b.Parts[0] {
		t.Errorf("under two keys a title leaves the same marks: %+v and %+v", a, b)
	}
}

// A title from a stranger costs no more than a bound, whatever it is.
func TestLongTitlesAreCut(t *testing.T) {
	t.Parallel()
	p := newHasher(Key{}).fingerprint(strings.Repeat("Ünï ", 10_000) + strings.Repeat("x", 10_000))
	if len(p.Parts) > maxParts {
		t.Errorf("%d parts", len(p.Parts))
	}
	p = newHasher(Key{}).fingerprint(strings.Repeat("abcdefghijklmnopqrstuvwxyz", 1000))
	if n := len(p.Parts[0]); n > longWord {
		t.Errorf("%d pairs of letters", n)
	}
}

func FuzzTitles(f *testing.F) {
	for _, s := range []string{"", "Tai Chi", "8:45-9:45 -T'ai Chi", "\xff\xfe", "1:1:1:1", "a\u0300\u0301", "🎂🎂", "\u202eevil", "9am 10 pm",
		strings.Repeat("1-", 400)} {
		f.Add(s, "Choir")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		p := newHasher(Key{1})
		x, y := p.fingerprint(a), p.fingerprint(b)
		if !x.sameTitle(newHasher(Key{1}).fingerprint(a)) {
			t.Errorf("%q is not the same as itself", a)
		}
		if x.alike(y) != y.alike(x) {
			t.Errorf("%q is like %q, but not the other way around", a, b)
		}
		if padded := p.fingerprint("  " + a + "\t"); len(a) < maxTitle-2 && !x.sameTitle(padded) {
			t.Errorf("%q is not the same with spaces around it", a)
		}
	})
}
