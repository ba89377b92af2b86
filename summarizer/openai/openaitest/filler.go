package openaitest

import "slices"

// filler fills a schema with what there is to say of a day.
type filler struct {
	day  day
	defs map[string]*schema
}

// fill returns a value that fits the schema, about the event, or about the day if that
// is nil.
func (f filler) fill(s *schema, about *event, depth int) any {
	s, err := s.resolve(f.defs)
	if err != nil || depth > 2*maxDepth {
		return nil
	}
	switch {
	case s.Const != nil:
		return s.Const
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AnyOf) > 0:
		return f.fill(s.AnyOf[0], about, depth+1)
	}
	switch s.kind() {
	case "object":
		object := make(map[string]any)
		for name, p := range s.Properties {
			object[name] = f.fill(p, about, depth+1)
		}
		return object
	case "array":
		return f.list(s, about, depth)
	case "string":
		if about == nil {
			return "Your day"
		}
		return about.Title
	case "integer", "number":
		return len(f.day.Events)
	case "boolean":
		return about != nil
	}
	return nil
}

// list is an array: of IDs, or of values about each event and then about the day.
func (f filler) list(s *schema, about *event, depth int) any {
	items, err := s.Items.resolve(f.defs)
	switch {
	case err != nil:
		return []any{}
	case items.kind() == "string" && about != nil:
		return f.ids(items, f.day.about(*about))
	case items.kind() == "string" && len(f.day.Events) > 0:
		return f.ids(items, f.day.first())
	case items.kind() == "string":
		return slices.Concat([]any{}, items.Enum)
	}
	list := []any{}
	for _, e := range f.day.Events {
		list = append(list, f.fill(items, &e, depth+1))
	}
	for _, told := range f.day.Facts {
		if told.Of == "" && items.kind() == "array" {
			list = append(list, []any{told.ID})
		}
	}
	return list
}

// ids are those that the schema of the array's items allows.
func (f filler) ids(items *schema, ids []string) []any {
	list := []any{}
	for _, id := range ids {
		if len(items.Enum) == 0 || slices.Contains(items.Enum, any(id)) {
			list = append(list, id)
		}
	}
	return list
}
