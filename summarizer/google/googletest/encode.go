package googletest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// encode writes v, a type of calendar/v3 or a struct of ours with such fields,
// as the JSON that Google would send: without empty fields, but for those in
// ForceSendFields, and without what mask leaves out.
func encode(b *bytes.Buffer, v any, mask mask) error {
	return encodeValue(b, reflect.ValueOf(v), mask)
}

func encodeValue(b *bytes.Buffer, v reflect.Value, mask mask) error {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			b.WriteString("null")
			return nil
		}
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Struct:
		return encodeStruct(b, v, mask)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encodeValue(b, v.Index(i), mask); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case v.Kind() == reflect.String:
		return encodeString(b, v.String())
	default:
		out, err := json.Marshal(v.Interface())
		b.Write(out)
		return err
	}
}

// encodeString skips encoding/json for the many strings that need no escape.
func encodeString(b *bytes.Buffer, s string) error {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			plain = false
			break
		}
	}
	if plain {
		b.WriteByte('"')
		b.WriteString(s)
		b.WriteByte('"')
		return nil
	}
	out, err := json.Marshal(s)
	b.Write(out)
	return err
}

func encodeStruct(b *bytes.Buffer, v reflect.Value, mask mask) error {
	var forced []string
	fields := fieldsOf(v.Type())
	if fields.force >= 0 {
		forced, _ = v.Field(fields.force).Interface().([]string)
	}
	b.WriteByte('{')
	first := true
	for _, f := range fields.list {
		sub, wanted := mask.field(f.json)
		if !wanted {
			continue
		}
		value := v.Field(f.index)
		if f.omitEmpty && isEmpty(value) && !slices.Contains(forced, f.name) {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteByte('"')
		b.WriteString(f.json)
		b.WriteString(`":`)
		if err := encodeValue(b, value, sub); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}

// structFields says how a struct type is written as JSON.
type structFields struct {
	list  []structField
	force int // index of ForceSendFields, -1 if it has none
}

type structField struct {
	index     int
	name      string
	json      string
	omitEmpty bool
}

var fieldCache sync.Map // reflect.Type -> structFields

func fieldsOf(t reflect.Type) structFields {
	if known, ok := fieldCache.Load(t); ok {
		return known.(structFields)
	}
	fields := structFields{force: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "ForceSendFields" {
			fields.force = i
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		fields.list = append(fields.list, structField{i, f.Name, name, strings.Contains(options, "omitempty")})
	}
	fieldCache.Store(t, fields)
	return fields
}

// etagOf returns the entity tag that a response carries in its body.
func etagOf(response any) string {
	v := reflect.Indirect(reflect.ValueOf(response))
	if f := v.FieldByName("Etag"); f.IsValid() {
		return f.String()
	}
	return ""
}
