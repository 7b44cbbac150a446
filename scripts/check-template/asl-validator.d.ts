/** The package comes without types. */
declare module 'asl-validator' {
  interface Validation {
    isValid: boolean;
    errorsText(separator?: string): string;
  }
  function validate(definition: unknown): Validation;
  export = validate;
}
