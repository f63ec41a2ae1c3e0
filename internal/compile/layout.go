package compile

// The grid of the canvas, in its own units. A widget of the Console is about 280 wide
// and, with few transitions, 180 high.
const (
	columnWidth = 400
	rowHeight   = 260
)

// place lays the states out: the trigger at the origin, what all tasks of a channel
// share beside it, and then a column for each task, in the order of their names, its
// states going down in the order they run. A second lane of a column holds what leads
// back. The first channel goes to the right of the trigger, the second to the left.
func place(states []*widget, sides []*side) {
	type lanes struct{ rows [2]int }
	at := map[*column]*lanes{}
	for _, w := range states {
		l := at[w.column]
		if l == nil {
			l = &lanes{}
			at[w.column] = l
		}
		row := l.rows[0]
		if w.lane > 0 {
			// Beside the state it belongs to, which is the last of the first lane.
			row = max(row-1, l.rows[w.lane])
		}
		l.rows[w.lane] = row + 1
		w.y = row * rowHeight
	}
	left := map[*column]int{}
	for i, s := range sides {
		direction := 1 - 2*i
		x := direction * columnWidth
		left[s.shared] = x
		if l := at[s.shared]; l != nil && l.rows[1] > 0 {
			x += direction * columnWidth
		}
		for _, t := range s.c.tasks {
			l := at[s.columns[t]]
			if l == nil {
				continue
			}
			x += direction * columnWidth
			left[s.columns[t]] = x
			if l.rows[1] > 0 {
				x += direction * columnWidth
			}
		}
	}
	for _, w := range states {
		x := left[w.column]
		step := columnWidth
		if x < 0 {
			step = -columnWidth
		}
		w.x = x + w.lane*step
	}
}
