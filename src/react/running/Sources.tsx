import type { ReactNode } from 'react';
import type { Part } from '../../client.ts';

/** What the answer rests on. Only http and https become links. */
export function Sources({ parts }: { readonly parts: readonly Part[] }): ReactNode {
  const sources = parts.filter((part) => part.type === 'source');
  if (sources.length === 0) return null;
  return (
    <div className="sluice-sources">
      <p className="sluice-sources-title">Sources</p>
      <ol>
        {sources.map(({ part, url, title, quote }) => {
          const link = webAddress(url);
          const name = title ?? link?.hostname ?? url;
          return (
            <li key={part}>
              {link === undefined ? (
                <span>{name}</span>
              ) : (
                <a href={link.href} target="_blank" rel="noreferrer noopener">
                  {name}
                </a>
              )}
              {quote !== undefined && <q>{quote}</q>}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function webAddress(url: string): URL | undefined {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'https:' || parsed?.protocol === 'http:' ? parsed : undefined;
}
