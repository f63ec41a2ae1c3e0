package jsondoc

import (
	"math/big"
	"strings"
)

// plainDigits bounds the numbers written without an exponent.
const plainDigits = 21

// canonicalNumber gives a JSON number its one spelling: 4, 4.0 and 4e0 are the
// same. It is exact, unlike RFC 8785, which would make one of two long numbers
// that differ in their last digits.
func canonicalNumber(s string) string {
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
