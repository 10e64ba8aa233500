package socketio_test

import (
	"fmt"

	"tickwire/codec/socketio"
)

func Example() {
	// What a client with the default parser sends for
	// socket.emit("move", {x: 1, y: 2.5}, callback) ...
	var decoder socketio.JSONDecoder
	p, _, _, err := decoder.Text(nil, []byte(`212["move",{"x":1,"y":2.5}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	var point struct {
		X, Y float64
	}
	name, args, _ := p.Data.Event()
	if err := args.Decode(&struct {
		X *float64 `json:"x"`
		Y *float64 `json:"y"`
	}{&point.X, &point.Y}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(p.Type, p.ID, name, point)

	// ... and the same packet for a client with the MessagePack parser.
	fmt.Printf("%x\n", socketio.AppendMsgPack(nil, p))
	// Output:
	// EVENT 12 move {1 2.5}
	// 84a47479706502a36e7370a12fa269640ca46461746192a46d6f766582a17801a179cb4004000000000000
}

func ExampleRaw_Decode() {
	raw, _ := socketio.AppendValue(nil, map[string]any{"items": []any{map[string]any{"price": "high"}}})
	var order struct {
		Items []struct {
			Price float64 `json:"price"`
		} `json:"items"`
	}
	fmt.Println(socketio.Raw(raw).Decode(&order))
	// Output: socketio: value does not fit the Go type: items[0].price: a string does not fit float64
}
