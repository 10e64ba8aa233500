package ops

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tickwire/lobby"
)

// openAPI serves the description of the control API, made from the table that
// the handlers are made from.
func openAPI() http.Handler {
	document := sync.OnceValue(newDocument)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		(&answer{status: http.StatusOK, body: document()}).write(w)
	})
}

func newDocument() []byte {
	types := &schemas{named: object{}}
	paths := object{}
	for _, e := range endpoints() {
		path, _ := paths[apiRoot+e.path].(object)
		if path == nil {
			path = object{}
			paths[apiRoot+e.path] = path
		}
		path[strings.ToLower(e.method)] = operation(e, types)
	}
	failure := types.of(reflect.TypeFor[problem]())
	types.named["Problem"].(object)["properties"].(object)["code"].(object)["enum"] = allCodes()
	responses := object{}
	for _, status := range allRefusals() {
		responses[refusalName(status)] = response(refusalDocs[status], failure)
	}
	document, err := json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Tickwire control API", "version": "1",
			"description": "For the operator and the studio's back office. Without API keys on the server it is open to the machine itself alone, and requests that change something need the header " + csrfHeader + ".",
		},
		"security":   []object{{"key": []string{}}, {}},
		"paths":      paths,
		"components": object{"schemas": types.named, "responses": responses, "securitySchemes": object{"key": object{"type": "http", "scheme": "bearer"}}},
	}, "", "  ")
	if err != nil {
		panic(err) // it is made of maps, lists and strings
	}
	return document
}

func operation(e *endpoint, types *schemas) object {
	op := object{"operationId": e.name, "summary": e.summary}
	if parameters := parameters(e); len(parameters) > 0 {
		op["parameters"] = parameters
	}
	if e.body != nil {
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": types.of(reflect.TypeOf(e.body))}}}
	}
	responses := object{strconv.Itoa(e.status): object{"description": "done"}}
	if e.answer != nil {
		responses[strconv.Itoa(e.status)] = response("done", types.of(reflect.TypeOf(e.answer)))
	}
	for _, status := range e.allRefusals() {
		responses[strconv.Itoa(status)] = object{"$ref": "#/components/responses/" + refusalName(status)}
	}
	op["responses"] = responses
	return op
}

func response(description string, schema object) object {
	return object{"description": description, "content": object{"application/json": object{"schema": schema}}}
}

var placeholder = regexp.MustCompile(`{(\w+)}`)

func parameters(e *endpoint) (all []object) {
	for _, name := range placeholder.FindAllStringSubmatch(e.path, -1) {
		all = append(all, object{"name": name[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, p := range e.query {
		all = append(all, object{"name": p.name, "in": "query", "description": p.doc, "schema": object{"type": p.kind}})
	}
	if e.creates {
		all = append(all, object{"name": idempotencyHeader, "in": "header", "schema": object{"type": "string", "maxLength": maxIdempotencyKey},
			"description": "any text of yours: a second request with it, within a day, is answered as the first was"})
	}
	return all
}

// refusalDocs are the refusals that there are.
var refusalDocs = map[int]string{
	400: "The request is malformed.",
	401: "An API key is missing or wrong.",
	403: "Not from there, or the header against forgery is missing.",
	404: "There is no such thing.",
	409: "Not in this state of things.",
	413: "The body is too large.",
	415: "The body is not JSON.",
	422: "The Idempotency-Key was used for another body.",
	429: "Too often.",
	503: "Not now: the server is shutting down, full or busy.",
	504: "The lobby did not answer in time.",
}

func refusalName(status int) string { return "Refused" + strconv.Itoa(status) }

func allRefusals() (all []int) {
	for status := range refusalDocs {
		all = append(all, status)
	}
	slices.Sort(all)
	return all
}

// allRefusals are those of the endpoint and those of every endpoint of its kind.
func (e *endpoint) allRefusals() []int {
	all := append([]int{401, 403, 429}, e.refusals...)
	if e.body != nil {
		all = append(all, 400, 413, 415)
	}
	if e.creates {
		all = append(all, 422, 504)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// allCodes is the closed list of what a refusal can say.
func allCodes() []string {
	all := []string{
		codeUnauthorized, codeForbidden, codeRateLimited, codeBadRequest, codeNotFound, codeBadMethod, codeTooLarge,
		codeWrongType, codeKeyReused, codeTimeout, codeUnavailable,
	}
	for _, c := range lobby.Codes() {
		all = append(all, string(c))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
