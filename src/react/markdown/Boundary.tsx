import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  /** Something in it threw while it was rendered. React has reported it. */
  readonly onFailed: () => void;
  readonly children: ReactNode;
}

/** Keeps what goes wrong in one body (a component of the app's own, a plugin) from taking the app's other panels with it. */
export class Boundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(): void {
    this.props.onFailed();
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
