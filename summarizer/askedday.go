package summarizer

// AskedDay is a day as it is asked for: a date, or a word for one, which depends on
// where the user is. The zero value is today.
type AskedDay struct {
	Date  Date // zero if a word was given
	Ahead int  // days, of today
}

var dayWords = map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1}

// ParseAskedDay reads YYYY-MM-DD, "yesterday", "today" or "tomorrow".
func ParseAskedDay(text string) (AskedDay, error) {
	if ahead, ok := dayWords[text]; ok {
		return AskedDay{Ahead: ahead}, nil
	}
	date, err := ParseDate(text)
	return AskedDay{Date: date}, err
}

// On returns the date where today is the given one.
func (d AskedDay) On(today Date) Date {
	if d.Date.IsZero() {
		return today.AddDays(d.Ahead)
	}
	return d.Date
}
