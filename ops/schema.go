package ops

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"tickwire/lobby"
)

// object is a piece of the OpenAPI document.
type object = map[string]any

// schemas turns Go types into JSON schemas, each struct into one of its own.
type schemas struct{ named object }

// enums are the types of a closed list.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[lobby.Phase](): {string(lobby.Gathering), string(lobby.Countdown), string(lobby.Playing), string(lobby.Finished)},
	reflect.TypeFor[lobby.Visibility](): {
		string(lobby.Public), string(lobby.Unlisted), string(lobby.Private),
	},
}

// of returns the schema of a type, as encoding/json writes it.
func (s *schemas) of(t reflect.Type) object {
	if values, ok := enums[t]; ok {
		return object{"type": "string", "enum": values}
	}
	if t == reflect.TypeFor[time.Time]() {
		return object{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": true}
	case reflect.Struct:
		return s.ref(t)
	}
	return object{"type": "integer"}
}

// ref names the schema of a struct, making it at first.
func (s *schemas) ref(t reflect.Type) object {
	name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	if s.named[name] == nil {
		properties, required := object{}, []string{}
		s.fields(t, properties, &required)
		slices.Sort(required)
		s.named[name] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// fields adds those of a struct, and those of what it embeds.
func (s *schemas) fields(t reflect.Type, properties object, required *[]string) {
	for f := range fieldsOf(t) {
		if f.Anonymous {
			s.fields(f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		schema := s.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			schema = maps.Clone(schema)
			schema["description"] = doc
		}
		properties[name] = schema
		if options != "omitempty" {
			*required = append(*required, name)
		}
	}
}

func fieldsOf(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && !yield(f) {
				return
			}
		}
	}
}
