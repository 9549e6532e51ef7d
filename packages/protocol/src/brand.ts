// Nominal types: a string that was checked is not the same type as a string that was not.

declare const brand: unique symbol

/** `Base`, marked with `Name` for the compiler only; nothing exists at run time. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }
