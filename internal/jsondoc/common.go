package jsondoc

// maxCells bounds the time of Common and its memory, to about 4 MiB.
const maxCells = 1 << 20

// Common returns a longest common subsequence of two lists, as the positions of each
// of its elements in both. Where the lists without their common beginning and end have
// more than 2^20 pairs of elements, only that beginning and end are returned.
func Common(a, b []string) [][2]int {
	var pairs, tail [][2]int
	start, endA, endB := 0, len(a), len(b)
	for ; start < endA && start < endB && a[start] == b[start]; start++ {
		pairs = append(pairs, [2]int{start, start})
	}
	for ; endA > start && endB > start && a[endA-1] == b[endB-1]; endA, endB = endA-1, endB-1 {
	}
	for i := endA; i < len(a); i++ {
		tail = append(tail, [2]int{i, i - endA + endB})
	}
	a, b = a[start:endA], b[start:endB]
	if len(a)*len(b) <= maxCells {
		for _, p := range longestCommon(a, b) {
			pairs = append(pairs, [2]int{p[0] + start, p[1] + start})
		}
	}
	return append(pairs, tail...)
}

func longestCommon(a, b []string) (pairs [][2]int) {
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width) // of the longest of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
