import 'sluice-kit/styles.css';

export const metadata = { title: 'Sluice in a Next app' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
