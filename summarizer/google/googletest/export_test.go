package googletest

// Method describes a method of the API as the stand-in has it.
type Method struct {
	Name, Verb, Path string
	Params           []string
}

// Methods returns the methods that the stand-in has.
func Methods() []Method {
	var list []Method
	for _, m := range methods {
		list = append(list, Method{m.name, m.verb, m.path, m.params})
	}
	return list
}

// CommonParams returns the parameters that every method takes.
func CommonParams() []string { return commonParams }
