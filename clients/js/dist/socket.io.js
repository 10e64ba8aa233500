"use strict";(()=>{function o(...r){throw new Error("not built yet")}globalThis.io=o;})();
