package jsondoc

import (
	"math/big"
	"strings"
)

// plainDigits is the largest exponent, up or down, that is written out in zeros.
const plainDigits = 21

// CanonicalNumber returns the one spelling of a JSON number: 4, 4.0 and 40e-1 are all
// "4". It is exact for numbers of any size, which no float64 is.
func CanonicalNumber(s string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0"
	}
	exp := new(big.Int)
	if exponent != "" {
		exp.SetString(exponent, 10)
	}
	exp.Sub(exp, big.NewInt(int64(len(fraction))))
	trimmed := strings.TrimRight(digits, "0")
	exp.Add(exp, big.NewInt(int64(len(digits)-len(trimmed))))
	sign := ""
	if negative {
		sign = "-"
	}
	return sign + spell(trimmed, exp)
}

// spell writes digits × 10^exp.
func spell(digits string, exp *big.Int) string {
	if !exp.IsInt64() || exp.Int64() > plainDigits || exp.Int64() < -plainDigits {
		return digits + "e" + exp.String()
	}
	e := int(exp.Int64())
	switch point := len(digits) + e; {
	case e >= 0:
		return digits + strings.Repeat("0", e)
	case point > 0:
		return digits[:point] + "." + digits[point:]
	default:
		return "0." + strings.Repeat("0", -point) + digits
	}
}
