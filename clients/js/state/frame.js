// What both forms of frames share.

// Classes of frames.
export const STEADY = 1; // from the tick before
export const COALESCED = 2; // from up to REACH ticks before
export const KEYFRAME = 3; // from nothing

export const REACH = 64;
export const MAX_SLOT = 65533;
