package drawio

import (
	"encoding/xml"
	"math"
	"strconv"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// box is where a shape is drawn, in its parent.
type box struct{ x, y, width, height float64 }

func boxOf(geometry xml.StartElement) box {
	number := func(name string) float64 {
		value, err := strconv.ParseFloat(attribute(geometry, name), 64)
		if err != nil || math.IsNaN(value) {
			return 0
		}
		return value
	}
	return box{number("x"), number("y"), number("width"), number("height")}
}

// apart is how far apart two shapes are drawn; 0 where they overlap.
func (b box) apart(o box) float64 {
	dx := max(b.x-(o.x+o.width), o.x-(b.x+b.width), 0)
	dy := max(b.y-(o.y+o.height), o.y-(b.y+b.height), 0)
	return math.Hypot(dx, dy)
}

const (
	// captionDistance is how close a text is to the shape that it names, in draw.io's units:
	// two squares of its grid.
	captionDistance = 20

	// maxCompared bounds the work of comparing each text with each shape.
	maxCompared = 1_000_000
)

// captions gives a shape without a text the loose text that is drawn on it or right beside it:
// templates of decision trees have small rhombi, with the question as a text next to each.
func (r *reader) captions() {
	touched := map[int]bool{}
	for _, e := range r.page.Edges {
		touched[e.From], touched[e.To] = true, true
	}
	var texts, shapes []int
	for i, c := range r.cells {
		at := r.node[i]
		if at == chart.None {
			continue
		}
		bare, isText := c.style["text"]
		switch text := r.page.Nodes[at].Text; {
		case isText && bare == "" && text != "" && !touched[at]:
			texts = append(texts, i)
		case text == "" && touched[at]:
			shapes = append(shapes, i)
		}
	}
	if len(texts)*len(shapes) > maxCompared {
		return
	}
	for _, text := range texts {
		nearest, distance := chart.None, math.Inf(1)
		for _, shape := range shapes {
			if r.parent[shape] != r.parent[text] || r.page.Nodes[r.node[shape]].Text != "" {
				continue
			}
			if d := r.cells[text].at.apart(r.cells[shape].at); d <= captionDistance && d < distance {
				nearest, distance = shape, d
			}
		}
		if nearest == chart.None {
			continue
		}
		n, caption := &r.page.Nodes[r.node[nearest]], &r.page.Nodes[r.node[text]]
		n.Text, caption.Text = caption.Text, ""
		r.page.Warn(*n, "It is read as the label of the empty shape beside it.")
	}
}
