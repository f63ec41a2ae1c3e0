package schema

import "github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"

// DiagramWarnings is the key under which a schema that was made from a diagram has what its
// author should know. It is no part of an assistant.
const DiagramWarnings = "x_diagram_warnings"

func (d *decoder) schema(root *jsondoc.Node) *Schema {
	s := &Schema{}
	if root.Kind != '{' {
		d.wrongKind(root, place{}, "an object")
		return s
	}
	d.object(root, place{}, func(name string, v *jsondoc.Node, at place) bool {
		switch name {
		case "uniqueName":
			s.UniqueName = d.string(v, at)
		case "friendlyName":
			s.FriendlyName = d.string(v, at)
		case "modelBuild":
			s.ModelBuild = d.modelBuild(v, at)
		case "logQueries":
			switch v.Kind {
			case 't', 'f':
				s.LogQueries = new(v.Kind == 't')
			case 'n':
			default:
				d.wrongKind(v, at, "true or false")
			}
		case "defaults":
			s.Defaults = d.nested(v, at, "defaults")
		case "styleSheet":
			s.StyleSheet = d.nested(v, at, "style_sheet")
		case "fieldTypes":
			d.list(v, at, func(n *jsondoc.Node, at place) { s.FieldTypes = append(s.FieldTypes, d.fieldType(n, at)) })
		case "tasks":
			d.list(v, at, func(n *jsondoc.Node, at place) { s.Tasks = append(s.Tasks, d.task(n, at)) })
		case DiagramWarnings:
		default:
			return false
		}
		return true
	})
	s.notes = d.notes
	return s
}

func (d *decoder) modelBuild(n *jsondoc.Node, at place) (name string) {
	d.object(n, at, func(key string, v *jsondoc.Node, at place) bool {
		if key == "uniqueName" {
			name = d.string(v, at)
		}
		return true
	})
	return name
}

func (d *decoder) fieldType(n *jsondoc.Node, at place) (t FieldType) {
	d.object(n, at.named(n, "uniqueName"), func(key string, v *jsondoc.Node, at place) bool {
		switch key {
		case "uniqueName":
			t.UniqueName = d.string(v, at)
		case "friendlyName":
			t.FriendlyName = d.string(v, at)
		case "values":
			d.list(v, at, func(n *jsondoc.Node, at place) { t.Values = append(t.Values, d.value(n, at)) })
		default:
			return false
		}
		return true
	})
	return t
}

func (d *decoder) value(n *jsondoc.Node, at place) (v Value) {
	d.object(n, at.named(n, "value"), func(key string, m *jsondoc.Node, at place) bool {
		switch key {
		case "language":
			v.Language = d.string(m, at)
		case "value":
			v.Value = d.string(m, at)
		case "synonymOf":
			v.SynonymOf = d.string(m, at)
		default:
			return false
		}
		return true
	})
	return v
}

func (d *decoder) task(n *jsondoc.Node, at place) (t Task) {
	d.object(n, at.named(n, "uniqueName"), func(key string, v *jsondoc.Node, at place) bool {
		switch key {
		case "uniqueName":
			t.UniqueName = d.string(v, at)
		case "friendlyName":
			t.FriendlyName = d.string(v, at)
		case "actions":
			t.Actions = d.raw(v)
		case "actionsUrl":
			t.ActionsURL = d.string(v, at)
		case "fields":
			d.list(v, at, func(n *jsondoc.Node, at place) { t.Fields = append(t.Fields, d.field(n, at)) })
		case "samples":
			d.list(v, at, func(n *jsondoc.Node, at place) { t.Samples = append(t.Samples, d.sample(n, at)) })
		default:
			return false
		}
		return true
	})
	return t
}

func (d *decoder) field(n *jsondoc.Node, at place) (f Field) {
	d.object(n, at.named(n, "uniqueName"), func(key string, v *jsondoc.Node, at place) bool {
		switch key {
		case "uniqueName":
			f.UniqueName = d.string(v, at)
		case "fieldType":
			f.FieldType = d.string(v, at)
		default:
			return false
		}
		return true
	})
	return f
}

func (d *decoder) sample(n *jsondoc.Node, at place) (s Sample) {
	d.object(n, at.named(n, "taggedText"), func(key string, v *jsondoc.Node, at place) bool {
		switch key {
		case "language":
			s.Language = d.string(v, at)
		case "taggedText":
			s.TaggedText = d.string(v, at)
		case "sourceChannel":
			s.SourceChannel = d.string(v, at)
		default:
			return false
		}
		return true
	})
	return s
}
