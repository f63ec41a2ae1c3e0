package sandbox

import "testing"

// A request that names no host of Twilio's is routed by its path. Two products with one
// path would take turns.
func TestPathsOfProductsAreTheirOwn(t *testing.T) {
	owners := map[string]string{}
	for name, product := range New().hosts {
		for _, prefix := range product.prefixes {
			if other, taken := owners[prefix]; taken {
				t.Errorf("%s is the path of %s and of %s: leave it to one of them", prefix, other, name)
			}
			owners[prefix] = name
		}
	}
	if len(owners) == 0 {
		t.Error("no product has a path")
	}
}
