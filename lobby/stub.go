package lobby

type (
	lobby      struct{ id string }
	form       uint8
	inputQueue struct{}
	outState   struct{}
)
