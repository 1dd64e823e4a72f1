/** Answer to a preflight of an origin that has been checked; the headers are `corsHeaders`. */
export function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '600',
    },
  });
}

/** For a request of an allowed origin. Never `*`: cookies may be the credentials. */
export function corsHeaders(request: Request): [name: string, value: string][] {
  return [
    ['access-control-allow-origin', request.headers.get('origin') ?? ''],
    ['access-control-allow-credentials', 'true'],
    ['access-control-expose-headers', 'retry-after, location'],
    ['vary', 'Origin'],
  ];
}
