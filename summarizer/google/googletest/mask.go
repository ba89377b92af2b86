package googletest

import "strings"

// mask is a parsed fields parameter: which fields of a resource are wanted. Nil
// wants them all.
type mask map[string]mask

// parseMask reads the syntax of partial responses: names separated by commas,
// a/b and a(b,c) for what is nested, * for all.
func parseMask(s string) (mask, error) {
	if s == "" {
		return nil, nil
	}
	p := maskParser{rest: s}
	m, ok := p.list(0)
	if !ok || p.rest != "" {
		return nil, errInvalid("fields", "Invalid field selection "+s)
	}
	return m, nil
}

// field returns the mask for what is below a field, and whether it is wanted.
func (m mask) field(name string) (mask, bool) {
	if m == nil {
		return nil, true
	}
	if sub, ok := m[name]; ok {
		return sub, true
	}
	sub, ok := m["*"]
	return sub, ok
}

type maskParser struct{ rest string }

// maxMaskDepth bounds the nesting of untrusted selections.
const maxMaskDepth = 16

func (p *maskParser) list(depth int) (mask, bool) {
	m := mask{}
	for {
		if depth > maxMaskDepth || !p.selection(m, depth) {
			return nil, false
		}
		if !strings.HasPrefix(p.rest, ",") {
			return m, true
		}
		p.rest = p.rest[1:]
	}
}

// selection reads one name with what is nested below it into m.
func (p *maskParser) selection(m mask, depth int) bool {
	end := strings.IndexAny(p.rest, ",/()")
	if end < 0 {
		end = len(p.rest)
	}
	name := strings.TrimSpace(p.rest[:end])
	p.rest = p.rest[end:]
	if name == "" {
		return false
	}
	var sub mask
	switch {
	case strings.HasPrefix(p.rest, "/"):
		p.rest = p.rest[1:]
		sub = mask{}
		if depth > maxMaskDepth || !p.selection(sub, depth+1) {
			return false
		}
	case strings.HasPrefix(p.rest, "("):
		p.rest = p.rest[1:]
		var ok bool
		if sub, ok = p.list(depth + 1); !ok || !strings.HasPrefix(p.rest, ")") {
			return false
		}
		p.rest = p.rest[1:]
	}
	m.add(name, sub)
	return true
}

// add joins a selection to what is selected already: a(b),a(c) is a(b,c).
func (m mask) add(name string, sub mask) {
	before, ok := m[name]
	if !ok || sub == nil {
		m[name] = sub
		return
	}
	if before == nil {
		return
	}
	for k, v := range sub {
		before.add(k, v)
	}
}
