package classify

import "math"

// solve finds, for each label, the weights that come closest to 1 for its texts and to 0 for
// the others (ridge regression, with λ = ridge), and the score of each text by the weights
// that the others alone would give. Both are by row: weights by group of letters, scores
// by text.
//
// Products are converted to float64 before they are added, so that no machine fuses the
// two, and sums run in one order.
func solve(rows []row, grams, labels int) (weights, without []float64) {
	if len(rows) <= grams {
		return dual(rows, grams, labels)
	}
	return primal(rows, grams, labels)
}

// dual solves one equation for each text.
func dual(rows []row, grams, labels int) (weights, without []float64) {
	n := len(rows)
	a := newMatrix(n)
	dense := make([]float64, grams)
	for i, r := range rows {
		for k, g := range r.grams {
			dense[g] = r.values[k]
		}
		for j := range i + 1 {
			sum := 0.0
			for k, g := range rows[j].grams {
				sum += float64(dense[g] * rows[j].values[k])
			}
			a.set(i, j, sum)
		}
		for _, g := range r.grams {
			dense[g] = 0
		}
		a.set(i, i, a.at(i, i)+ridge)
	}
	a.invert()
	weights, without = make([]float64, grams*labels), make([]float64, n*labels)
	alpha := make([]float64, labels)
	for i, r := range rows {
		clear(alpha)
		for j := range n {
			if rows[j].label >= 0 {
				alpha[rows[j].label] += a.at(i, j)
			}
		}
		for label, x := range alpha {
			own := 0.0
			if label == r.label {
				own = 1
			}
			without[i*labels+label] = own - x/a.at(i, i)
		}
		for k, g := range r.grams {
			for label, x := range alpha {
				weights[g*labels+label] += float64(x * r.values[k])
			}
		}
	}
	return weights, without
}

// primal solves one equation for each group of letters.
func primal(rows []row, grams, labels int) (weights, without []float64) {
	a := newMatrix(grams)
	for g := range grams {
		a.set(g, g, ridge)
	}
	sums := make([]float64, grams*labels)
	for _, r := range rows {
		for k, g := range r.grams {
			if r.label >= 0 {
				sums[g*labels+r.label] += r.values[k]
			}
			for l := range k + 1 {
				a.set(g, r.grams[l], a.at(g, r.grams[l])+float64(r.values[k]*r.values[l]))
			}
		}
	}
	a.invert()
	weights, without = make([]float64, grams*labels), make([]float64, len(rows)*labels)
	// Most groups are in the texts of few labels.
	in := make([][]int, grams)
	for h := range grams {
		for label, s := range sums[h*labels : (h+1)*labels] {
			if s != 0 {
				in[h] = append(in[h], label)
			}
		}
	}
	for g := range grams {
		to := weights[g*labels : (g+1)*labels]
		for h, having := range in {
			x, of := a.at(g, h), sums[h*labels:(h+1)*labels]
			for _, label := range having {
				to[label] += float64(x * of[label])
			}
		}
	}
	for i, r := range rows {
		pull := 0.0
		for k, g := range r.grams {
			for l, h := range r.grams {
				pull += float64(float64(r.values[k]*r.values[l]) * a.at(g, h))
			}
		}
		for label := range labels {
			fit, own := 0.0, 0.0
			for k, g := range r.grams {
				fit += float64(r.values[k] * weights[g*labels+label])
			}
			if label == r.label {
				own = 1
			}
			without[i*labels+label] = (fit - float64(pull*own)) / (1 - pull)
		}
	}
	return weights, without
}

// matrix is a symmetric one.
type matrix struct {
	rows [][]float64 // the lower half, until it is inverted
}

func newMatrix(n int) *matrix {
	all := make([]float64, n*n)
	m := &matrix{rows: make([][]float64, n)}
	for i := range m.rows {
		m.rows[i] = all[i*n : (i+1)*n]
	}
	return m
}

func (m *matrix) at(i, j int) float64 {
	if i < j {
		return m.rows[j][i]
	}
	return m.rows[i][j]
}

func (m *matrix) set(i, j int, x float64) {
	if i < j {
		i, j = j, i
	}
	m.rows[i][j] = x
}

// invert replaces the matrix, which is positive definite, by its inverse: by Cholesky's
// decomposition L·Lᵀ, whose inverse is that of L, times itself.
func (m *matrix) invert() {
	n := len(m.rows)
	for i, ri := range m.rows {
		for j := 0; j <= i; j++ {
			rj := m.rows[j]
			sum := ri[j] - dot(ri[:j], rj[:j])
			if i == j {
				ri[i] = math.Sqrt(sum)
			} else {
				ri[j] = sum / rj[j]
			}
		}
	}
	// columns[j] is column j of the inverse of L, from its row j on.
	columns := make([][]float64, n)
	for j := range n {
		columns[j] = make([]float64, n-j)
		columns[j][0] = 1 / m.rows[j][j]
		for i := j + 1; i < n; i++ {
			columns[j][i-j] = -dot(m.rows[i][j:i], columns[j][:i-j]) / m.rows[i][i]
		}
	}
	for i := range n {
		for j := 0; j <= i; j++ {
			m.rows[i][j] = dot(columns[i], columns[j][i-j:])
		}
	}
}

// dot adds in four sums, none of which waits for another.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	for len(a) >= 4 {
		s0 += float64(a[0] * b[0])
		s1 += float64(a[1] * b[1])
		s2 += float64(a[2] * b[2])
		s3 += float64(a[3] * b[3])
		a, b = a[4:], b[4:]
	}
	for i, x := range a {
		s0 += float64(x * b[i])
	}
	return s0 + s1 + (s2 + s3)
}
