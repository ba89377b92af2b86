package novelty

// inAddition reports whether the event comes on top of what was held as ever a day
// or so before or after, and of which: its pattern keeps to its places, but for once at
// most, and goes on in its pace, and nothing of it was ever where the event is.
func (j *judged) inAddition(usual schedule, others []judged) (place, bool) {
	_, known := j.original()
	here := j.at.place()
	if known || len(j.own) > 0 || len(usual.places) == 0 || len(usual.latest) < lately/2 || j.stays(usual) {
		return place{}, false
	}
	keeps := usual.agreeing(func(o occurred) bool { return usual.near(o.place(), usual.slack()) })
	if keeps < len(usual.latest)-1 || countNear(j.similar, here, nearby) > 0 {
		return place{}, false
	}
	for _, p := range usual.places {
		if p.apart(here) > aDayOrSo || usual.pace(p) < 7 {
			continue
		}
		at := int(j.at.On)*24*60 + int(max(j.at.Minute, 0)) + here.to(p)
		if due := (occurred{On: int32(at / (24 * 60)), Minute: p.minute}); j.takesPlace(due, others) {
			return p, true
		}
	}
	return place{}, false
}

// aDayOrSo is in minutes: a day, and the hours by which its time may be another.
const aDayOrSo = 36 * 60
