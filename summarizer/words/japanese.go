package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"foreday/summarizer"
)

// Japanese puts times before titles in headlines and behind them in lines. Its
// quotation marks stand for the spaces that it does not have, so all titles have them.
var Japanese = Language{
	Tag:          language.Japanese,
	Quote:        func(title string) string { return "「" + title + "」" },
	QuotesAlways: true,
	OwnWords:     []string{"仮", "中止", "終日", "最終日"}, // which a calendar could be named
	Stop:         func(sentence string) string { return sentence + "。" },
	Comma:        "、",
	And:          func(items []string) string { return strings.Join(items, "、") },
	Clauses:      func(clauses []string) string { return strings.Join(clauses, "。") },

	Clock: japaneseClock,
	Range: japaneseRange,

	AllDay:  "終日",
	LastDay: "最終日",
	NextDay: func(from, to string) string { return from + "～翌日" + to },
	FromUntil: func(from string, last Date, to string) string {
		return from + "～" + strings.TrimSuffix(japaneseUntil(last), "まで") + to
	},
	UntilTime: func(clock string) string { return clock + "まで" },
	UntilDay:  japaneseUntil,
	OnDay:     japaneseLongDate,
	InsteadOf: func(when, clock string) string { return when + "（" + clock + "から変更）" },

	Untitled:    "（タイトルなし）",
	Aside:       func(name, aside string) string { return name + "（" + aside + "）" },
	Tentative:   "仮",
	Usual:       func(name string) string { return "いつもの" + name },
	FirstToLast: func(first, last string) string { return first + "～" + last },
	Counted:     func(name string, n int) string { return fmt.Sprintf("%sのうち%d件", name, n) },
	Times:       func(name string, n int) string { return fmt.Sprintf("%s%d件", name, n) },
	Events:      func(n int) string { return fmt.Sprintf("予定%d件", n) },
	More:        japaneseMore,
	AndMore:     japaneseMore,

	At:      func(name, clock string) string { return japaneseBefore(clock, name) },
	Over:    func(name, when string) string { return japaneseBefore(when, name) },
	Between: func(name, from, to string) string { return japaneseBefore(from+"～"+to, name) },

	IsCancelled: func(names string, _ int) string { return names + "は中止です" },
	Again:       func(what, clock string) string { return what + "、" + clock + "の回は中止です" },
	Overlaps:    func(what, others string) string { return what + "は" + others + "と重なります" },
	IsDuring:    func(what, others string) string { return what + "は" + others + "の時間中です" },
	Line:        japaneseLine,
	Overlapping: func(line, others string, _ int) string { return line + "は" + others + "と重なります" },
	During:      func(line, others string) string { return line + "は" + others + "の時間中です" },

	After: func(other string) string { return other + "の直後" },
	Among: func(names string) string { return names + "など" },

	Nothing:    "予定はありません",
	NothingNew: "新しい予定はありません",
	Ordinary:   "いつもと違う予定はありません",
	FreeDay:    func(d Date) string { return japaneseLongDate(d) + "は空いています" },
	StillOn:    func(items []string) string { return "継続中：" + strings.Join(items, "、") },
	Rest:       func(items []string) string { return "いつも通り：" + strings.Join(items, "／") },
	Unread:     func(n int) string { return japaneseMore(n) + "の予定は確認していません" },
	Begins: func(now, usual string) string {
		return fmt.Sprintf("この日の予定は%sからです（普段は%sごろ）", now, usual)
	},
	Ends: func(now, usual string) string {
		return fmt.Sprintf("この日の予定は%sまでです（普段は%sまで）", now, usual)
	},
	Fullest: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("予定は%d件で、最近の%s曜日では最多です", n, japaneseWeekdays[weekday])
	},
	Free: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("予定のない%s曜日です（普段は%d件）", japaneseWeekdays[weekday], n)
	},
	Missing: func(slot string) string { return "いつもの" + slot + "の予定がありません" },

	SlotAt:    func(weekday time.Weekday, clock string) string { return japaneseWeekdays[weekday] + "曜" + clock },
	SlotDay:   func(weekday time.Weekday) string { return japaneseWeekdays[weekday] + "曜終日" },
	SlotClock: func(clock string) string { return clock },

	FirstTime:   func(weeks int) string { return japaneseWeeks(weeks) + "で初めて" },
	NewCalendar: "新しいカレンダーで初めて",
	NthTime:     func(times, weeks int) string { return fmt.Sprintf("%sで%d回目", japaneseWeeks(weeks), times) },
	LastOn:      func(last Date) string { return "前回は" + japaneseDate(last) },
	Yearly:      "年に1回",
	Renamed:     func(r summarizer.Rhythm) string { return japaneseRoutine(r) + "、タイトル変更" },
	Moved:       "日時変更",
	MovedWithin: func(clock string) string { return clock + "から変更" },
	MovedFrom:   func(day Date, clock string) string { return japaneseLongDate(day) + clock + "から変更" },
	Usually:     func(slot string) string { return "普段は" + slot },

	AnotherTitle: "タイトル変更",
	CalledOff:    "中止",
	Instead: func(slot string) string {
		if slot == "" {
			return "いつもの予定の代わり"
		}
		return "いつもの" + slot + "の代わり"
	},
	OutOfTurn: func(every int, due Date) string {
		if every == 1 {
			return "普段は毎日、本来は" + japaneseLongDate(due)
		}
		return fmt.Sprintf("普段は%d日ごと、本来は%s", every, japaneseLongDate(due))
	},
	Extra: func(slot string) string {
		if slot == "" {
			return "いつもの予定とは別に追加"
		}
		return "いつもの" + slot + "とは別に追加"
	},
	Habitual:    japaneseRoutine,
	LikeRoutine: func(r summarizer.Rhythm) string { return japaneseRoutine(r) + "によく似た予定" },
	TimesAYear:  func(n int) string { return fmt.Sprintf("この1年で%d回", n) },
	TooYoung:    "新しいカレンダーの繰り返し予定",
}

