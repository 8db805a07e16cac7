/** The variable by which `server.ts` and `control.ts` are told what to serve, and how. */
export const OPTIONS_VARIABLE = "NOXUS_FAULT_SUITE";
