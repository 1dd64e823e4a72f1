// A function of the app's that is called with what an answer says. Where it throws, there is no result: one link must not take the
// page down. The first time is reported on the console, as `name`.
export function guarded<Arguments extends readonly unknown[], Result>(
  name: string,
  call: (...values: Arguments) => Result,
): (...values: Arguments) => Result | undefined {
  let isReported = false;
  return (...values) => {
    try {
      return call(...values);
    } catch (error) {
      if (!isReported)
        console.error(`Sluice: \`${name}\` of the Markdown options threw; what it was called with is shown without it.`, error);
      isReported = true;
      return undefined;
    }
  };
}