// japaneseBefore puts a time before a name, which mostly begins with a mark.
func japaneseBefore(when, name string) string {
	if strings.HasPrefix(name, "予定") {
		return when + "の" + name
	}
	return when + name
}

// japaneseLine puts a time behind a name, which mostly ends in a mark; behind several
// names after a comma, as it is that of all.
func japaneseLine(name, when string) string {
	if one := !strings.Contains(name, "、「"); one && (strings.HasSuffix(name, "」") || strings.HasSuffix(name, "）")) {
		return name + when
	}
	return name + "、" + when
}

var japaneseWeekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

// japaneseClock follows CLDR's patterns H:mm and aK:mm, which counts from 0 to 11.
func japaneseClock(c Clock) string {
	switch {
	case !c.Twelve:
		return zoned(fmt.Sprintf("%d:%02d", c.Hour, c.Minute), c)
	case c.Hour == 24:
		return "翌午前0:00"
	}
	return zoned(fmt.Sprintf("%s%d:%02d", japaneseHalf(c), c.Hour%12, c.Minute), c)
}

func japaneseHalf(c Clock) string {
	if c.Hour%24 < 12 {
		return "午前"
	}
	return "午後"
}

// japaneseRange names the half of the day once where both times are in it.
func japaneseRange(from, to Clock) string {
	return ranged(from, to, "～", japaneseClock, func(c Clock) string {
		if c.Hour < 24 && japaneseHalf(from) == japaneseHalf(c) {
			return strings.TrimPrefix(japaneseClock(c), japaneseHalf(c))
		}
		return japaneseClock(c)
	})
}

func japaneseUntil(last Date) string {
	if last.Near {
		return japaneseWeekdays[last.Weekday()] + "曜日まで"
	}
	return japaneseDate(last) + "まで"
}

func japaneseDate(d Date) string {
	date := fmt.Sprintf("%d月%d日", d.Month, d.Day)
	if d.Year {
		return strconv.Itoa(d.Date.Year) + "年" + date
	}
	return date
}

func japaneseLongDate(d Date) string {
	return japaneseDate(d) + "(" + japaneseWeekdays[d.Weekday()] + ")"
}

func japaneseMore(n int) string { return fmt.Sprintf("ほか%d件", n) }

func japaneseWeeks(weeks int) string {
	if weeks == 0 {
		return "この1年"
	}
	return fmt.Sprintf("記録のある%d週間", weeks)
}

func japaneseRoutine(r summarizer.Rhythm) string {
	return map[summarizer.Rhythm]string{
		summarizer.NoRhythm: "いつも", summarizer.Daily: "毎日", summarizer.Weekly: "毎週",
		summarizer.Fortnightly: "隔週", summarizer.Monthly: "毎月",
	}[r] + "の予定"
}
