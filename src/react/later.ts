/** A part of the package that is loaded when a page first needs it. */
export interface Later<Module> {
  /** What was loaded. */
  readonly module: Module | undefined;
  /**
   * Loads it, or goes on loading it. Resolves in any case: what cannot be loaded is reported on the console, and tried again
   * when it is next asked for.
   */
  load(): Promise<Module | undefined>;
}

/** `consequence` says what follows where it cannot be loaded. */
export function createLater<Module>(request: () => Promise<Module>, consequence: string): Later<Module> {
  let module: Module | undefined;
  let loading: Promise<Module | undefined> | undefined;
  return {
    get module() {
      return module;
    },
    load() {
      loading ??= request().then(
        (loaded) => (module = loaded),
        (error: unknown) => {
          console.error(consequence, error);
          loading = undefined;
          return undefined;
        },
      );
      return loading;
    },
  };
}
