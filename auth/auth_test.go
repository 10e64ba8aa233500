package auth_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tickwire/auth"
)

var (
	secret    = []byte("0123456789abcdef0123456789abcdef")
	_, ed, _  = ed25519.GenerateKey(rand.Reader)
	_, ed2, _ = ed25519.GenerateKey(rand.Reader)
	rsaKey    = sync.OnceValue(func() *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return k
	})
)

// sign makes a token; claims are what is added to those of a good one, nil takes away.
func sign(t *testing.T, method jwt.SigningMethod, key any, kid string, claims jwt.MapClaims) []byte {
	t.Helper()
	all := jwt.MapClaims{"sub": "ann", "exp": time.Now().Add(time.Hour).Unix()}
	for name, value := range claims {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	token := jwt.NewWithClaims(method, all)
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(text)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func edJWK(kid string, k ed25519.PrivateKey) map[string]string {
	return map[string]string{"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": encode(k.Public().(ed25519.PublicKey))}
}

func rsaJWK(kid string, k crypto.Signer) map[string]string {
	public := k.Public().(*rsa.PublicKey)
	return map[string]string{"kty": "RSA", "alg": "RS256", "kid": kid, "n": encode(public.N.Bytes()), "e": encode(big.NewInt(int64(public.E)).Bytes())}
}

func keysFile(t *testing.T, keys ...map[string]string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func verifier(t *testing.T, o auth.Options) *auth.Verifier {
	t.Helper()
	v, err := auth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func reason(v *auth.Verifier, token []byte) auth.Reason {
	if _, err := v.Verify(token); err != nil {
		return err.Reason
	}
	return ""
}

func TestGoodTokens(t *testing.T) {
	v := verifier(t, auth.Options{Secret: secret, KeysFile: keysFile(t, edJWK("a", ed), rsaJWK("b", rsaKey()), map[string]string{"kty": "EC", "kid": "c"})})
	for name, token := range map[string][]byte{
		"HS256":              sign(t, jwt.SigningMethodHS256, secret, "", nil),
		"EdDSA":              sign(t, jwt.SigningMethodEdDSA, ed, "a", nil),
		"EdDSA without kid":  sign(t, jwt.SigningMethodEdDSA, ed, "", nil),
		"RS256":              sign(t, jwt.SigningMethodRS256, rsaKey(), "b", nil),
		"expired by a blink": sign(t, jwt.SigningMethodHS256, secret, "", jwt.MapClaims{"exp": time.Now().Add(-5 * time.Second).Unix()}),
	} {
		if p, err := v.Verify(token); err != nil || p.Account != "ann" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	p, err := v.Verify(sign(t, jwt.SigningMethodHS256, secret, "", jwt.MapClaims{"name": strings.Repeat("ä", 40), "roles": []string{"referee", "caster"}}))
	if err != nil || p.Name != strings.Repeat("ä", 32) || !slices.Equal(p.Roles, []string{"referee", "caster"}) || time.Until(p.Expires) < 59*time.Minute {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestRefusedTokens: each is wrong in one way, and that way is told.
func TestRefusedTokens(t *testing.T) {
	v := verifier(t, auth.Options{
		Secret: secret, KeysFile: keysFile(t, edJWK("a", ed), rsaJWK("b", rsaKey())), Audience: "game", Issuer: "https://accounts.example",
	})
	ours := func(more jwt.MapClaims) jwt.MapClaims {
		all := jwt.MapClaims{"aud": "game", "iss": "https://accounts.example"}
		for name, value := range more {
			all[name] = value
		}
		return all
	}
	hs := func(more jwt.MapClaims) []byte { return sign(t, jwt.SigningMethodHS256, secret, "", ours(more)) }
	if got := reason(v, hs(nil)); got != "" {
		t.Fatalf("the good one: %s", got)
	}
	good := string(hs(nil))
	for name, test := range map[string]struct {
		token []byte
		want  auth.Reason
	}{
		"none":             {nil, auth.Missing},
		"not a token":      {[]byte("let me in"), auth.Malformed},
		"one part more":    {[]byte(good + ".x"), auth.Malformed},
		"padding":          {[]byte(good + "="), auth.Malformed},
		"too long":         {[]byte(strings.Repeat("x", auth.MaxToken+1)), auth.Malformed},
		"expired":          {hs(jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()}), auth.Expired},
		"no expiry":        {hs(jwt.MapClaims{"exp": nil}), auth.Claims},
		"early":            {hs(jwt.MapClaims{"nbf": time.Now().Add(time.Hour).Unix()}), auth.Early},
		"other audience":   {hs(jwt.MapClaims{"aud": "shop"}), auth.Audience},
		"no audience":      {hs(jwt.MapClaims{"aud": nil}), auth.Claims},
		"other issuer":     {hs(jwt.MapClaims{"iss": "https://evil.example"}), auth.Issuer},
		"no subject":       {hs(jwt.MapClaims{"sub": nil}), auth.Claims},
		"long subject":     {hs(jwt.MapClaims{"sub": strings.Repeat("x", 129)}), auth.Claims},
		"subject of lines": {hs(jwt.MapClaims{"sub": "a\nb"}), auth.Claims},
		"roles of numbers": {hs(jwt.MapClaims{"roles": []int{1}}), auth.Malformed},
		"many roles":       {hs(jwt.MapClaims{"roles": strings.Split(strings.Repeat("x ", 17), " ")}), auth.Claims},
		"other secret":     {sign(t, jwt.SigningMethodHS256, []byte("x"), "", ours(nil)), auth.Signature},
		"HS512":            {sign(t, jwt.SigningMethodHS512, secret, "", ours(nil)), auth.Signature},
		"PS256":            {sign(t, jwt.SigningMethodPS256, rsaKey(), "b", ours(nil)), auth.Signature},
		"alg none":         {sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "", ours(nil)), auth.Signature},
		"other key":        {sign(t, jwt.SigningMethodEdDSA, ed2, "a", ours(nil)), auth.Signature},
		"unknown kid":      {sign(t, jwt.SigningMethodEdDSA, ed, "z", ours(nil)), auth.Signature},
		"changed":          {[]byte(good[:len(good)-8] + "AAAAAAAA"), auth.Signature},
		// The classic: a public key, which everybody has, as the secret of HS256.
		"public key as secret": {sign(t, jwt.SigningMethodHS256, []byte(ed.Public().(ed25519.PublicKey)), "a", ours(nil)), auth.Signature},
		"modulus as secret":    {sign(t, jwt.SigningMethodHS256, rsaKey().N.Bytes(), "b", ours(nil)), auth.Signature},
	} {
		p, err := v.Verify(test.token)
		if err == nil || err.Reason != test.want {
			t.Errorf("%s: %+v, %v, want %s", name, p, err, test.want)
		} else if len(test.token) > 10 && strings.Contains(err.Error(), string(test.token)) {
			t.Errorf("%s: the error tells the token", name)
		}
	}
	// Without keys of its kind, an algorithm is none.
	if got := reason(verifier(t, auth.Options{KeysFile: keysFile(t, edJWK("a", ed))}), hs(nil)); got != auth.Signature {
		t.Errorf("HS256 without a secret: %s", got)
	}
}

func TestLeeway(t *testing.T) {
	token := sign(t, jwt.SigningMethodHS256, secret, "", jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()})
	for leeway, want := range map[time.Duration]auth.Reason{-1: auth.Expired, 0: auth.Expired, time.Hour: ""} {
		if got := reason(verifier(t, auth.Options{Secret: secret, Leeway: leeway}), token); got != want {
			t.Errorf("leeway %v: %q, want %q", leeway, got, want)
		}
	}
}

// TestReload: a new key counts, the one that went does not, and a broken file
// changes nothing.
func TestReload(t *testing.T) {
	file := keysFile(t, edJWK("a", ed))
	v := verifier(t, auth.Options{KeysFile: file})
	first, second := sign(t, jwt.SigningMethodEdDSA, ed, "a", nil), sign(t, jwt.SigningMethodEdDSA, ed2, "b", nil)
	check := func(when string, wantFirst, wantSecond auth.Reason) {
		t.Helper()
		if a, b := reason(v, first), reason(v, second); a != wantFirst || b != wantSecond {
			t.Errorf("%s: %q and %q", when, a, b)
		}
	}
	check("before", "", auth.Signature)
	if err := os.Rename(keysFile(t, edJWK("b", ed2)), file); err != nil {
		t.Fatal(err)
	}
	if err := v.Reload(); err != nil {
		t.Fatal(err)
	}
	check("after", auth.Signature, "")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := v.Reload(); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a broken file: %v", err)
	}
	check("after a broken file", auth.Signature, "")
}

func TestWrongKeys(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	private := edJWK("a", ed)
	private["d"] = encode(ed.Seed())
	short := edJWK("a", ed)
	short["x"] = "AAAA"
	small := map[string]string{"kty": "RSA", "n": encode(make([]byte, 64)), "e": "AQAB"}
	even := rsaJWK("a", rsaKey())
	even["e"] = "BA"
	for name, o := range map[string]auth.Options{
		"nothing":           {},
		"short secret":      {Secret: []byte("short")},
		"short secret file": {SecretFile: write("short\n")},
		"empty secret file": {SecretFile: write("\n")},
		"two secrets":       {Secret: secret, SecretFile: write(string(secret))},
		"no file":           {KeysFile: "/nowhere"},
		"no end":            {KeysFile: "/dev/zero"},
		"no JSON":           {KeysFile: write("x")},
		"no keys":           {KeysFile: write("{}")},
		"other keys":        {KeysFile: keysFile(t, map[string]string{"kty": "EC"})},
		"encryption":        {KeysFile: keysFile(t, map[string]string{"kty": "RSA", "use": "enc"})},
		"private":           {KeysFile: keysFile(t, private)},
		"short":             {KeysFile: keysFile(t, short)},
		"small":             {KeysFile: keysFile(t, small)},
		"even":              {KeysFile: keysFile(t, even)},
		"many":              {KeysFile: keysFile(t, slices.Repeat([]map[string]string{edJWK("a", ed)}, 65)...)},
	} {
		if _, err := auth.New(o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, append(secret, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := reason(verifier(t, auth.Options{SecretFile: path}), sign(t, jwt.SigningMethodHS256, secret, "", nil)); got != "" {
		t.Error(got)
	}
}

func FuzzVerify(f *testing.F) {
	v, err := auth.New(auth.Options{Secret: secret})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("a.b.c"))
	f.Add([]byte(`eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.`))
	f.Fuzz(func(t *testing.T, token []byte) {
		if p, err := v.Verify(token); err == nil { // nobody has signed it
			t.Errorf("%q is %+v", token, p)
		}
	})
}

func Example() {
	v, err := auth.New(auth.Options{Secret: []byte("a secret of 32 bytes or more than that")})
	if err != nil {
		panic(err)
	}
	_, refusal := v.Verify([]byte("no token"))
	fmt.Println(refusal.Reason)
	// Output: malformed
}
