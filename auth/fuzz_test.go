package auth

import "testing"

// FuzzKeySet: whatever stands in a file of keys, it is refused or gives keys that
// can be used.
func FuzzKeySet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"},{"kty":"RSA","e":"/////w"}]}`))
	f.Add([]byte(`{"keys":[{"d":""},null,{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		set := new(keySet)
		if err := set.addJWKS(text); err == nil && len(set.list) == 0 {
			t.Error("no error and no key")
		}
		if len(set.list) > maxKeys {
			t.Errorf("%d keys", len(set.list))
		}
		for _, k := range set.list {
			if k.value == nil || k.alg != "EdDSA" && k.alg != "RS256" {
				t.Errorf("key %+v", k)
			}
		}
	})
}
