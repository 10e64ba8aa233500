// Calls of the control API.

let key = sessionStorage.getItem("key") ?? "";

/** Takes the API key for this tab; it is forgotten with the tab. */
export function useKey(text) {
  key = text.trim();
  sessionStorage.setItem("key", key);
}

/** What the server refused, or that it did not answer (status 0). */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function call(method, path, body) {
  const headers = { "X-Requested-By": "operator's page" };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(8000) });
  } catch {
    throw new Refusal(0, "", "the server does not answer");
  }
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => ({ message: `status ${response.status}` }));
  if (!response.ok) throw new Refusal(response.status, answer.code, answer.message);
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
