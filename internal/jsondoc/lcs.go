package jsondoc

// lcsCells bounds the table of Common; larger lists, beyond any that
// Twilio takes, share only what they begin and end with.
const lcsCells = 1 << 20

// Common is a longest common subsequence of two lists: the positions of its
// elements in both.
func Common(ka, kb []string) [][2]int {
	var pairs, tail [][2]int
	start, endA, endB := 0, len(ka), len(kb)
	for ; start < endA && start < endB && ka[start] == kb[start]; start++ {
		pairs = append(pairs, [2]int{start, start})
	}
	for ; endA > start && endB > start && ka[endA-1] == kb[endB-1]; endA, endB = endA-1, endB-1 {
	}
	for i := endA; i < len(ka); i++ {
		tail = append(tail, [2]int{i, i - endA + endB})
	}
	ka, kb = ka[start:endA], kb[start:endB]
	if len(ka)*len(kb) <= lcsCells {
		for _, p := range longestCommon(ka, kb) {
			pairs = append(pairs, [2]int{p[0] + start, p[1] + start})
		}
	}
	return append(pairs, tail...)
}

func longestCommon(a, b []string) (pairs [][2]int) {
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width) // of what a[i:] and b[j:] share
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

// Texts are the canonical texts of nodes.
func Texts(nodes []*Node) []string {
	texts := make([]string, len(nodes))
	for i, n := range nodes {
		texts[i] = string(n.Canonical())
	}
	return texts
}
