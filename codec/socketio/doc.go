// Package socketio turns bytes into Socket.IO v5 packets and back.
//
// It speaks both parsers of the official clients: the default one (JSON text
// with binary attachments) and socket.io-msgpack-parser 3.0.2 (one MessagePack
// map per packet). Whatever arrives is brought at the door into one inner form,
// [Raw]: a single MessagePack value that has been checked and is canonical:
//
//   - declared lengths fit the bytes present, depth and number of elements are
//     bounded ([Limits]), so no decoder can be made to allocate on a peer's word;
//   - map keys are strings, strings are valid UTF-8;
//   - the only extension is Date, d7 00 + int64 milliseconds; JavaScript's
//     undefined is nil and its ArrayBuffer is bin, MessagePack timestamps are Date.
//
// So handlers, recovery and adapters see one kind of value, and a Raw may be
// sent on to any client without being decoded.
//
// [Raw.Decode] and [AppendValue] map values to and from Go, with struct fields
// named by their json tag for both parsers.
//
// Bytes: decoders return views. Unless a comment says otherwise a Raw aliases
// the input (or the buffer passed in) and is valid only as long as that is;
// [Raw.Clone] keeps it. Attachments returned by encoders alias the packet's
// data. Functions are safe for concurrent use; a [JSONDecoder] belongs to one
// connection's reader.
//
// Protocol: Socket.IO protocol 5, https://socket.io/docs/v4/socket-io-protocol/
package socketio
