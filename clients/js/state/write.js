// Writing the properties of a game's objects, whose names only the schema knows.
//
// Engines learn from the first runs of `object[name] = value` what comes there,
// and then store without a look-up; where many names come, there is one each
// time. So each of the first names has a place of its own. Code made for a type
// would do the same, but pages that forbid eval could not run it.

/** @typedef {import("./schema.js").Field} Field */

const PLACES = 16;
/** @type {Map<string, number>} the same for all matches and types */
const places = new Map();

/** @param {string} name */
export function placeOf(name) {
  const place = places.get(name) ?? places.size;
  if (place < PLACES) places.set(name, place);
  return place;
}

/**
 * object[field.name] = value
 * @param {Record<string, any>} object
 * @param {Field} field
 * @param {any} value
 */
export function write(object, field, value) {
  const { name } = field;
  switch (field.place) {
    case 0: object[name] = value; break;
    case 1: object[name] = value; break;
    case 2: object[name] = value; break;
    case 3: object[name] = value; break;
    case 4: object[name] = value; break;
    case 5: object[name] = value; break;
    case 6: object[name] = value; break;
    case 7: object[name] = value; break;
    case 8: object[name] = value; break;
    case 9: object[name] = value; break;
    case 10: object[name] = value; break;
    case 11: object[name] = value; break;
    case 12: object[name] = value; break;
    case 13: object[name] = value; break;
    case 14: object[name] = value; break;
    case 15: object[name] = value; break;
    default: object[name] = value;
  }
}
