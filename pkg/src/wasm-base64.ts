/** Stands in for the wasm until the build puts it here. */
export const wasmBase64: string = '';
