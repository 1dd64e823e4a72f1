/** Markdown of about `length` code units, of blocks as answers have them; the same for the same length. Each paragraph has its number in it. */
export function longAnswer(length: number): string {
  const parts: string[] = [];
  let written = 0;
  for (let index = 0; written < length; index += 1) {
    const part = block(index);
    parts.push(part);
    written += part.length;
  }
  return parts.join('');
}

const words = 'a stream is a log and its reader a cursor which is why late and live are one path'.split(' ');

function prose(seed: number, count: number): string {
  return Array.from({ length: count }, (_, index) => words[(seed * 7 + index * (1 + (seed % 3))) % words.length]).join(' ');
}

function block(index: number): string {
  switch (index % 12) {
    case 0:
      return `## Section ${index}\n\n`;
    case 4:
      return `- item ${index} ${prose(index, 6)}\n- **second** ${prose(index + 1, 12)}\n- third\n\n`;
    case 7:
      return `\`\`\`ts\nconst value${index} = ${index};\nexport function f${index}(): number {\n  return value${index};\n}\n\`\`\`\n\n`;
    case 10:
      return `| name | value |\n| --- | --- |\n| a${index} | ${prose(index, 3)} |\n| b | \`${index}\` |\n\n`;
    default:
      return `Paragraph ${index} has *${prose(index, 4)}* and ${prose(index + 3, 20 + ((index * 13) % 40))}.\n\n`;
  }
}
